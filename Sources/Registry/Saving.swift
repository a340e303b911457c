import Base
import Foundation

/// The steps of a save, in their order. A process that dies after any of them leaves nothing that counts, or a whole
/// file which `registry verify` reports and `registry import` adopts.
enum SaveStep: CaseIterable, Sendable {
    /// The temporary file is complete, but perhaps not on the disk.
    case written
    /// It is on the disk, with its permissions.
    case flushed
    /// It has its name.
    case published
    /// It is in the index.
    case registered
}

extension ModelStore {
    /// Saves a new version of `facts.name`: `write` writes the model to the file it gets, the store gives it its name
    /// (`Model_2026_11_22_12_30_05_.h5`, by `facts.created`), makes it read-only and registers it. The bytes are written
    /// and flushed once, and hashed on the way.
    ///
    /// Where `write` throws, nothing is left. Where the file is complete but the index cannot be written, the file
    /// stays and the error says where: a trained model is not thrown away.
    public func save(
        _ facts: ModelFacts, extension suffix: String = "h5", write: (inout AtomicFile) throws -> Void
    ) throws -> ModelVersion {
        try Names.checkModel(facts.name)
        var file = try AtomicFile(in: try trainedFolder(), extension: suffix)
        try write(&file)
        onStep(.written)
        let digest = file.digest
        let path = try publish(&file, created: facts.created, suffix: suffix)
        do throws(CellarError) {
            let version = try register(
                NewVersion(
                    model: facts.name, file: String(path.dropFirst(root.count + 1)), digest: digest,
                    created: facts.created, facts: facts, identity: FileIdentity(ofFile: path)?.text))
            onStep(.registered)
            return version
        } catch {
            throw CellarError(
                error.category, "the model is saved here, but not registered: \(error)", file: path,
                remedy: "Run `registry import \(path)`.")
        }
    }

    /// Makes the complete file durable and read-only, and gives it a name in its folder. Returns its path.
    func publish(
        _ file: inout AtomicFile, created: String, suffix: String
    ) throws(CellarError) -> String {
        try file.flush(mode: 0o444)
        onStep(.flushed)
        let names = Timestamp.fileNames(created: created, extension: suffix)
        guard let path = try file.commit(as: names) else {
            throw CellarError(.badData, "cannot save: every name for the file is taken.", file: file.path)
        }
        onStep(.published)
        return path
    }

    /// The folder that new files go to, made where it is not there yet.
    func trainedFolder() throws(CellarError) -> String {
        let folder = path(of: Self.trained)
        if FileSystem.isFolder(folder) { return folder }
        try FileSystem.makeFolder(folder)
        try FileSystem.flush(root)
        return folder
    }
}
