import GRDB
import Base

extension ModelStore {
    /// Points `alias` at the version of `model` with the best value of a metric, and records the reason.
    ///
    /// - Parameters:
    ///   - metric: `accuracy` is of the training rows, `val_accuracy` of the validation rows, `test_accuracy` of the
    ///     test rows. Higher is better for accuracy, AUC, precision, recall and F1; lower for losses and errors.
    ///   - direction: The direction in which the metric improves, if its name does not tell.
    ///
    /// The newest of equal versions is chosen. Versions without the metric, or with NaN, are ignored.
    ///
    /// - Parameter run: Only versions of this training run: its result, and its checkpoints.
    public func promote(
        best metric: String, model: String, run: String? = nil, alias: String = "best",
        direction: MetricName.Direction? = nil,
        options: MoveOptions = MoveOptions()
    ) throws(CellarError) -> Promotion {
        try Names.checkAlias(alias)
        let direction = try self.direction(of: metric, direction)
        return try move(alias, of: model, options) { db in
            let best = try best(by: metric, of: model, run, direction, db)
            try checkFile(of: best.version)
            try check(best.version, against: options.gate, db)
            return (best.version, best.reason(after: options.reason))
        }
    }

    /// The version with the best value of a metric.
    public struct BestVersion: Sendable {
        public let version: ModelVersion
        /// The value and the next ones, such as "val_accuracy 0.98, the highest of 3 versions; next: …".
        public let reason: String
        /// The number of versions with the metric, or a number above 1,000 if there are more.
        public let count: Int

        /// The reason, behind another one.
        public func reason(after first: String?) -> String { first.map { "\($0) (\(reason))" } ?? reason }
    }

    /// Finds the version that `promote(best:)` takes.
    public func best(
        by metric: String, model: String, run: String? = nil, direction: MetricName.Direction? = nil
    ) throws(CellarError) -> BestVersion {
        let direction = try self.direction(of: metric, direction)
        return try read("find the best \(metric) of \(model)") { db in
            try best(by: metric, of: model, run, direction, db)
        }
    }

    private func direction(
        of metric: String, _ given: MetricName.Direction?
    ) throws(CellarError) -> MetricName.Direction {
        if let direction = given ?? MetricName.direction(of: metric) { return direction }
        throw CellarError(
            .usage, "cannot tell whether a high or a low \(metric) is better.",
            remedy: "Use --highest or --lowest.")
    }

    private func best(
        by metric: String, of model: String, _ run: String?, _ direction: MetricName.Direction, _ db: Database
    ) throws -> BestVersion {
        // A store may have 100,000 versions: only as many are read as the reason names. The plus signs keep SQLite from
        // any other order than that of the metric's index.
        let ofRun = run == nil ? "" : "AND v.id IN (SELECT version FROM facts WHERE run = ?3)"
        let condition = """
            JOIN metric m ON m.version = v.id WHERE +v.model = ?1 AND +v.state = 'kept' AND m.name = ?2
            AND m.value IS NOT NULL AND ?3 IS ?3 \(ofRun)
            """
        let first = try ModelVersion.fetch(
            db,
            where:
                "\(condition) ORDER BY m.value \(direction == .highest ? "DESC" : "ASC"), m.version DESC LIMIT 4",
            [model, metric, run])
        guard let best = first.first, let value = best.metric(metric) else {
            throw try withoutMetric(metric, model, db)
        }
        for version in first { try checkMetrics(of: version, db) }
        try checkUnchanged(db)
        func count(_ more: String, _ arguments: StatementArguments) throws -> Int {
            try Int.fetchOne(
                db,
                sql:
                    "SELECT count(*) FROM (SELECT 1 FROM version v \(condition) \(more) LIMIT \(Self.mostCounted + 1))",
                arguments: [model, metric, run] + arguments) ?? 0
        }
        let all = try count("", [])
        return BestVersion(
            version: best,
            reason: reason(metric, direction, first, of: all, equal: try count("AND m.value = ?4", [value])),
            count: all)
    }

