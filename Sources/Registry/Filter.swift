import Base
import GRDB

/// A condition on versions, such as `val_accuracy > 0.97 and parameters <= 300000`.
///
/// A condition is a metric or one of `fields`, then `<`, `<=`, `>`, `>=`, `=` (or `==`) or `!=`, then a number;
/// conditions are joined by `and`. No part of the text becomes SQL: names are looked up or bound as arguments.
public struct Filter: Equatable, Sendable {
    struct Condition: Equatable, Sendable {
        var name: String
        var comparison: Comparison
        var number: Double
    }

    enum Comparison: String, CaseIterable, Sendable {
        // Longer operators first: `<` is a prefix of `<=`.
        case atMost = "<="
        case atLeast = ">="
        case different = "!="
        case same = "=="
        case less = "<"
        case more = ">"
        case equal = "="
    }

    /// Fields of a version other than metrics, with their SQL expressions.
    static let fields = [
        "version": "v.number", "size": "v.size", "parameters": "(v.trainable + v.non_trainable)",
        "trainable_parameters": "v.trainable", "seed": "v.seed", "training_seconds": "v.training_seconds",
    ]

    let conditions: [Condition]
    /// The text as the user wrote it.
    public let text: String

    public init(_ text: String) throws(CellarError) {
        var rest = Substring(text)
        var conditions: [Condition] = []
        func fail(_ expected: String) -> CellarError {
            let found = rest.isEmpty ? "the end" : "\"\(rest.prefix(20))\""
            let place = text.distance(from: text.startIndex, to: rest.startIndex) + 1
            return CellarError(
                .usage,
                "cannot read the condition \"\(text)\": expected \(expected) at column \(place), found \(found).",
                remedy: "Write it as in 'val_accuracy > 0.97 and parameters < 300000'.")
        }
        func skipSpaces() { rest = rest.drop { $0 == " " || $0 == "\t" } }
        func takeWord() -> Substring {
            let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-+".contains($0)) }
            rest = rest[word.endIndex...]
            return word
        }
        while true {
            skipSpaces()
            guard let first = rest.first, first.isASCII, first.isLetter || first == "_" else {
                throw fail("a metric name")
            }
            let name = String(takeWord())
            skipSpaces()
            guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
                throw fail("one of < <= > >= = !=")
            }
            rest = rest.dropFirst(comparison.rawValue.count)
            skipSpaces()
            let before = rest
            guard let number = Double(takeWord()), number.isFinite else {
                rest = before
                throw fail("a number")
            }
            conditions.append(Condition(name: name, comparison: comparison, number: number))
            skipSpaces()
            if rest.isEmpty { break }
            let joint = rest
            guard takeWord().lowercased() == "and" else {
                rest = joint
                throw fail("`and` or the end")
            }
        }
        (self.conditions, self.text) = (conditions, text)
    }

    /// The condition as SQL over `v`, with its arguments.
    var sql: (text: String, arguments: StatementArguments) {
        var arguments: StatementArguments = []
        let parts = conditions.map { condition -> String in
            let comparison = condition.comparison.rawValue
            if let field = Self.fields[condition.name] {
                arguments += [condition.number]
                return "\(field) \(comparison) ?"
            }
            arguments += [condition.name, condition.number]
            return
                "EXISTS (SELECT 1 FROM metric f WHERE f.version = v.id AND f.name = ? AND f.value \(comparison) ?)"
        }
        return (parts.joined(separator: " AND "), arguments)
    }
}
