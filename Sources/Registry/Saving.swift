import Base
import Foundation
import GRDB

/// The steps of a save, in order. A process that dies after any step leaves only a temporary file, or a complete file
/// that `registry verify` reports and `registry import` registers.
enum SaveStep: CaseIterable, Sendable {
    /// The temporary file is complete, but may not be on disk.
    case written
    /// The file is on disk with its permissions.
    case flushed
    /// The file has its final name.
    case published
    /// The file is in the log and in the index.
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
        _ facts: ModelFacts, extension suffix: String = "h5", durability: Durability = .durable,
        write: (inout AtomicFile) throws -> Void
    ) throws -> ModelVersion {
        try Names.checkModel(facts.name)
        var file = try AtomicFile(in: try trainedFolder(), extension: suffix)
        try write(&file)
        onStep(.written)
        let digest = file.digest
        try file.flush(mode: 0o444)
        onStep(.flushed)
        var kept: String?
        do throws(CellarError) {
            let version = try register(
                NewFile(model: facts.name, file: "", digest: digest, facts: facts), durability: durability
            ) { (db) throws(CellarError) in
                try publish(&file, created: facts.created, suffix: suffix, db)
            } retract: { path in
                kept = path
            }
            onStep(.registered)
            return version
        } catch {
            guard let path = kept else { throw error }
            throw CellarError(
                error.category, "the model was saved but not registered: \(error.message)", file: path,
                remedy: [error.remedy, "To register it, run `registry import \(path)`."]
                    .compactMap(\.self).joined(separator: " "))
        }
    }

    /// Renames the file to the first free name that no version has or had: another copy of the store may still have the file
    /// of a version that was collected here. Returns its path. It runs under the lock of the log: so a model file that no
    /// event names is one whose process died.
    func publish(
        _ file: inout AtomicFile, created: String, suffix: String, _ db: Database
    ) throws(CellarError) -> String {
        let names = Timestamp.fileNames(created: created, extension: suffix).lazy.filter { name in
            let place = Self.trained + "/" + name
            return !FileSystem.exists(self.path(of: place)) && (try? db.hasVersion(ofFile: place)) != true
        }
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
        guard isInside(Self.trained) else {
            throw CellarError(
                .badData, "cannot save into the store: this folder is a link, and leads out of it.",
                file: folder,
                remedy: "Replace the link by the folder itself; the store may be a link.")
        }
        if FileSystem.isFolder(folder) { return folder }
        try FileSystem.makeFolder(folder)
        try FileSystem.flush(root)
        return folder
    }
}
