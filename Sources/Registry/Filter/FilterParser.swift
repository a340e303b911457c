import Base

/// A recursive-descent parser for conditions:
///
/// ```
/// or    = and { "or" and }
/// and   = not { "and" not }
/// not   = "not" not | "(" or ")" | test
/// test  = name [ sign value | ["not"] "in" "(" value { "," value } ")" | ["not"] "like" text
///              | ["not"] "between" value "and" value | "is" ["not"] "null" ]
/// ```
struct FilterParser {
    private static let keywords: Set = [
        "and", "or", "not", "in", "like", "is", "null", "between", "true", "false",
    ]

    private let tokens: [FilterToken]
    private let text: String
    private var place = 0
    private var tests = 0

    init(tokens: [FilterToken], text: String) { (self.tokens, self.text) = (tokens, text) }

    mutating func parse() throws(CellarError) -> FilterTree {
        let tree = try or(depth: 0)
        guard current.kind == .end else { throw unexpected("expected `and`, `or` or the end") }
        return tree
    }

    // MARK: Tokens

    // The last token is `.end`, which is never taken.
    private var current: FilterToken { tokens[place] }
    /// The current token as a keyword, in lower case.
    private var keyword: String? { keyword(at: place) }

    private func keyword(at place: Int) -> String? {
        guard place < tokens.count, case .word(let word) = tokens[place].kind else { return nil }
        let lower = word.lowercased()
        return Self.keywords.contains(lower) ? lower : nil
    }

    private mutating func take(_ word: String) -> Bool {
        guard keyword == word else { return false }
        place += 1
        return true
    }

    private mutating func take(_ kind: FilterToken.Kind, _ expected: String) throws(CellarError) {
        guard current.kind == kind else { throw unexpected(expected) }
        place += 1
    }

    private func unexpected(_ expected: String, remedy: String? = nil) -> CellarError {
        let found = current.kind == .end ? "the end" : "\"\(current.source.prefix(30))\""
        return .filter(text, at: current.column, expected, found: found, remedy: remedy)
    }

    // MARK: Structure

    private mutating func or(depth: Int) throws(CellarError) -> FilterTree {
        var parts = [try and(depth: depth)]
        while take("or") { parts.append(try and(depth: depth)) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func and(depth: Int) throws(CellarError) -> FilterTree {
        var parts = [try not(depth: depth)]
        while take("and") { parts.append(try not(depth: depth)) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func not(depth: Int) throws(CellarError) -> FilterTree {
        guard depth <= Filter.deepest else {
            throw .filter(
                text, at: current.column, "expected at most \(Filter.deepest) levels of parentheses and `not`"
            )
        }
        if take("not") { return .not(try not(depth: depth + 1)) }
        if current.kind == .open {
            place += 1
            let inner = try or(depth: depth + 1)
            try take(.close, "expected `and`, `or` or `)`")
            return inner
        }
        return try test()
    }

    // MARK: Tests

    private mutating func test() throws(CellarError) -> FilterTree {
        tests += 1
        guard tests <= Filter.mostTests else {
            throw .filter(text, at: current.column, "expected at most \(Filter.mostTests) comparisons")
        }
        let name = try name()
        let isNegated = take("not")
        if let check = try wordCheck(isNegated: isNegated) {
            let test = FilterTree.test(FilterTest(name: name, check: check.check))
            return check.isNegated ? .not(test) : test
        }
        if isNegated { throw unexpected("expected `in`, `like` or `between` after `not`") }
        if case .comparison(let comparison) = current.kind {
            place += 1
            return .test(FilterTest(name: name, check: .compare(comparison, try literal())))
        }
        if current.kind == .end || current.kind == .close || keyword == "and" || keyword == "or" {
            return .test(FilterTest(name: name, check: .holds))
        }
        throw unexpected("expected one of = != < <= > >=, `in`, `like`, `between` or `is`")
    }

    /// The checks that begin with a word; nil if no such word follows.
    private mutating func wordCheck(
        isNegated: Bool
    ) throws(CellarError) -> (check: FilterTest.Check, isNegated: Bool)? {
        if take("in") { return (.isIn(try list()), isNegated) }
        if take("like") {
            guard case .text = current.kind else { throw unexpected("expected a pattern as 'data/%'") }
            return (.like(try literal()), isNegated)
        }
        if take("between") {
            let low = try literal()
            guard take("and") else { throw unexpected("expected `and` and the upper end of `between`") }
            return (.between(low, try literal()), isNegated)
        }
        if !isNegated, take("is") {
            let isNegated = take("not")
            guard take("null") else { throw unexpected("expected `null` or `not null`") }
            return (.isMissing, isNegated)
        }
        return nil
    }

    private mutating func name() throws(CellarError) -> FilterTest.Name {
        let token = current
        switch token.kind {
        case .word(let word) where keyword == nil:
            place += 1
            return .init(text: word, column: token.column)
        case .name(let name):
            place += 1
            return .init(text: name, column: token.column)
        default:
            throw unexpected(
                "expected a name",
                remedy: "Write it as in \"val_accuracy > 0.97 and (optimizer = 'adam' or not tags.draft)\".")
        }
    }

    private mutating func list() throws(CellarError) -> [FilterTest.Literal] {
        try take(.open, "expected `(` after `in`")
        var literals = [try literal()]
        while current.kind == .comma {
            place += 1
            literals.append(try literal())
        }
        try take(.close, "expected `,` or `)`")
        return literals
    }

    private mutating func literal() throws(CellarError) -> FilterTest.Literal {
        let token = current
        let value: FilterTest.Value
        switch token.kind {
        case .number(let number): value = .number(number)
        case .text(let text): value = .text(text)
        case .word where keyword == "true" || keyword == "false": value = .bool(keyword == "true")
        case .word where keyword == "null":
            throw unexpected("expected a value", remedy: "Use `is null` or `is not null`.")
        case .word(let word):
            throw unexpected(
                "expected a number or a text in quotes", remedy: "Write a text in quotes: '\(word)'.")
        default: throw unexpected("expected a number or a text in quotes")
        }
        place += 1
        return .init(value: value, column: token.column)
    }
}
