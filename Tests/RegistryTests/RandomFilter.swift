import Foundation

/// The truth values of SQL.
enum Truth: Equatable {
    case yes, no, unknown

    init(_ value: Bool?) { self = value.map { $0 ? .yes : .no } ?? .unknown }

    static prefix func ! (a: Truth) -> Truth { a == .yes ? .no : a == .no ? .yes : .unknown }

    static func all(_ parts: [Truth]) -> Truth {
        parts.contains(.no) ? .no : parts.contains(.unknown) ? .unknown : .yes
    }

    static func any(_ parts: [Truth]) -> Truth { !all(parts.map { !$0 }) }
}

/// A version as the direct evaluation sees it.
struct PlainVersion {
    var model = "a", created = "", task: String?, seed: Double?, aliases: [String] = [],
        parents: [String] = []
    /// Nil for NaN.
    var metrics: [String: Double] = [:]
    var texts: [String: String] = [:]
    var numbers: [String: Double] = [:]
    var tags: [String: String] = [:]
}

/// A random condition: its text, and what it means, evaluated directly.
struct RandomFilter {
    typealias Meaning = (PlainVersion) -> Truth

    var text: String
    var meaning: Meaning

    static func make(depth: Int, _ random: inout some RandomNumberGenerator) -> RandomFilter {
        guard depth > 0, Int.random(in: 0..<4, using: &random) > 0 else { return leaf(&random) }
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            let inner = make(depth: depth - 1, &random)
            return RandomFilter(text: "not (\(inner.text))") { !inner.meaning($0) }
        case let kind:
            let parts = (0..<Int.random(in: 2...3, using: &random)).map { _ in make(depth: depth - 1, &random)
            }
            let isAnd = kind < 3
            let text = parts.map { "(\($0.text))" }.joined(separator: isAnd ? " AND " : " or ")
            return RandomFilter(text: text) { version in
                isAnd ? .all(parts.map { $0.meaning(version) }) : .any(parts.map { $0.meaning(version) })
            }
        }
    }

    private static func leaf(_ random: inout some RandomNumberGenerator) -> RandomFilter {
        let number = ["0", "0.25", "-1", "5e-1", ".75", "1", "3.5", "0.001", "1e2"].randomElement(
            using: &random)!
        let word = ["Adam", "adam", "SGD", "cosine", "true", "0", "3.5", "it's", "", "b", "0.001"]
            .randomElement(using: &random)!
        switch Int.random(in: 0..<9, using: &random) {
        case 0, 1:
            let name = ["loss", "val_accuracy", "metrics.test_auc"].randomElement(using: &random)!
            let key = name.replacing("metrics.", with: "")
            return numbers(name, number, &random) { $0.metrics[key] }
        case 2: return numbers("seed", number, &random, \.seed)
        case 3:
            let name = ["learning_rate", "hyperparameters.batch_size"].randomElement(using: &random)!
            let key = name.replacing("hyperparameters.", with: "")
            return numbers(name, number, &random) { $0.numbers[key] }
        case 4:
            let name = ["optimizer", "learning_rate", "dataset.path"].randomElement(using: &random)!
            return texts(name, word, &random) { $0.texts[name] }
        case 5:
            let name = ["draft", "owner"].randomElement(using: &random)!
            if Bool.random(using: &random) { return texts("tags." + name, word, &random) { $0.tags[name] } }
            return numbers("tags." + name, number, &random) { $0.tags[name].flatMap(plainNumber) }
        case 6:
            let name = ["tags.draft", "shuffle", "optimizer"].randomElement(using: &random)!
            let key = name.replacing("tags.", with: "")
            return RandomFilter(text: name) { version in
                let value = name.hasPrefix("tags.") ? version.tags[key] : version.texts[key]
                return Truth(value.map { !["false", "0"].contains($0.lowercased()) } ?? false)
            }
        case 7: return sets(&random)
        default:
            let start = String(
                "2026-10-15T12:30:05Z".prefix([4, 7, 10, 13, 16, 20].randomElement(using: &random)!))
            let sign = ["=", "!=", "<", "<=", ">", ">="].randomElement(using: &random)!
            return RandomFilter(text: "created \(sign) '\(start)'") { version in
                Truth(compare(String(version.created.prefix(start.count)), sign, start))
            }
        }
    }

    private static func numbers(
        _ name: String, _ number: String, _ random: inout some RandomNumberGenerator,
        _ value: @escaping (PlainVersion) -> Double?
    ) -> RandomFilter {
        let limit = Double(number)!
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            let isMissing = Bool.random(using: &random)
            // A value that is no number is missing only where it is compared with a number.
            guard !name.contains("rate"), !name.hasPrefix("tags.") else { fallthrough }
            return RandomFilter(text: "\(name) is \(isMissing ? "" : "not ")null") { version in
                Truth((value(version) == nil) == isMissing)
            }
        case 1:
            let isNot = Bool.random(using: &random)
            return RandomFilter(text: "\(name) \(isNot ? "not " : "")in (0.25, \(number), 7)") { version in
                Truth(value(version).map { [0.25, limit, 7].contains($0) != isNot })
            }
        case 2:
            let isNot = Bool.random(using: &random)
            return RandomFilter(text: "\(name) \(isNot ? "not " : "")between 0.2 and \(number)") { version in
                Truth(value(version).map { ($0 >= 0.2 && $0 <= limit) != isNot })
            }
        default:
            let sign = ["=", "==", "!=", "<>", "<", "<=", ">", ">="].randomElement(using: &random)!
            return RandomFilter(text: "\(name)\(sign) \(number)") { version in
                Truth(value(version).map { compare($0, sign, limit) })
            }
        }
    }

    private static func texts(
        _ name: String, _ word: String, _ random: inout some RandomNumberGenerator,
        _ value: @escaping (PlainVersion) -> String?
    ) -> RandomFilter {
        let quoted = "'\(word.replacing("'", with: "''"))'"
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            let isMissing = Bool.random(using: &random)
            return RandomFilter(text: "\(name) IS \(isMissing ? "" : "NOT ")NULL") { version in
                Truth((value(version) == nil) == isMissing)
            }
        case 1:
            let isNot = Bool.random(using: &random)
            return RandomFilter(text: "\(name) \(isNot ? "not " : "")in (\(quoted), \"sgd\")") { version in
                Truth(value(version).map { [folded(word), "sgd"].contains(folded($0)) != isNot })
            }
        case 2:
            let isNot = Bool.random(using: &random)
            let pattern = ["%a%", "ad_m", "%", "", "_%.%", "%\\%%", "data/%.csv", "%s_d"]
                .randomElement(using: &random)!
            return RandomFilter(text: "\(name) \(isNot ? "not " : "")like '\(pattern)'") { version in
                Truth(value(version).map { like(folded($0), folded(pattern)) != isNot })
            }
        default:
            let sign = ["=", "!=", "<", "<=", ">", ">="].randomElement(using: &random)!
            return RandomFilter(text: "\(name) \(sign) \(quoted)") { version in
                Truth(value(version).map { compare(folded($0), sign, folded(word)) })
            }
        }
    }

    private static func sets(_ random: inout some RandomNumberGenerator) -> RandomFilter {
        let (name, word) = [
            ("alias", "best"), ("alias", "PROD"), ("parent", "run-1"), ("parent", "data/x.h5"),
        ]
        .randomElement(using: &random)!
        func values(_ version: PlainVersion) -> [String] {
            (name == "alias" ? version.aliases : version.parents).map(folded)
        }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return RandomFilter(text: "\(name) is null") { Truth(values($0).isEmpty) }
        case 1:
            return RandomFilter(text: "\(name) not like '%e%'") {
                Truth(!values($0).contains { like($0, "%e%") })
            }
        case 2:
            return RandomFilter(text: "\(name) in ('x', '\(word)')") {
                Truth(values($0).contains(folded(word)))
            }
        case 3:
            return RandomFilter(text: "\(name) != '\(word)'") { Truth(!values($0).contains(folded(word))) }
        default: return RandomFilter(text: "\(name) = '\(word)'") { Truth(values($0).contains(folded(word))) }
        }
    }
}

private func compare<Value: Comparable>(_ a: Value, _ sign: String, _ b: Value) -> Bool {
    switch sign {
    case "=", "==": a == b
    case "!=", "<>": a != b
    case "<": a < b
    case "<=": a <= b
    case ">": a > b
    default: a >= b
    }
}

/// The test's values are ASCII.
private func folded(_ text: String) -> String { text.lowercased() }

private func plainNumber(_ text: String) -> Double? {
    text.allSatisfy { "0123456789.".contains($0) } ? Double(text) : nil
}

private func like(_ text: String, _ pattern: String) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = String(pattern.dropFirst())
    if first == "%" {
        return like(text, rest) || !text.isEmpty && like(String(text.dropFirst()), pattern)
    }
    guard let letter = text.first else { return false }
    if first == "\\" {
        return letter == rest.first && like(String(text.dropFirst()), String(rest.dropFirst()))
    }
    return (first == "_" || first == letter) && like(String(text.dropFirst()), rest)
}
