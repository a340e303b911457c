import Base
import Foundation
import GRDB

extension ModelStore {
    /// Returns the facts stored in the model file: hyper-parameters, history, dataset, recipe, parents, host.
    public func facts(of version: ModelVersion) throws(CellarError) -> ModelFacts {
        let text = try index().read("read \(version.reference)") { db in
            try String.fetchOne(db, sql: "SELECT json FROM facts WHERE version = ?", arguments: [version.id])
        }
        guard let text, let json = try? JSON(parsing: text), let facts = ModelFacts(json: json) else {
            throw CellarError(
                .badData, "the index has no readable facts about \(version.reference).", file: indexPath,
                remedy: "Run `registry rebuild`.")
        }
        return facts
    }

    public struct VersionTag: Equatable, Sendable {
        public let key, value: String
        public init(key: String, value: String) { (self.key, self.value) = (key, value) }
    }

    public func tags(of version: ModelVersion) throws(CellarError) -> [VersionTag] {
        try index().read("read the tags of \(version.reference)") { db in
            try Row.fetchAll(
                db, sql: "SELECT key, value FROM tag WHERE version = ? ORDER BY key", arguments: [version.id]
            ).map { VersionTag(key: $0[0], value: $0[1]) }
        }
    }

    /// Sets and removes tags, such as `owner=ann`.
    @discardableResult
    public func tag(
        _ reference: String, set: [VersionTag], remove: [String] = []
    ) throws(CellarError) -> ModelVersion {
        for key in set.map(\.key) + remove { try Names.checkTag(key) }
        let version = try version(reference)
        try changeAliases("tag \(version.reference)") { db in
            for tag in set {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO tag (version, key, value) VALUES (?, ?, ?)",
                    arguments: [version.id, tag.key, tag.value])
            }
            for key in remove {
                try db.execute(
                    sql: "DELETE FROM tag WHERE version = ? AND key = ?", arguments: [version.id, key])
            }
        }
        return version
    }

    /// Returns the parents recorded when the version was registered, including `imported-from`.
    public func parents(of version: ModelVersion) throws(CellarError) -> [ModelFacts.Parent] {
        try index().read("read the parents of \(version.reference)") { try parents(of: version, $0) }
    }

    func parents(of version: ModelVersion, _ db: Database) throws -> [ModelFacts.Parent] {
        let statement = try db.cachedStatement(
            sql: "SELECT kind, sha256, reference FROM parent WHERE version = ? ORDER BY position")
        return try Row.fetchAll(statement, arguments: [version.id]).compactMap { row in
            ModelFacts.Parent.Kind(rawValue: row[0]).map {
                .init(kind: $0, sha256: row[1], reference: row[2])
            }
        }
    }
}
