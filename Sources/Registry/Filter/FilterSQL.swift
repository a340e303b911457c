import Base
import GRDB

/// Compiles a condition to SQL over `v`.
///
/// The SQL follows SQL's three-valued logic: a comparison with a missing value is unknown, `not` of unknown is unknown,
/// and only versions for which the whole is true are selected. `not` is moved down to the tests first, so that each
/// test counts only where it is true. A test that few versions pass can then be a set of ids from an index, which
/// SQLite starts from; other tests look up the value of each version.
struct FilterSQL {
    /// A test that more versions pass is looked up version by version.
    static let largestSet = 10_000
    /// The number of tests whose sets are counted. Each takes up to a millisecond.
    private static let mostCounts = 20

    let store: ModelStore
    let filter: Filter
    let db: Database
    /// For one known version there is nothing to search.
    let isForOne: Bool
    private var counts = 0

    private init(store: ModelStore, filter: Filter, db: Database, isForOne: Bool) {
        (self.store, self.filter, self.db, self.isForOne) = (store, filter, db, isForOne)
    }

    /// Throws if a name is unknown or a value does not fit its name.
    static func compile(
        _ filter: Filter, in store: ModelStore, _ db: Database, isForOne: Bool = false
    ) throws -> SQLPart {
        var compiler = FilterSQL(store: store, filter: filter, db: db, isForOne: isForOne)
        return try compiler.part(filter.tree, isNegated: false).sql
    }

    // MARK: The tree

    /// A compiled part, with the depth of its nesting.
    private typealias Part = (sql: SQLPart, depth: Int, isOr: Bool?)

    private mutating func part(_ tree: FilterTree, isNegated: Bool) throws -> Part {
        switch tree {
        case .test(let test):
            return (try self.test(test, isNegated: isNegated), 0, nil)
        case .not(let inner):
            return try part(inner, isNegated: !isNegated)
        case .and(let parts):
            return try join(parts, isOr: isNegated, isNegated: isNegated)
        case .or(let parts):
            return try join(parts, isOr: !isNegated, isNegated: isNegated)
        }
    }

    /// Joins parts. The deepest comes first: SQLite's parser then keeps one open parenthesis a level, not three symbols.
    private mutating func join(_ trees: [FilterTree], isOr: Bool, isNegated: Bool) throws -> Part {
        var parts: [Part] = []
        for tree in trees { parts.append(try part(tree, isNegated: isNegated)) }
        parts = parts.enumerated().sorted { ($1.element.depth, $0.offset) < ($0.element.depth, $1.offset) }
            .map(\.element)
        let texts = parts.map { $0.isOr == nil || $0.isOr == isOr ? $0.sql : "(" + $0.sql + ")" }
        var sql = texts[0]
        for text in texts.dropFirst() { sql = sql + (isOr ? " OR " : " AND ") + text }
        return (sql, (parts.map(\.depth).max() ?? 0) + 1, isOr)
    }

    // MARK: Tests

    private mutating func test(_ test: FilterTest, isNegated: Bool) throws -> SQLPart {
        let isText = test.check.literals.contains { if case .number = $0.value { false } else { true } }
        guard let subject = try FilterSubject(test.name.text, isText: isText, db) else {
            let (problem, remedy) = try store.unknownName(test.name.text, db)
            throw CellarError.filter(filter.text, at: test.name.column, problem: problem, remedy: remedy)
        }
        // Where the comparison is false its opposite is true, and where it is unknown so is the opposite.
        var (test, isNegated) = (test, isNegated)
        if isNegated, case .compare(let comparison, let literal) = test.check {
            (test.check, isNegated) = (.compare(comparison.negated, literal), false)
        }
        switch subject {
        case .field(.time(let sql)): return try negate(time(sql, test), isNegated)
        case .field(.number(let sql)):
            return try negate(comparison(SQLPart(sql), test, .number), isNegated)
        case .field(.text(let sql)): return try negate(comparison(SQLPart(sql), test, .text), isNegated)
        case .metric(let name):
            return try row("metric", "name", name, column: "value", test, .number, isNegated)
        case .parameter(let name):
            let kind = try kind(of: test)
            return try row(
                "param", "name", name, column: kind == .number ? "number" : "text", test, kind, isNegated)
        case .tag(let key):
            let kind = try kind(of: test)
            return try row(
                "tag", "key", key, column: kind == .number ? Self.tagNumber : "value", test, kind, isNegated)
        case .alias: return try negate(alias(test), isNegated)
        case .parent: return try negate(parent(test), isNegated)
        }
    }

    private func negate(_ sql: SQLPart, _ isNegated: Bool) -> SQLPart {
        isNegated ? "NOT (" + sql + ")" : sql
    }

    /// The number in a tag's text; NULL if it is none. CASE evaluates in order: `json_type` fails on what is no JSON.
    private static let tagNumber = """
        CASE WHEN json_valid(value) THEN CASE WHEN json_type(value) IN ('integer', 'real') THEN CAST(value AS REAL) \
        END END
        """

    /// A test of a row of a table with one row for each version and name.
    private mutating func row(
        _ table: String, _ key: String, _ name: String, column: String, _ test: FilterTest, _ kind: Kind,
        _ isNegated: Bool
    ) throws -> SQLPart {
        let row = SQLPart("FROM \(table) WHERE version = v.id AND \(key) = ?", name)
        switch test.check {
        case .isMissing:
            if !isNegated, try isComplete(table, key, name, column) { return SQLPart("0") }
            return negate("(SELECT \(column) " + row + ") IS NULL", isNegated)
        case .holds:
            guard kind != .number else { throw needsComparison(test) }
            let holds = " AND lower(\(column)) NOT IN ('false', '0')"
            if !isNegated,
                let set = try set(SQLPart("SELECT version FROM \(table) WHERE \(key) = ?", name) + holds)
            {
                return set
            }
            return negate("EXISTS (SELECT 1 " + row + holds + ")", isNegated)
        default:
            if !isNegated {
                let condition = try comparison(SQLPart(column), test, kind)
                let all = SQLPart("SELECT version FROM \(table) WHERE \(key) = ? AND ", name)
                if let set = try set(all + condition) { return set }
            }
            return negate(
                try comparison("(SELECT \(column) " + row + ")", test, kind), isNegated)
        }
    }

    /// Whether every version has the value: then the search for the missing ones need not look at each.
    private mutating func isComplete(
        _ table: String, _ key: String, _ name: String, _ column: String
    ) throws -> Bool {
        guard !isForOne, counts < Self.mostCounts else { return false }
        counts += 1
        return try Bool.fetchOne(
            db,
            sql: """
                SELECT (SELECT count(*) FROM \(table) WHERE \(key) = ? AND \(column) IS NOT NULL)
                    = (SELECT count(*) FROM version)
                """, arguments: [name]) ?? false
    }

    /// The versions whose ids a query has, if they are few.
    private mutating func set(_ query: SQLPart) throws -> SQLPart? {
        guard !isForOne, counts < Self.mostCounts else { return nil }
        counts += 1
        let count = try Int.fetchOne(
            db, sql: "SELECT count(*) FROM (\(query.text) LIMIT \(Self.largestSet + 1))",
            arguments: query.arguments)
        guard let count, count <= Self.largestSet else { return nil }
        return "v.id IN (" + query + ")"
    }
}
