import Base
import GRDB

/// The selection and order of a list of versions.
public struct Query: Sendable {
    public var model: String?
    public var filter: Filter?
    /// A metric (best first), or `created`, `model`, `version`, `size`, `parameters`, `training_seconds` or `seed`.
    /// Nil sorts by the order of registration, newest first.
    public var sort: String?
    /// Reverses the order: worst, oldest or smallest first.
    public var isReversed = false
    /// Maximum number of versions; nil for no limit.
    public var limit: Int?
    /// Lists deleted versions instead of the others.
    public var deleted = false

    public init(
        model: String? = nil, filter: Filter? = nil, sort: String? = nil, isReversed: Bool = false,
        limit: Int? = nil,
        deleted: Bool = false
    ) {
        (self.model, self.filter, self.sort, self.isReversed) = (model, filter, sort, isReversed)
        (self.limit, self.deleted) = (limit, deleted)
    }
}

/// The result of a query.
public struct Listing: Sendable {
    public let versions: [ModelVersion]
    /// True if the limit left versions out.
    public let isCut: Bool
    /// The number of versions without the limit; nil if a filter would have to be evaluated on every version.
    public let total: Int?
}

extension ModelStore {
    /// Returns versions in order. Versions without the sort metric come last, newest first.
    public func list(_ query: Query = Query()) throws(CellarError) -> Listing {
        let doing = "list the versions"
        return try read(doing) { db in
            var (conditions, arguments) = (
                ["v.state = '\(query.deleted ? "deleted" : "kept")'"], StatementArguments()
            )
            if let model = query.model {
                try checkModel(model, query, db)
                conditions.append("v.model = ?")
                arguments += [model]
            }
            if let filter = query.filter {
                try check(filter, query, db)
                let sql = filter.sql
                conditions.append(sql.text)
                arguments += sql.arguments
            }
            let condition = "WHERE " + conditions.joined(separator: " AND ")
            // One more than the limit shows whether there are more.
            let limit = query.limit.map { $0 + 1 } ?? -1
            var found =
                if let metric = try sortMetric(query, db) {
                    try sorted(by: metric, query, condition, arguments, limit, db)
                } else {
                    try ModelVersion.fetch(
                        db, where: "\(condition) ORDER BY \(order(query)) LIMIT ?", arguments + [limit])
                }
            guard found.count == limit else {
                return Listing(versions: found, isCut: false, total: found.count)
            }
            found.removeLast()
            let total =
                query.filter == nil
                ? try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM version v \(condition)", arguments: arguments)
                : nil
            return Listing(versions: found, isCut: true, total: total)
        }
    }

    /// Returns the names of all models with the number of versions that are not deleted.
    public func models() throws(CellarError) -> [(name: String, versions: Int)] {
        try read("list the models") { db in
            try Row.fetchAll(
                db,
                sql: "SELECT model, count(*) FROM version WHERE state = 'kept' GROUP BY model ORDER BY model"
            ).map { (name: $0[0], versions: $0[1]) }
        }
    }

    private func order(_ query: Query) -> String {
        let (up, down) = query.isReversed ? ("DESC", "ASC") : ("ASC", "DESC")
        return switch query.sort {
        case "model", "name": "v.model \(up), v.number \(up)"
        case "version" where query.model != nil: "v.number \(down)"
        case nil where query.model != nil: "v.number \(down)"
        case "created": "v.created \(down), v.id \(down)"
        // The order of the log: a clock that went back, or a date in a file, does not change it.
        case nil: "v.id \(down)"
        case .some(let field): "\(Filter.fields[field] ?? "v.id") \(down), v.id DESC"
        }
    }

    /// Returns the metric to sort by; nil if the order is by a field of the version.
    private func sortMetric(_ query: Query, _ db: Database) throws -> String? {
        guard let sort = query.sort, !["created", "model", "name"].contains(sort), Filter.fields[sort] == nil
        else {
            return nil
        }
        guard try metricNames(db).contains(sort) else { throw try unknownMetric(sort, db) }
        return sort
    }

    private func sorted(
        by metric: String, _ query: Query, _ condition: String, _ arguments: StatementArguments, _ limit: Int,
        _ db: Database
    ) throws -> [ModelVersion] {
        let isLowFirst = (MetricName.direction(of: metric) == .lowest) != query.isReversed
        // First the versions that have the metric, from the index of values; then, within the limit, the others.
        var found = try ModelVersion.fetch(
            db,
            where: """
                JOIN metric m ON m.version = v.id \(condition) AND m.name = ? AND m.value IS NOT NULL
                ORDER BY m.value \(isLowFirst ? "ASC" : "DESC"), m.version DESC LIMIT ?
                """, arguments + [metric, limit])
        let room = limit < 0 ? -1 : limit - found.count
        if room != 0 {
            found += try ModelVersion.fetch(
                db,
                where: """
                    \(condition) AND NOT EXISTS (
                        SELECT 1 FROM metric m WHERE m.version = v.id AND m.name = ? AND m.value IS NOT NULL)
                    ORDER BY v.created DESC, v.id DESC LIMIT ?
                    """, arguments + [metric, room])
        }
        return found
    }

    private func checkModel(_ model: String, _ query: Query, _ db: Database) throws {
        let exists = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM version WHERE model = ?)", arguments: [model])
        if exists != true { throw try unknownModel(model, db) }
    }

    private func check(_ filter: Filter, _ query: Query, _ db: Database) throws {
        let names = try metricNames(db)
        for condition in filter.conditions where Filter.fields[condition.name] == nil {
            if !names.contains(condition.name) {
                throw try unknownMetric(condition.name, db)
            }
        }
    }
}