    /// Throws if the metrics of a version in the index are not those in its facts: another program changed them, and the log would
    /// keep what was decided by them.
    func checkMetrics(of version: ModelVersion, _ db: Database) throws {
        let text = try String.fetchOne(
            db.cachedStatement(sql: "SELECT json FROM facts WHERE version = ?"), arguments: [version.id(db)])
        let facts = text.flatMap { try? JSON(parsing: $0) }.flatMap(ModelFacts.init(json:))
        let expected = facts?.bounded.metricValues ?? [:]
        let found = Dictionary(version.metrics.map { ($0.name, $0.value) }) { $1 }
        let names = Set(expected.keys).union(found.keys).sorted()
        guard let name = names.first(where: { !isSame(expected[$0], found[$0]) }) else { return }
        func value(_ value: Double?) -> String { value.map { "\($0)" } ?? "none" }
        throw CellarError(
            .badData,
            "the index was changed: \(name) of \(version.reference) is \(value(found[name])), expected "
                + "\(value(expected[name])) as it was registered.",
            file: indexPath, remedy: "Run `registry rebuild` to make the index anew from the logs.")
    }

    /// Throws if another program changed versions or metrics in the index: what is chosen there may not be what the log says.
    func checkUnchanged(_ db: Database) throws {
        guard let table = try Index.changedTable(db) else { return }
        throw CellarError(
            .badData, "the index was changed by another program, in the table \(table).", file: indexPath,
            remedy: "Run `registry rebuild` to make the index anew from the logs.")
    }

    /// Versions are counted up to here.
    private static let mostCounted = 1_000

    private func reason(
        _ metric: String, _ direction: MetricName.Direction, _ ranked: [ModelVersion], of count: Int,
        equal: Int
    ) -> String {
        func value(_ version: ModelVersion) -> String { version.metric(metric).map { "\($0)" } ?? "none" }
        let end = direction == .highest ? "highest" : "lowest"
        guard count > 1 else { return "\(metric) \(value(ranked[0])), the only version that has it" }
        func number(_ count: Int) -> String {
            count > Self.mostCounted ? "more than \(Self.mostCounted)" : "\(count)"
        }
        let newest = equal > 1 ? " (the newest of \(number(equal)) equal ones)" : ""
        let next = ranked.dropFirst().prefix(3).map { "\($0.reference) \(value($0))" }.joined(separator: ", ")
        return
            "\(metric) \(value(ranked[0])), the \(end) of \(number(count)) versions\(newest); next: \(next)"
    }

    private func withoutMetric(_ metric: String, _ model: String, _ db: Database) throws -> CellarError {
        let count =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM version WHERE model = ? AND state = 'kept'", arguments: [model]
            ) ?? 0
        if count == 0 { return try unknownModel(model, db) }
        return try unknownMetric(metric, db, model: model)
    }

    /// Makes the error for an unknown metric; it lists the metrics that exist.
    func unknownMetric(_ metric: String, _ db: Database, model: String? = nil) throws -> CellarError {
        let names = try metricNames(db, model: model)
        let who = model.map { "no version of \($0)" } ?? "no version"
        let near = nearest(metric, in: names) ?? names.first { $0.hasPrefix(metric) }
        let has = names.isEmpty ? "none is recorded" : "there are \(shortList(names))"
        return CellarError(
            .usage, "\(who) has the metric \(metric): \(has).", remedy: near.map { "Did you mean \($0)?" })
    }

    func metricNames(_ db: Database, model: String? = nil) throws -> [String] {
        if let model {
            return try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT m.name FROM version v JOIN metric m ON m.version = v.id WHERE v.model = ?
                    ORDER BY m.name
                    """, arguments: [model])
        }
        // One search in the index per name, however many versions there are.
        return try String.fetchAll(
            db,
            sql: """
                WITH RECURSIVE names(name) AS (
                    SELECT min(name) FROM metric
                    UNION ALL SELECT (SELECT min(name) FROM metric WHERE name > names.name) FROM names
                    WHERE names.name IS NOT NULL)
                SELECT name FROM names WHERE name IS NOT NULL
                """)
    }
}

/// Whether both are the same value or none; the index has no NaN.
private func isSame(_ a: Double?, _ b: Double?) -> Bool {
    a == b || a?.isNaN == true && b?.isNaN == true
}
