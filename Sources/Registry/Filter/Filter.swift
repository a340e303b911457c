import Base

/// A condition on versions, such as
/// `val_accuracy > 0.97 and (optimizer = 'adam' or not tags.draft) and created > '2026-10-01'`.
///
/// The text is parsed to a tree, and the tree is compiled to SQL over the index. No part of the text becomes SQL: names
/// are looked up, and names and values are bound as arguments. docs/filter.md describes the language.
public struct Filter: Equatable, Sendable {
    /// The most bytes that a condition may have.
    static let longest = 10_000
    /// The deepest nesting of parentheses and `not`. SQLite's parser keeps at most 100 open parts of a statement.
    static let deepest = 50
    /// The most comparisons. SQLite refuses expressions that are nested deeper than 1,000.
    static let mostTests = 500

    let tree: FilterTree
    /// The text as the user wrote it.
    public let text: String

    /// Parses a condition. Names are looked up later, when the store is known.
    public init(_ text: String) throws(CellarError) {
        guard text.utf8.count <= Self.longest else {
            throw CellarError(
                .usage,
                "cannot read the condition: expected at most \(Self.longest) bytes, found \(text.utf8.count)."
            )
        }
        var parser = FilterParser(tokens: try FilterLexer.tokens(of: text), text: text)
        (tree, self.text) = (try parser.parse(), text)
    }

    /// The names in the condition, in order of first occurrence.
    var names: [String] {
        tree.tests.map(\.name.text).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
