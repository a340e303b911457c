/// A parsed condition. The parser limits its depth and its number of tests.
indirect enum FilterTree: Equatable, Sendable {
    case and([FilterTree])
    case or([FilterTree])
    case not(FilterTree)
    case test(FilterTest)

    /// All tests, in the order of the text.
    var tests: [FilterTest] {
        switch self {
        case .and(let parts), .or(let parts): parts.flatMap(\.tests)
        case .not(let part): part.tests
        case .test(let test): [test]
        }
    }
}

/// A comparison of one name. `not in`, `not like`, `not between` and `is not null` are a `not` around it.
struct FilterTest: Equatable, Sendable {
    /// A name in the text, with its column counted from 1.
    struct Name: Equatable, Sendable {
        var text: String
        var column: Int
    }

    struct Literal: Equatable, Sendable {
        var value: Value
        var column: Int
    }

    enum Value: Equatable, Sendable {
        case number(Double)
        case text(String)
        case bool(Bool)
    }

    enum Comparison: String, Sendable {
        case equal = "="
        case different = "<>"
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="

        /// The comparison that holds where this one does not; for a missing value neither holds.
        var negated: Comparison {
            switch self {
            case .equal: .different
            case .different: .equal
            case .less: .atLeast
            case .atMost: .more
            case .more: .atMost
            case .atLeast: .less
            }
        }
    }

    enum Check: Equatable, Sendable {
        case compare(Comparison, Literal)
        case between(Literal, Literal)
        case isIn([Literal])
        case like(Literal)
        case isMissing
        /// The name alone: it exists and its value is neither `false` nor `0`.
        case holds

        var literals: [Literal] {
            switch self {
            case .compare(_, let literal), .like(let literal): [literal]
            case .between(let low, let high): [low, high]
            case .isIn(let literals): literals
            case .isMissing, .holds: []
            }
        }
    }

    var name: Name
    var check: Check
}
