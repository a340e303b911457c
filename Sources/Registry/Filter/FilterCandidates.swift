import Base
import GRDB

/// Finds the versions that can match a condition, from the indexes, if they are few. The condition itself is evaluated on
/// them; where they are many, SQLite goes through the versions in the list's order until it has enough.
struct FilterCandidates {
    /// The most rows that are read from the index for one test, where several tests are joined.
    private static let mostRows = 20_000
    /// The most tests that are counted: each takes up to two milliseconds.
    private static let mostCounts = 20
    /// The deepest nesting of unions and intersections.
    private static let deepest = 3

    private let compiler: FilterSQL
    private var counts = 0

    /// Returns a condition on `v.id`; nil if there are more candidates than `most`, or no index says.
    static func condition(
        _ filter: Filter, in store: ModelStore, _ db: Database, most: Int
    ) throws -> SQLPart? {
        var search = FilterCandidates(compiler: FilterSQL(store: store, filter: filter, db: db))
        guard let query = try search.query(filter.tree, isNegated: false, depth: 0, isAlone: true) else {
            return nil
        }
        let ids = try Int64.fetchAll(
            db, sql: query.text + " LIMIT \(most + 1)", arguments: query.arguments)
        guard ids.count <= most else { return nil }
        return SQLPart(
            "v.id IN (SELECT value FROM json_each(?))", "[" + ids.map { "\($0)" }.joined(separator: ",") + "]"
        )
    }

    private init(compiler: FilterSQL) { self.compiler = compiler }

    /// Some of the tests of an `and` are enough; all of an `or` are needed.
    private mutating func query(
        _ tree: FilterTree, isNegated: Bool, depth: Int, isAlone: Bool
    ) throws -> SQLPart? {
        switch tree {
        case .test(let test):
            guard let ids = try compiler.ids(test, isNegated: isNegated) else { return nil }
            // The limit of the whole query stops a query that is alone.
            return try isAlone || isSmall(ids) ? ids : nil
        case .not(let inner):
            return try query(inner, isNegated: !isNegated, depth: depth, isAlone: isAlone)
        case .and(let trees): return try join(trees, isOr: isNegated, isNegated, depth)
        case .or(let trees): return try join(trees, isOr: !isNegated, isNegated, depth)
        }
    }

    private mutating func join(
        _ trees: [FilterTree], isOr: Bool, _ isNegated: Bool, _ depth: Int
    ) throws -> SQLPart? {
        guard depth < Self.deepest else { return nil }
        var queries: [SQLPart] = []
        for tree in trees {
            if let query = try query(tree, isNegated: isNegated, depth: depth + 1, isAlone: false) {
                queries.append(query)
            } else if isOr {
                return nil
            }
        }
        guard let first = queries.first, queries.count > 1 else { return queries.first }
        let sql = queries.dropFirst().reduce(first) { $0 + (isOr ? " UNION " : " INTERSECT ") + $1 }
        // A compound query within another one.
        return "SELECT version FROM (" + sql + ")"
    }

    private mutating func isSmall(_ query: SQLPart) throws -> Bool {
        guard counts < Self.mostCounts else { return false }
        counts += 1
        let count = try Int.fetchOne(
            compiler.db, sql: "SELECT count(*) FROM (\(query.text) LIMIT \(Self.mostRows + 1))",
            arguments: query.arguments)
        return count.map { $0 <= Self.mostRows } ?? false
    }
}
