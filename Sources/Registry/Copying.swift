import Base
import GRDB

/// The result of copying a version.
public struct CopiedVersion: Equatable, Sendable {
    public let version: ModelVersion
    /// False if the version was there already.
    public let isNew: Bool
    /// Aliases that point to another version there, and were left.
    public let keptAliases: [String]
    /// Ancestors that were copied with it, as they are called there.
    public internal(set) var ancestors: [String] = []
}

extension ModelStore {
    /// Copies a version into another store, or under another name into the same one, with its tags and its aliases. Its
    /// lineage is in its facts, so it is known there as well.
    ///
    /// - Parameters:
    ///   - model: The name there; nil for the same one.
    ///   - ancestors: Copies the versions of this store that it came from first, under their own names.
    public func copy(
        _ reference: String, to target: ModelStore, as model: String? = nil, ancestors: Bool = false
    ) throws(CellarError) -> CopiedVersion {
        if let model { try Names.checkModel(model) }
        let version = try usableVersion(reference)
        let isSame = FileSystem.isSame(root, target.root)
        guard !isSame || model ?? version.model != version.model else {
            throw CellarError(
                .usage, "cannot copy \(version.reference) onto itself.",
                remedy: "Use --to to name another store, or --as to name another model.")
        }
        var copied: [String] = []
        if ancestors, !isSame {
            for parent in try self.ancestors(of: version) {
                let done = try copy(parent, to: target, as: parent.model)
                if done.isNew { copied.append(done.version.reference) }
            }
        }
        var result = try copy(version, to: target, as: model ?? version.model)
        result.ancestors = copied
        return result
    }

    /// The kept versions of this store that a version came from, oldest first.
    private func ancestors(of version: ModelVersion) throws(CellarError) -> [ModelVersion] {
        try read("follow the lineage of \(version.reference)") { db in
            try ModelVersion.fetch(
                db,
                where: """
                    WHERE v.state = 'kept' AND v.id <> ?1 AND v.sha256 IN (
                        WITH RECURSIVE needed(sha256) AS (
                            SELECT sha256 FROM parent WHERE version = ?1 AND sha256 <> ''
                            UNION SELECT p.sha256 FROM needed n JOIN version k ON k.sha256 = n.sha256
                                JOIN parent p ON p.version = k.id WHERE p.sha256 <> '')
                        SELECT sha256 FROM needed)
                    ORDER BY v.id
                    """, [version.id(db)])
        }
    }

    private func copy(
        _ version: ModelVersion, to target: ModelStore, as model: String
    ) throws(CellarError) -> CopiedVersion {
        try checkFile(of: version)
        try FileSystem.makeFolder(target.root)
        _ = try target.writableIndex()
        let suffix = FileSystem.suffix(of: version.file)
        var file = try AtomicFile(in: try target.trainedFolder(), extension: suffix)
        try file.copy(fileAt: path(of: version.file))
        guard file.digest.sha256 == version.sha256 else {
            throw CellarError(
                .badData, "cannot copy \(version.reference): its file is damaged.",
                file: path(of: version.file),
                remedy: "Run `registry verify`.")
        }
        try file.flush(mode: 0o444)
        let content = try content(of: version)
        var (isNew, kept, published): (Bool, [String], String?) = (false, [], nil)
        let found = try target.commit("copy \(version.reference)") { db -> [Event] in
            let same = try ModelVersion.fetch(
                db, where: "WHERE v.sha256 = ? AND v.state <> 'purged' ORDER BY v.id", [version.sha256])
            let known = same.first { $0.model == model }
            if let known, known.state == .deleted {
                throw CellarError(
                    .badData, "\(known.reference) has the same file, and was deleted.",
                    file: target.root,
                    remedy: "Run `registry restore \(known.reference)` there.")
            }
            let key =
                try known?.key
                ?? VersionKey(
                    model: model, number: db.lastNumber(of: model) + 1, sha256: version.sha256)
            var events: [Event] = []
            if known == nil {
                isNew = true
                // A file that is there under another name serves both.
                var place = same.first { target.has($0) }?.file
                if place == nil {
                    let path = try target.publish(
                        &file, created: version.created, suffix: suffix, db)
                    published = path
                    place = String(path.dropFirst(target.root.count + 1))
                }
                events.append(content.registration(key, file: place ?? "", source: self.root))
            }
            events += content.tagging(key).map { [$0] } ?? []
            for alias in version.aliases {
                let top = try AliasTop(db, model: model, alias: alias)
                if top.number == nil, !top.isProtected, top.publicKey == nil {
                    events.append(
                        .moved(
                            alias, of: model, to: key, reason: "copied with \(version.reference)"))
                } else if top.number != known?.number {
                    kept.append(alias)
                }
            }
            return events
        } result: { db in
            try ModelVersion.fetch(
                db, where: "WHERE v.sha256 = ? AND v.model = ? AND v.state = 'kept'",
                [version.sha256, model]
            ).first
        } undo: {
            published.map { try? FileSystem.remove($0) }
        }
        if let published { copySignature(of: path(of: version.file), to: published) }
        guard let found else { throw CellarError(.internalFault, "the copy is not in the index.") }
        return CopiedVersion(version: found, isNew: isNew, keptAliases: kept)
    }
}

/// The facts and tags of a version, for events that register it again.
struct VersionContent {
    var version: ModelVersion
    var facts: JSON
    var tags: [ModelStore.VersionTag]

    /// - Parameter source: The store that it comes from; nil for the same one.
    func registration(_ key: VersionKey, file: String, source: String?) -> Event {
        var content = key.members
        content["file"] = .string(file)
        content["size"] = .integer(version.size)
        content["imported_from"] = source.map {
            .string(Limits.cut("\($0)/\(version.file)", to: Limits.text))
        }
        content["copy_of"] = .string(version.reference)
        content["facts"] = facts
        return Event(kind: "registered", content: content)
    }

    func tagging(_ key: VersionKey) -> Event? {
        if tags.isEmpty { return nil }
        var content = key.members
        content["set"] = .object(JSONObject(tags.map { ($0.key, .string($0.value)) }))
        return Event(kind: "tagged", content: content)
    }
}

extension ModelStore {
    /// Returns the recorded content of a version. The facts are those in the file, with the name that it has there.
    func content(of version: ModelVersion) throws(CellarError) -> VersionContent {
        let text = try read("read \(version.reference)") { db in
            try String.fetchOne(
                db, sql: "SELECT json FROM facts WHERE version = ?", arguments: [version.id(db)])
        }
        return VersionContent(
            version: version, facts: text.flatMap { try? JSON(parsing: $0) } ?? .object([:]),
            tags: try tags(of: version))
    }
}
