import Base
import Foundation
import GRDB

extension ModelStore {
    /// The result of an import.
    public struct Imported: Equatable, Sendable {
        public let version: ModelVersion
        /// False if the same bytes were registered already.
        public let isNew: Bool
    }

    /// Copies a model file into the store and registers it. A file that is already in the store's folder, for example
    /// after a crash, is registered in place.
    ///
    /// - Parameters:
    ///   - facts: The file's facts, which the caller has read.
    ///   - name: The model's name; nil uses the name in the file, or one derived from the file name.
    ///   - isOwn: True for a file that this process wrote: its path is not recorded as a source.
    ///   - origin: Where the file was fetched from: it is recorded as the source in place of its path. A version of another model
    ///     that has the same bytes is another one then, as there; both share the file, as with `registry cp --as`.
    public func importFile(
        _ file: URL, facts: ModelFacts?, name: String? = nil, isOwn: Bool = false, origin: String? = nil
    ) throws -> Imported {
        let source = file.standardizedFileURL.path
        if let name { try Names.checkModel(name) }
        guard FileSystem.size(ofFile: source) != nil else {
            throw CellarError(
                .noInput, "cannot import: no such file.", file: file.path)
        }
        let suffix = try Self.suffix(ofFile: source)
        try FileSystem.makeFolder(root)
        _ = try writableIndex()
        let created = created(facts, path: source)
        let known = facts.map(\.name).flatMap { $0.isEmpty ? nil : Names.model(from: $0) }
        let model = name ?? known ?? Names.model(from: FileSystem.name(of: source))
        var new = NewFile(
            model: model, file: "", digest: FileDigest(sha256: "", size: 0),
            facts: facts.known(as: model, created: created))

        let inner = source.hasPrefix(root + "/") ? String(source.dropFirst(root.count + 1)) : ""
        // What a link in the store leads to is not in the store, and is copied.
        if isInside(inner), Limits.isFile(inner) {
            try FileSystem.setMode(0o444, of: source)
            new.identity = FileIdentity(ofFile: source)?.text
            new.digest = try FileDigest(ofFile: source)
            new.file = inner
            if let known = try registered(new.digest, of: nil) { return known }
            return Imported(version: try register(new), isNew: true)
        }

        let folder = try trainedFolder()
        var copy = try AtomicFile(in: folder, extension: suffix)
        try copy.copy(fileAt: source)
        new.digest = copy.digest
        if let known = try registered(new.digest, of: origin == nil ? nil : model) { return known }
        try copy.flush(mode: 0o444)
        onStep(.flushed)
        if !isOwn { new.importedFrom = origin ?? file.relativePath }
        var isShared = false
        let version = try register(new, durability: .durable) { (db) throws(CellarError) in
            if origin != nil, let shared = try sharedFile(new.digest, db) {
                isShared = true
                return shared
            }
            return try publish(&copy, created: created, suffix: suffix, db)
        } retract: { path in
            // The original is still there.
            if !isShared { try? FileSystem.remove(path) }
        }
        return Imported(version: version, isNew: true)
    }

    /// The suffix that the file gets in the store: its own, or one by its content where the name has none of a model.
    private static func suffix(ofFile path: String) throws(CellarError) -> String {
        if Names.isFileName(path) { return FileSystem.suffix(of: path) }
        var start = [UInt8](repeating: 0, count: 4)
        _ = try InputFile(path: path).read(into: &start, at: 0)
        if start == [0x89] + Array("HDF".utf8) { return "h5" }
        if start == Array("PK".utf8) + [3, 4] { return "keras" }
        throw CellarError(
            .usage, "cannot import: expected an HDF5 file or a .keras archive, found neither.", file: path)
    }

    /// Returns the path of a version's file with these bytes, if any.
    private func sharedFile(_ digest: FileDigest, _ db: Database) throws(CellarError) -> String? {
        do {
            return try ModelVersion.fetchBare(
                db, where: "WHERE v.sha256 = ? AND v.state <> 'purged' ORDER BY v.id", [digest.sha256]
            ).first(where: has).map { path(of: $0.file) }
        } catch { throw CellarError(error) }
    }

    /// Returns the version with these bytes, if any.
    ///
    /// - Parameter model: Its model; nil for any.
    private func registered(_ digest: FileDigest, of model: String?) throws(CellarError) -> Imported? {
        let known = try read("look for the file's SHA-256") { db in
            try ModelVersion.fetchOne(
                db,
                where: """
                    WHERE v.sha256 = ?1 AND v.state <> 'purged' AND (?2 IS NULL OR v.model = ?2)
                    ORDER BY v.state = 'kept' DESC, v.id
                    """, [digest.sha256, model])
        }
        guard let known else { return nil }
        guard known.state == .kept else {
            throw CellarError(
                .badData,
                "the file is \(known.reference), which was deleted.",
                remedy: "Run `registry restore \(known.reference)` to bring it back.")
        }
        return Imported(version: known, isNew: false)
    }
}
