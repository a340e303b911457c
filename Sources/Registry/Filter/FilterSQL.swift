import Base
import GRDB

/// Compiles a condition to SQL over `v`.
///
/// The SQL follows SQL's three-valued logic: a comparison with a missing value is unknown, `not` of unknown is unknown,
/// and only versions for which the whole is true are selected. `not` is moved down to the tests first, so that each
/// test counts only where it is true. Each test looks up its value for one version; `FilterCandidates` finds the versions
/// that are worth it.
struct FilterSQL {
    let store: ModelStore
    let filter: Filter
    let db: Database

    /// Throws if a name is unknown or a value does not fit its name.
    static func compile(_ filter: Filter, in store: ModelStore, _ db: Database) throws -> SQLPart {
        try FilterSQL(store: store, filter: filter, db: db).part(filter.tree, isNegated: false).sql
    }

    // MARK: The tree

    /// A compiled part, with the depth of its nesting.
    private typealias Part = (sql: SQLPart, depth: Int, isOr: Bool?)

    private func part(_ tree: FilterTree, isNegated: Bool) throws -> Part {
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
    private func join(_ trees: [FilterTree], isOr: Bool, isNegated: Bool) throws -> Part {
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

    /// The meaning of a test's name, and the test without a `not` that a comparison can take in: where it is false its
    /// opposite is true, and where it is unknown so is the opposite.
    private func resolved(
        _ test: FilterTest, _ isNegated: Bool
    ) throws -> (subject: FilterSubject, test: FilterTest, isNegated: Bool) {
        let isText = test.check.literals.contains { if case .number = $0.value { false } else { true } }
        guard let subject = try FilterSubject(test.name.text, isText: isText, db) else {
            let (problem, remedy) = try store.unknownName(test.name.text, db)
            throw CellarError.filter(filter.text, at: test.name.column, problem: problem, remedy: remedy)
        }
        guard isNegated, case .compare(let comparison, let literal) = test.check else {
            return (subject, test, isNegated)
        }
        return (subject, FilterTest(name: test.name, check: .compare(comparison.negated, literal)), false)
    }

    private func test(_ test: FilterTest, isNegated: Bool) throws -> SQLPart {
        let (subject, test, isNegated) = try resolved(test, isNegated)
        let sql =
            switch subject {
            case .field(.time(let sql)): try time(sql, test)
            case .field(.number(let sql)): try comparison(SQLPart(sql), test, .number)
            case .field(.text(let sql)): try comparison(SQLPart(sql), test, .text)
            case .alias: try alias(test)
            case .parent: try parent(test)
            case .metric, .parameter, .tag: try lookup(row(of: subject, test), test, isNegated)
            }
        return isNegated ? "NOT (" + sql + ")" : sql
    }

    /// The place of a value in a table with one row for each version and name.
    private struct ValueRow {
        var table: String
        var key: String
        var name: String
        var column: String
        var kind: Kind
    }

    /// The number in a tag's text; NULL if it is none. CASE evaluates in order: `json_type` fails on what is no JSON.
    private static let tagNumber = """
        CASE WHEN json_valid(value) THEN CASE WHEN json_type(value) IN ('integer', 'real') THEN CAST(value AS REAL) \
        END END
        """

    /// Nil for what is no such row.
    private func row(of subject: FilterSubject, _ test: FilterTest) throws -> ValueRow? {
        switch subject {
        case .metric(let name):
            return ValueRow(table: "metric", key: "name", name: name, column: "value", kind: .number)
        case .parameter(let name):
            let kind = try kind(of: test)
            let column = kind == .number ? "number" : "text"
            return ValueRow(table: "param", key: "name", name: name, column: column, kind: kind)
        case .tag(let key):
            let kind = try kind(of: test)
            let column = kind == .number ? Self.tagNumber : "value"
            return ValueRow(table: "tag", key: "key", name: key, column: column, kind: kind)
        case .field, .alias, .parent: return nil
        }
    }

    private func lookup(_ row: ValueRow?, _ test: FilterTest, _ isNegated: Bool) throws -> SQLPart {
        guard let row else { return SQLPart("0") }
        let source = SQLPart("FROM \(row.table) WHERE version = v.id AND \(row.key) = ?", row.name)
        switch test.check {
        case .holds:
            return try "EXISTS (SELECT 1 " + source + " AND " + holds(row, test) + ")"
        case .isMissing where try !isNegated && isComplete(row):
            return SQLPart("0")
        default: return try comparison("(SELECT \(row.column) " + source + ")", test, row.kind)
        }
    }

    private func holds(_ row: ValueRow, _ test: FilterTest) throws -> SQLPart {
        guard row.kind == .text else { throw needsComparison(test) }
        return SQLPart("lower(\(row.column)) NOT IN ('false', '0')")
    }

    /// Whether every version has the value: then the search for the missing ones need not look at each.
    private func isComplete(_ row: ValueRow) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT (SELECT count(*) FROM \(row.table) WHERE \(row.key) = ? AND \(row.column) IS NOT NULL)
                    = (SELECT count(*) FROM version)
                """, arguments: [row.name]) ?? false
    }

    /// A query for the ids of the versions that pass a test, from an index; nil if there is none.
    func ids(_ test: FilterTest, isNegated: Bool) throws -> SQLPart? {
        let (subject, test, isNegated) = try resolved(test, isNegated)
        guard !isNegated, test.check != .isMissing, let row = try row(of: subject, test) else { return nil }
        let condition =
            try test.check == .holds ? holds(row, test) : comparison(SQLPart(row.column), test, row.kind)
        return SQLPart("SELECT version FROM \(row.table) WHERE \(row.key) = ? AND ", row.name) + condition
    }
}
