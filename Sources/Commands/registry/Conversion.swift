import CommandSupport
import Base
import Foundation
import KerasFile
import Registry

extension Export {
    /// Whether the file is to be written anew: it is wanted in another form than it has, or Cellar did not write it, so that
    /// not every Keras would open it.
    func converts(_ source: Registry.ModelFile) throws -> Bool {
        guard !asIs, [".h5", ".hdf5", ".keras"].contains(where: file.lowercased().hasSuffix) else {
            return false
        }
        if ModelFormat(path: file) != ModelFormat(path: source.path) { return true }
        return try readFacts(source.path) == nil
    }

    /// Writes the model in the form that the file's name asks for, with the optimizer's state and all facts.
    func convert(_ source: Registry.ModelFile, from store: ModelStore) throws {
        let digest = try store.checkedSHA256(of: source)
        let contents = try readModel(source.path)
        for warning in contents.warnings { printError("registry: warning: \(source.reference): \(warning)") }
        let format = ModelFormat(path: file)
        try store.export(to: URL(fileURLWithPath: file), named: "model.h5", overwrite: force) { path in
            do throws(CellarError) {
                try writeModel(contents, to: path, as: format)
            } catch {
                // The name that it was to have, not the temporary one; and where the model came from.
                throw CellarError(error.kind, "made from \(source.path): \(error.message)", file: file)
            }
        }
        try common.print([
            "reference": .string(source.reference), "file": .string(file), "sha256": .string(digest),
        ]) {
            "\(source.reference) → \(file) (written anew from the file with SHA-256 \(digest.prefix(12))…)\n"
        }
    }
}

extension Import {
    /// A whole model, made of weights alone and an architecture, in a folder of its own; the folder is the caller's to remove.
    func joined(_ weights: String, _ architecture: Architecture) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var name = URL(fileURLWithPath: weights).lastPathComponent
        for ending in [".weights.h5", ".h5", ".hdf5"] where name.hasSuffix(ending) {
            name.removeLast(ending.count)
            break
        }
        let file = folder.appendingPathComponent(name + ".h5")
        try writeModel(try readModel(weights, architecture: architecture), to: file.path)
        return file
    }
}
