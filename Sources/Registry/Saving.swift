import Base
import Foundation

/// The steps of a save, in order. A process that dies after any step leaves only a temporary file, or a complete file
/// that `registry verify` reports and `registry import` registers.
enum SaveStep: CaseIterable, Sendable {
    /// The temporary file is complete, but may not be on disk.
    case written
    /// The file is on disk with its permissions.
    case flushed
    /// The file has its final name.
    case published
    /// The file is in the index.
    case registered
}

extension ModelStore {
    /// Saves a new version of `facts.name`. `write` writes the model to a temporary file; the store names it by
    /// `facts.created` (`Model_2026_11_22_12_30_05_.h5`), makes it read-only and registers it. The bytes are written
    /// and flushed once, and hashed while they are written.
    ///
    /// If `write` throws, no file remains. If the file is complete but the index cannot be written, the file is kept
    /// and the error has its path, so that a trained model is not lost.
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
                error.category, "the model was saved but not registered: \(error)", file: path,
                remedy: "Run `registry import \(path)`.")
        }
    }

    /// Flushes the file, makes it read-only and renames it to the first free name. Returns its path.
    func publish(
        _ file: inout AtomicFile, created: String, suffix: String
    ) throws(CellarError) -> String {
        try file.flush(mode: 0o444)
        onStep(.flushed)
        let names = Timestamp.fileNames(created: created, extension: suffix)
        guard let path = try file.commit(as: names) else {
            throw CellarError(
                .badData, "cannot save: every file name for this date is taken.", file: file.path)
        }
        onStep(.published)
        return path
    }

    /// Returns the folder for new files; creates it if necessary.
    func trainedFolder() throws(CellarError) -> String {
        let folder = path(of: Self.trained)
        if FileSystem.isFolder(folder) { return folder }
        try FileSystem.makeFolder(folder)
        try FileSystem.flush(root)
        return folder
    }
}
