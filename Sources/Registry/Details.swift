import Base
import Foundation
import GRDB

extension ModelStore {
    /// Returns the facts stored in the model file: hyper-parameters, history, dataset, recipe, parents, host. Where the file
    /// is gone they come from the log, which has no history.
    public func facts(of version: ModelVersion) throws(CellarError) -> ModelFacts {
        if version.state != .purged, (try? checkFile(of: version)) != nil {
            let found = FoundBytes(
                path: path(of: version.file), sha256: version.sha256, identity: version.identity,
                isRegistered: true)
            do {
                let facts = try reader(found)
                return facts.known(as: version.model, created: version.created)
            } catch {
                throw error as? CellarError
                    ?? CellarError(.badData, "\(error)", file: found.path, remedy: "Run `registry verify`.")
            }
        }
        return try recordedFacts(of: version)
    }

    /// Returns the facts in the log: all but the history.
    public func recordedFacts(of version: ModelVersion) throws(CellarError) -> ModelFacts {
        try read("read \(version.reference)") { try recordedFacts(of: version, $0) }
    }

    private func recordedFacts(of version: ModelVersion, _ db: Database) throws -> ModelFacts {
        let text = try String.fetchOne(
            db, sql: "SELECT json FROM facts WHERE version = ?", arguments: [version.id(db)])
        guard let text, let json = try? JSON(parsing: text) else {
            throw CellarError(
                .badData, "the index has no readable facts about \(version.reference).", file: indexPath,
                remedy: "Run `registry rebuild`.")
        }
        return ModelFacts(json: json).known(as: version.model, created: version.created)
    }

    public struct VersionTag: Equatable, Sendable {
        public let key, value: String
        public init(key: String, value: String) { (self.key, self.value) = (key, value) }
    }

    public func tags(of version: ModelVersion) throws(CellarError) -> [VersionTag] {
        try read("read the tags of \(version.reference)") { try tags(of: version, $0) }
    }

    private func tags(of version: ModelVersion, _ db: Database) throws -> [VersionTag] {
        try Row.fetchAll(
            db, sql: "SELECT key, value FROM tag WHERE version = ? ORDER BY key", arguments: [version.id(db)]
        ).map { try VersionTag(key: $0.value(0), value: $0.value(1)) }
    }

    /// Sets and removes tags, such as `owner=ann`. Returns the version as it is then.
    @discardableResult
    public func tag(
        _ reference: String, set: [VersionTag], remove: [String] = []
    ) throws(CellarError) -> VersionRecord {
        for key in set.map(\.key) + remove { try Names.checkTag(key) }
        for tag in set where !Limits.isText(tag.value) {
            throw CellarError(
                .usage, "the tag \(tag.key) is too long: expected at most \(Limits.text) bytes.")
        }
        let version = try version(reference)
        return try commit("tag \(version.reference)") { _ in
            var content = version.key.members
            content["set"] = .object(JSONObject(set.map { ($0.key, .string($0.value)) }))
            if !remove.isEmpty { content["remove"] = .array(remove.map { .string($0) }) }
            return [Event(kind: "tagged", content: content)]
        } result: {
            try record(of: version, $0)
        }
    }

    /// What the index has about a version, read in one transaction.
    public struct VersionRecord: Sendable {
        public let version: ModelVersion
        public let tags: [VersionTag]
        /// The parents recorded when the version was registered, including `imported-from`.
        public let parents: [ModelFacts.Parent]
        /// The facts in the log: all but the history.
        public let facts: ModelFacts
    }

    public func record(of version: ModelVersion) throws(CellarError) -> VersionRecord {
        try read("read \(version.reference)") { try record(of: version, $0) }
    }

    private func record(of version: ModelVersion, _ db: Database) throws -> VersionRecord {
        try VersionRecord(
            version: version, tags: tags(of: version, db), parents: parents(of: version, db),
            facts: recordedFacts(of: version, db))
    }

    func parents(of version: ModelVersion, _ db: Database) throws -> [ModelFacts.Parent] {
        let statement = try db.cachedStatement(
            sql: "SELECT kind, sha256, reference FROM parent WHERE version = ? ORDER BY position")
        return try Row.fetchAll(statement, arguments: [version.id(db)]).compactMap { row in
            try ModelFacts.Parent.Kind(rawValue: row.value(0)).map {
                try .init(kind: $0, sha256: row.value(1), reference: row.value(2))
            }
        }
    }
}
