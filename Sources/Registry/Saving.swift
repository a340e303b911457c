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
    /// Saves a new version of `facts.name`: `write` writes the model to the URL it gets, the store gives it its name
    /// (`Model_2026_11_22_12_30_05_.h5`, by `facts.created`), makes it read-only and registers it.
    ///
    /// Where `write` throws, nothing is left. Where the file is complete but the index cannot be written, the file
    /// stays and the error says where: a trained model is not thrown away.
    public func save(
        _ facts: ModelFacts, extension suffix: String = "h5", write: (URL) throws -> Void
    ) throws -> ModelVersion {
        try Names.checkModel(facts.name)
        let folder = try trainedFolder()
        let temporary = Disk.temporaryName(in: folder, extension: suffix)
        // After publishing, that name is gone; before, it must go.
        defer { unsafe unlink(temporary) }
        try write(URL(fileURLWithPath: temporary))
        onStep(.written)

        let (path, digest) = try publish(temporary, created: facts.created)
        do {
            let version = try register(
                NewVersion(
                    model: facts.name, file: String(path.dropFirst(root.count + 1)), digest: digest,
                    created: facts.created, facts: facts))
            onStep(.registered)
            return version
        } catch {
            throw CellarError(
                error.kind,
                "the model is saved as \(path), but not registered: \(error) Then: registry import \(path)",
                file: path)
        }
    }

    /// Makes the complete file at `temporary` durable and read-only, and gives it a name in its folder.
    func publish(
        _ temporary: String, created: String
    ) throws(CellarError) -> (path: String, digest: Digest) {
        let digest = try digest(ofFile: temporary)
        try Disk.setMode(0o444, of: temporary)
        try Disk.flush(temporary)
        onStep(.flushed)
        let suffix = (temporary as NSString).pathExtension
        let path = try Disk.publish(
            temporary, as: Timestamp.fileNames(created: created, extension: suffix))
        onStep(.published)
        return (path, digest)
    }

    /// The folder that new files go to, made where it is not there yet.
    func trainedFolder() throws(CellarError) -> String {
        let folder = path(of: Self.trained)
        if Disk.isFolder(folder) { return folder }
        try Disk.makeFolder(folder)
        try Disk.flush(root)
        return folder
    }
}
