import CommandSupport
import Base
import Foundation
import KerasFile
import Registry

extension Export {
    /// Whether the file is to be written anew: it is wanted in another form than it has, or Cellar did not write it, so that
    /// not every Keras would open it.
    func converts(_ source: ModelLocation) throws -> Bool {
        guard !asIs, [".h5", ".hdf5", ".keras"].contains(where: file.lowercased().hasSuffix) else {
            return false
        }
        if ModelFormat(path: file) != ModelFormat(path: source.path) { return true }
        return try readFacts(common.open().trusted(source)) == nil
    }

    /// Writes the model in the form that the file's name asks for, with the optimizer's state and all facts.
    func convert(_ source: ModelLocation, from store: ModelStore) throws {
        let digest = try store.checkedSHA256(of: source)
        let contents = try readModel(common.open().trusted(source))
        for warning in contents.warnings { printError("registry: warning: \(source.reference): \(warning)") }
        let format = ModelFormat(path: file)
        try store.export(to: URL(fileURLWithPath: file), named: "model.h5", overwrite: force) { output in
            do throws(CellarError) {
                try writeModel(contents, to: &output, as: format)
            } catch {
                var error = error
                error.message += " The model is made from \(source.path)."
                throw error
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
        try writeModel(try readModel(TrustGate.admit(weights), architecture: architecture), to: file.path)
        return file
    }
}
