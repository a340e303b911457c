import Base
import Foundation
import GRDB

/// A registered model file: the fields that lists show. `ModelStore.facts(of:)` has the rest.
public struct ModelVersion: Equatable, Sendable {
    /// The row in the index, for the transaction that read it: a merge of older events and a rebuild give rows other ids.
    /// Everywhere else it is `id(_:)`.
    let row: Int64
    public let model: String
    /// The number within the model, from 1. Numbers of deleted versions are not reused.
    public let number: Int
    /// The file's path relative to the store's folder.
    public let file: String
    /// SHA-256 of the file's bytes, lower-case hex.
    public let sha256: String
    /// The file's size in bytes.
    public let size: Int
    /// ISO 8601, UTC.
    public let created: String
    /// The file's Keras format, such as `keras-2.10-h5`; empty if unknown.
    public let generation: String
    public let architecture: String
    public let trainableParameters: Int
    public let nonTrainableParameters: Int
    public let task: ModelFacts.Task?
    public let seed: Int?
    public let trainingSeconds: Double?
    public let state: State
    /// The time of deletion, if it was deleted.
    public let deleted: String?
    /// The text of the file's identity when its digest was last found to be `sha256`; nil if not known.
    let identity: String?
    /// How events name the version.
    let key: VersionKey
    /// Metrics, with names such as `val_accuracy`; see `MetricName`.
    public internal(set) var metrics: [NamedMetric] = []
    /// The aliases that point to this version now, such as `best`.
    public internal(set) var aliases: [String] = []

    public enum State: String, Sendable {
        case kept
        /// The file is in the trash; `restore` brings it back.
        case deleted
        /// The file was removed permanently.
        case purged
    }

    public struct NamedMetric: Equatable, Sendable {
        public let name: String
        /// The value; NaN if training diverged.
        public let value: Double
    }

    /// The version's name: `mnist:12`.
    public var reference: String { "\(model):\(number)" }
    public var parameters: Int {
        let (sum, isTooLarge) = trainableParameters.addingReportingOverflow(nonTrainableParameters)
        return isTooLarge ? .max : sum
    }

    public func metric(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
}

extension ModelVersion {
    /// The columns that every query selects, by position.
    enum Column: Int32, CaseIterable {
        case id, model, number, file, sha256, size, created, generation, architecture, trainable, nonTrainable
        case task, seed, trainingSeconds, state, deleted, identity, claimedModel, claimed
    }

    /// In the order of `Column`.
    static let columns = """
        v.id, v.model, v.number, v.file, v.sha256, v.size, v.created, v.generation, v.architecture, v.trainable, \
        v.non_trainable, v.task, v.seed, v.training_seconds, v.state, v.deleted, v.identity, v.claimed_model, \
        v.claimed
        """

    init(row: Row, from first: Int = 0) throws {
        // By position: a name would be looked for in every row, and a list may have ten thousand.
        func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
            _ column: Column
        ) throws -> Value {
            try row.value(first + Int(column.rawValue))
        }
        self.row = try value(.id)
        model = try value(.model)
        number = try value(.number)
        file = try value(.file)
        sha256 = try value(.sha256)
        size = try value(.size)
        created = try value(.created)
        generation = try value(.generation)
        architecture = try value(.architecture)
        trainableParameters = try value(.trainable)
        nonTrainableParameters = try value(.nonTrainable)
        task = try (value(.task) as String?).flatMap(ModelFacts.Task.init(rawValue:))
        seed = try value(.seed)
        trainingSeconds = try value(.trainingSeconds)
        state = try State(rawValue: value(.state)) ?? .kept
        deleted = try value(.deleted)
        identity = try value(.identity)
        key = try VersionKey(
            model: model, number: value(.claimed), sha256: sha256, first: value(.claimedModel))
    }

    /// Fetches the versions that `condition` (SQL over `v`) selects, with their metrics and aliases.
    static func fetch(
        _ db: Database, where condition: String, _ arguments: StatementArguments = []
    ) throws -> [ModelVersion] {
        try complete(fetchBare(db, where: condition, arguments), db)
    }

    /// Fetches versions without their metrics and aliases.
    static func fetchBare(
        _ db: Database, where condition: String, _ arguments: StatementArguments = []
    ) throws -> [ModelVersion] {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM version v \(condition)")
        var found: [ModelVersion] = []
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        while let row = try rows.next() { try found.append(ModelVersion(row: row)) }
        return found
    }

    static func fetchOne(
        _ db: Database, where condition: String, _ arguments: StatementArguments = []
    ) throws -> ModelVersion? {
        try fetch(db, where: condition + " LIMIT 1", arguments).first
    }

    /// The version of a key; nil if no event registered it.
    static func fetchOne(_ db: Database, _ key: VersionKey) throws -> ModelVersion? {
        try key.id(db).flatMap { try fetchOne(db, where: "WHERE v.id = ?", [$0]) }
    }

    /// The row's id in this transaction, whatever other processes did since the version was read. Throws if it is gone.
    func id(_ db: Database) throws -> Int64 {
        guard let id = try key.id(db) else { throw changedMeanwhile }
        return id
    }

    /// The error for a version that another process changed since it was read.
    var changedMeanwhile: CellarError {
        CellarError(.badData, "another process changed \(reference) at the same time.", remedy: "Try again.")
    }

    static func fetchOne(_ db: Database, _ query: VersionQuery) throws -> ModelVersion? {
        try fetchOne(db, where: query.condition, StatementArguments(query.values))
    }

    private static func complete(_ versions: [ModelVersion], _ db: Database) throws -> [ModelVersion] {
        var versions = versions
        let metrics = try db.cachedStatement(sql: "SELECT name, value FROM metric WHERE version = ?")
        let aliases = try db.cachedStatement(
            sql: "SELECT name FROM alias WHERE model = ? AND number = ? ORDER BY name")
        // Most stores have few aliases and many versions: check first if there are any.
        let anyAlias =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM alias WHERE number IS NOT NULL)"))
            ?? false
        for i in versions.indices {
            let rows = try Row.fetchCursor(metrics, arguments: [versions[i].row])
            while let row = try rows.next() {
                try versions[i].metrics.append(NamedMetric(name: row.value(0), value: row.value(1) ?? .nan))
            }
            if anyAlias {
                versions[i].aliases = try String.fetchAll(
                    aliases, arguments: [versions[i].model, versions[i].number])
            }
        }
        return versions
    }
}
