import Base
import Foundation

extension ModelStore {
    /// What an import did.
    public struct Imported: Equatable, Sendable {
        public let version: ModelVersion
        /// False where the same bytes were registered already.
        public let isNew: Bool
    }

    /// Copies a model file into the store and registers it. A file that lies in the store already, as after a crash, is
    /// registered where it is.
    ///
    /// - Parameter name: The model's name; nil takes the one that the file has, or makes one of the file's name.
    public func importFile(_ file: URL, name: String? = nil) throws -> Imported {
        let source = file.standardizedFileURL.path
        if let name { try Names.checkModel(name) }
        guard Disk.size(ofFile: source) != nil else {
            throw CellarError(
                .noInput, "cannot import \(file.path): there is no such file.", file: file.path)
        }
        guard Names.isFileName(source) else {
            throw CellarError(
                .usage, "cannot import \(source): expected a model file, ending .h5, .hdf5 or .keras.",
                file: source)
        }
        let facts = try reader(URL(fileURLWithPath: source))
        try Disk.makeFolder(root)
        _ = try writableIndex()
        let created = created(facts, path: source)
        let known = facts.map(\.name).flatMap { $0.isEmpty ? nil : Names.model(from: $0) }
        let model = name ?? known ?? Names.model(from: (source as NSString).lastPathComponent)
        var new = NewVersion(
            model: model, file: "", digest: Digest(sha256: "", size: 0), created: created,
            facts: facts.known(as: model, created: created))

        if source.hasPrefix(root + "/") {
            new.digest = try digest(ofFile: source)
            new.file = String(source.dropFirst(root.count + 1))
            if let known = try registered(new.digest) { return known }
            try Disk.setMode(0o444, of: source)
            return Imported(version: try register(new), isNew: true)
        }

        let folder = try trainedFolder()
        let temporary = Disk.temporaryName(in: folder, extension: (source as NSString).pathExtension)
        defer { unsafe unlink(temporary) }
        if let known = try registered(try Disk.copy(source, to: temporary)) { return known }
        let (path, digest) = try publish(temporary, created: created)
        (new.file, new.digest, new.importedFrom) = (
            String(path.dropFirst(root.count + 1)), digest, file.relativePath
        )
        return Imported(version: try register(new), isNew: true)
    }

    /// The version that has these bytes, where there is one.
    private func registered(_ digest: Digest) throws(CellarError) -> Imported? {
        let known = try index().read("look for the file's SHA-256") { db in
            try ModelVersion.fetchOne(
                db, where: "WHERE v.sha256 = ? AND v.state <> 'purged' ORDER BY v.state = 'kept' DESC, v.id",
                [digest.sha256])
        }
        guard let known else { return nil }
        guard known.state == .kept else {
            throw CellarError(
                .badData,
                "this file is \(known.reference), which was deleted. `registry restore \(known.reference)` brings "
                    + "it back.")
        }
        return Imported(version: known, isNew: false)
    }
}
