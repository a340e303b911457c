import GRDB

/// A part of an SQL statement with the values of its `?`.
struct SQLPart {
    var text: String
    var values: [DatabaseValue] = []

    var arguments: StatementArguments { StatementArguments(values) }

    init(_ text: String, _ values: [DatabaseValue] = []) { (self.text, self.values) = (text, values) }

    init(_ text: String, _ value: String) { self.init(text, [value.databaseValue]) }

    static func + (a: SQLPart, b: SQLPart) -> SQLPart { SQLPart(a.text + b.text, a.values + b.values) }
    static func + (a: SQLPart, b: String) -> SQLPart { SQLPart(a.text + b, a.values) }
    static func + (a: String, b: SQLPart) -> SQLPart { SQLPart(a + b.text, b.values) }
}
