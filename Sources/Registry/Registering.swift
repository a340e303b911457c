import Base
import Foundation
import GRDB

/// A model file to be registered.
struct NewFile {
    var model: String
    /// The path relative to the store's folder.
    var file: String
    var digest: FileDigest
    var facts: ModelFacts
    var importedFrom: String?
    /// The text of the file's identity while its digest is the registered one.
    var identity: String?
}

extension ModelStore {
    /// Registers a model file in the store's folder under the next number of `facts.name`. Returns the existing version
    /// if the file is registered already.
    @discardableResult
    public func register(
        _ file: URL, facts: ModelFacts, durability: Durability = .durable
    ) throws(CellarError) -> ModelVersion {
        let path = file.standardizedFileURL.path
        guard path.hasPrefix(root + "/") else {
            throw CellarError(
                .usage, "cannot register a file outside the store \(root).", file: path,
                remedy: "Use `registry import`.")
        }
        guard isInside(String(path.dropFirst(root.count + 1))) else {
            throw CellarError(
                .badData, "cannot register the file: its path leads out of the store.", file: path,
                remedy: "Put the file itself there.")
        }
        try Names.checkModel(facts.name)
        try FileSystem.setMode(0o444, of: path)
        let identity = FileIdentity(ofFile: path)
        let digest = try FileDigest(ofFile: path)
        return try register(
            NewFile(
                model: facts.name, file: String(path.dropFirst(root.count + 1)), digest: digest, facts: facts,
                identity: identity?.text), durability: durability)
    }

    /// Registers a file that has its name in the store.
    func register(_ new: NewFile, durability: Durability = .durable) throws(CellarError) -> ModelVersion {
        try register(new, durability) { db, new in
            guard let known = try Self.known(new, db) else {
                guard new.identity == nil || FileSystem.size(ofFile: path(of: new.file)) == new.digest.size
                else {
                    throw CellarError(
                        .noInput, "another process removed or changed the file.", file: path(of: new.file))
                }
                return true
            }
            guard known.sha256 == new.digest.sha256 else {
                throw CellarError(
                    .badData, "the file is registered as \(known.reference) with different content.",
                    file: path(of: new.file), remedy: "Run `registry verify`.")
            }
            return false
        }
    }

    /// Registers a file that `publish` gives its name in the store, and returns the path of.
    ///
    /// - Parameter retract: Gets the path of a published file that could not be registered.
    func register(
        _ new: NewFile, durability: Durability, publish: (Database) throws(CellarError) -> String,
        retract: (String) -> Void
    ) throws(CellarError) -> ModelVersion {
        var published: String?
        return try register(new, durability, undo: { published.map(retract) }) { db, new in
            let path = try publish(db)
            published = path
            new.file = String(path.dropFirst(root.count + 1))
            new.identity = FileIdentity(ofFile: path)?.text
            return true
        }
    }

    private static func known(_ new: NewFile, _ db: Database) throws -> ModelVersion? {
        try ModelVersion.fetchOne(
            db, where: "WHERE v.file = ? AND v.state <> 'purged' ORDER BY v.id DESC", [new.file])
    }

    /// - Parameter prepare: Runs under the locks; returns false for a file that is registered already.
    private func register(
        _ new: NewFile, _ durability: Durability, undo: () -> Void = {},
        prepare: (Database, inout NewFile) throws -> Bool
    ) throws(CellarError) -> ModelVersion {
        var (new, isNew) = (new, false)
        return try commit("register a version of \(new.model)", durability: durability) { db in
            guard try prepare(db, &new) else { return [] }
            isNew = true
            let key = VersionKey(
                model: new.model, number: try db.lastNumber(of: new.model) + 1, sha256: new.digest.sha256)
            return [
                Event(
                    kind: "registered",
                    content: Event.registration(
                        key, file: new.file, size: new.digest.size, facts: new.facts,
                        importedFrom: new.importedFrom))
            ]
        } result: { db in
            if isNew, let identity = new.identity {
                try db.cachedStatement(sql: "UPDATE version SET identity = ? WHERE file = ? AND sha256 = ?")
                    .execute(arguments: [identity, new.file, new.digest.sha256])
            }
            guard let version = try Self.known(new, db) else {
                throw CellarError(
                    .inputOutput, "cannot read the version back from the index.", file: path(of: new.file))
            }
            return version
        } undo: {
            undo()
        }
    }
}
