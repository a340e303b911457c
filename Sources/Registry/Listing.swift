import Base
import GRDB

/// The selection and order of a list of versions.
public struct Query: Sendable {
    public var model: String?
    public var filter: Filter?
    /// Names as in a condition, separated by commas; `-` before a name reverses its order. Metrics are best first,
    /// numbers and times largest first, texts in alphabetical order; missing values last. Nil: the newest first.
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
            var conditions: [SQLPart] = []
            // A condition on the state decides itself which versions it means.
            if query.deleted || query.filter?.names.contains("state") != true {
                conditions.append(SQLPart("v.state = '\(query.deleted ? "deleted" : "kept")'"))
            }
            if let model = query.model {
                try checkModel(model, query, db)
                conditions.append(SQLPart("v.model = ?", model))
            }
            if let filter = query.filter {
                let most = try mostCandidates(limit: query.limit, db)
                if let few = try FilterCandidates.condition(filter, in: self, db, most: most) {
                    conditions.append(few)
                }
                conditions.append(try "(" + FilterSQL.compile(filter, in: self, db) + ")")
            }
            let condition = conditions.dropFirst().reduce(
                conditions.first.map { "WHERE " + $0 } ?? SQLPart("WHERE 1")
            ) { $0 + " AND " + $1 }
            // One more than the limit shows whether there are more.
            let limit = query.limit.map { $0 + 1 } ?? -1
            var found = try fetch(query, condition, limit: limit, db)
            guard found.count == limit else {
                return Listing(versions: found, isCut: false, total: found.count)
            }
            found.removeLast()
            let total =
                query.filter == nil
                ? try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM version v \(condition.text)",
                    arguments: condition.arguments)
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
            ).map { try (name: $0.value(0), versions: $0.value(1)) }
        }
    }

    private func fetch(
        _ query: Query, _ condition: SQLPart, limit: Int, _ db: Database
    ) throws -> [ModelVersion] {
        // The newest number of one model is its newest version; of several, the order of the log decides: a clock that went
        // back, or a date in a file, does not change it.
        let newest = query.model == nil ? "registered" : "version"
        let keys = try ListingOrder(
            query.sort ?? newest, isReversed: query.isReversed, in: self, db
        ).keys
        func versions(_ sql: SQLPart, limit: Int) throws -> [ModelVersion] {
            let sql = sql + SQLPart(" LIMIT ?", [limit.databaseValue])
            return try ModelVersion.fetch(db, where: sql.text, sql.arguments)
        }
        guard let key = keys.first, let column = key.column else {
            return try versions(condition + " ORDER BY " + ListingOrder.sql(keys), limit: limit)
        }
        // First the versions that have the value, from its index; then, within the limit, the others.
        let next = keys.count > 1 ? ListingOrder.sql(keys.dropFirst()) : SQLPart("m.version DESC")
        let order = (key.isAscending ? "ASC, " : "DESC, ") + next
        let value = "m.\(column.column)"
        var found = try versions(
            "JOIN \(column.table) m ON m.version = v.id " + condition
                + SQLPart(
                    " AND m.name = ? AND \(value) IS NOT NULL ORDER BY \(value) ", column.name) + order,
            limit: limit)
        let room = limit < 0 ? -1 : limit - found.count
        if room != 0 {
            let missing = SQLPart(
                " AND NOT EXISTS (SELECT 1 FROM \(column.table) m WHERE m.version = v.id AND m.name = ? "
                    + "AND \(value) IS NOT NULL) ORDER BY ", column.name)
            let rest =
                keys.count > 1 ? ListingOrder.sql(keys.dropFirst()) : SQLPart("v.id DESC")
            found += try versions(condition + missing + rest, limit: room)
        }
        return found
    }

    /// The number of candidates from which on it is faster to go through the versions in order until the limit is reached:
    /// of 100,000 versions and a limit of 100 measured as 1,000 to 2,000.
    private func mostCandidates(limit: Int?, _ db: Database) throws -> Int {
        let versions = try Int.fetchOne(db, sql: "SELECT max(id) FROM version") ?? 0
        guard let limit else { return max(200, versions / 10) }
        return max(200, Int((Double(versions) * Double(limit)).squareRoot() / 2))
    }

    private func checkModel(_ model: String, _ query: Query, _ db: Database) throws {
        let exists = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM version WHERE model = ?)", arguments: [model])
        if exists != true { throw try unknownModel(model, db) }
    }
}
