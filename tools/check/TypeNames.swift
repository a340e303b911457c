/// A declaration of a type.
private struct Declaration {
    var name: String
    var file: String
    var line: Int
    var isNested: Bool
    var isPublic: Bool
}

private let allowed = "tools/check/same-names.txt"

/// Names that several types have: of types at the top level, and of public types inside others.
/// What may stay is in same-names.txt, with the reason.
func nameProblems() throws -> [Problem] {
    var byName: [String: [Declaration]] = [:]
    for file in try tracked(["Sources/*.swift"]) {
        for declaration in declarations(file, SwiftSource(try contents(file)).code)
        where !declaration.isNested || declaration.isPublic {
            byName[declaration.name, default: []].append(declaration)
        }
    }
    var reasons: [String: Int] = [:]
    for (number, line) in try lines(allowed).enumerated() where !line.isEmpty && !line.hasPrefix("#") {
        reasons[String(line.prefix { $0 != " " && $0 != ":" })] = number + 1
    }
    var problems: [Problem] = []
    for (name, all) in byName.sorted(by: { $0.key < $1.key }) where all.count > 1 && reasons[name] == nil {
        for declaration in all {
            problems.append(
                Problem(
                    declaration.file, declaration.line,
                    "\(all.count) types are called \(name); rename this one, or give a reason in \(allowed)"))
        }
    }
    for (name, line) in reasons.sorted(by: { $0.value < $1.value }) where byName[name]?.count ?? 0 < 2 {
        problems.append(Problem(allowed, line, "only one type is called \(name) now; remove this line"))
    }
    return problems
}

/// The types that are declared outside functions.
private func declarations(_ file: String, _ code: [UInt8]) -> [Declaration] {
    enum Scope { case type, other }
    let kinds: Set = ["struct", "class", "enum", "actor", "protocol"]
    let modifiers: Set = [
        "public", "open", "private", "fileprivate", "internal", "package", "final", "indirect",
    ]
    var result: [Declaration] = []
    var scopes: [Scope] = []
    var opening = Scope.other
    var words: [String] = []  // since the last end of a declaration: the modifiers before a kind
    var line = 1
    var index = 0
    func isWord(_ byte: UInt8) -> Bool {
        byte >= 128 || byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte)
            || (97...122).contains(byte)
    }
    while index < code.count {
        let byte = code[index]
        if isWord(byte) {
            var end = index
            while end < code.count, isWord(code[end]) { end += 1 }
            let word = String(decoding: code[index..<end], as: UTF8.self)
            if let kind = words.last, kinds.contains(kind), word.first?.isUppercase == true {
                opening = .type
                if !scopes.contains(.other) {
                    let before = words.dropLast().reversed().prefix { modifiers.contains($0) }
                    result.append(
                        Declaration(
                            name: word, file: file, line: line, isNested: !scopes.isEmpty,
                            isPublic: before.contains("public")))
                }
            } else if word == "extension" {
                opening = .type
            } else if ["func", "var", "let", "init", "subscript", "deinit"].contains(word) {
                opening = .other
            }
            words.append(word)
            index = end
            continue
        }
        switch byte {
        case UInt8(ascii: "\n"): line += 1
        case UInt8(ascii: " "): break
        case UInt8(ascii: "{"):
            scopes.append(opening)
            (opening, words) = (.other, [])
        case UInt8(ascii: "}"):
            _ = scopes.popLast()
            (opening, words) = (.other, [])
        default:
            words.append(String(UnicodeScalar(byte)))
        }
        index += 1
    }
    return result
}
