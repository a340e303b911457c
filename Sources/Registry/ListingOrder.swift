import Base
import GRDB

/// The order of a list: keys such as `-val_accuracy,created`.
struct ListingOrder {
    /// A key as SQL over `v`.
    struct Key {
        /// Set for a value that an index has in order.
        var column: IndexedColumn?
        var sql: SQLPart
        /// The order after the missing values, which come last.
        var isAscending: Bool
    }

    /// A column of numbers in a table with a row for each version and name.
    struct IndexedColumn {
        var table: String
        var column: String
        var name: String
    }

    let keys: [Key]

    /// Parses the keys. Metrics are best first, numbers and times largest first, texts in alphabetical order; `-` before a
    /// key and `isReversed` reverse that.
    init(_ text: String, isReversed: Bool, in store: ModelStore, _ db: Database) throws {
        keys = try text.split(separator: ",", omittingEmptySubsequences: false).flatMap { part -> [Key] in
            let part = part.drop { $0 == " " }
            let isMinus = part.hasPrefix("-")
            let name = String(part.dropFirst(isMinus ? 1 : 0)).trimmed
            guard let subject = try FilterSubject(name, db) else {
                let (problem, remedy) = try store.unknownName(name, db)
                throw CellarError(.usage, "cannot sort: \(problem).", remedy: remedy)
            }
            let isReversed = isMinus != isReversed
            return try Self.keys(name, subject).map {
                Key(column: $0.column, sql: $0.sql, isAscending: $0.isAscending != isReversed)
            }
        }
    }

    private static func keys(_ name: String, _ subject: FilterSubject) throws -> [Key] {
        switch subject {
        case .field(.text("v.model")):
            return [
                Key(sql: SQLPart("v.model"), isAscending: true),
                Key(sql: SQLPart("v.number"), isAscending: true),
            ]
        case .field(.text(let sql)): return [Key(sql: SQLPart(sql), isAscending: true)]
        case .field(.number(let sql)), .field(.time(let sql)):
            return [Key(sql: SQLPart(sql), isAscending: false)]
        case .metric(let metric):
            return [
                Key(
                    column: .init(table: "metric", column: "value", name: metric),
                    sql: SQLPart("(SELECT value FROM metric WHERE version = v.id AND name = ?)", metric),
                    isAscending: MetricName.direction(of: metric) == .lowest)
            ]
        case .parameter(let name):
            let row = SQLPart(" FROM param WHERE version = v.id AND name = ?)", name)
            // Texts after the numbers.
            return [
                Key(
                    column: .init(table: "param", column: "number", name: name),
                    sql: "(SELECT number" + row, isAscending: false),
                Key(sql: "(SELECT text" + row + " COLLATE NOCASE", isAscending: true),
            ]
        case .tag(let key):
            return [
                Key(
                    sql: SQLPart("(SELECT value FROM tag WHERE version = v.id AND key = ?)", key)
                        + " COLLATE NOCASE",
                    isAscending: true)
            ]
        case .alias, .parent:
            throw CellarError(
                .usage, "cannot sort by \(name), which a version may have several of.",
                remedy: "Sort by a metric, a field, a hyper-parameter or a tag.")
        }
    }

    /// Columns that always have a value: an index gives their order.
    private static let alwaysPresent: Set = ["v.created", "v.model", "v.number", "v.size", "v.file", "v.id"]

    /// `ORDER BY`'s terms of these keys; the newest of equal versions first.
    static func sql(_ keys: some Sequence<Key>) -> SQLPart {
        var sql = SQLPart("")
        var isOldestFirst = false
        for key in keys {
            isOldestFirst = key.isAscending && key.sql.text == "v.created"
            // Descending order has them last by itself.
            let nulls = key.isAscending && !alwaysPresent.contains(key.sql.text) ? " NULLS LAST" : ""
            sql = sql + key.sql + (key.isAscending ? " ASC" : " DESC") + nulls + ", "
        }
        return sql + (isOldestFirst ? "v.id ASC" : "v.id DESC")
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
