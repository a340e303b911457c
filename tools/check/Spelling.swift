import Foundation

private let wordList = "tools/check/words.txt"

/// Words in documents, comments, messages and help that neither the British dictionary nor words.txt has.
func spellingProblems() throws -> [Problem] {
    var first: [String: (file: String, line: Int)] = [:]
    func read(_ text: some StringProtocol, _ file: String, _ line: Int) {
        for word in words(String(text)) where first[word] == nil { first[word] = (file, line) }
    }
    for file in try tracked(["*.md"]) {
        for (number, line) in try prose(file).enumerated() { read(line, file, number + 1) }
    }
    for file in try tracked(["*.swift"]) {
        let source = SwiftSource(try contents(file))
        var fenced = false
        for comment in source.comments {
            if comment.text.contains("```") { fenced.toggle() }
            if fenced || comment.text.hasPrefix("// swift-") { continue }
            for (number, line) in comment.text.split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                read(line, file, comment.line + number)
            }
        }
        guard file.hasPrefix("Sources/") else { continue }
        for string in source.strings where isProse(string.text) {
            read(string.text, file, string.line)
        }
    }
    for file in try tracked(["Sources/*.c", "Sources/*.h", "Sources/*.cpp"]) {
        for (number, line) in try lines(file).enumerated() {
            if let comment = line.firstMatch(of: /(?:\/\/|\/\*|^ \*)(.*)/)?.output.1 {
                read(comment, file, number + 1)
            }
        }
    }
    for file in try tracked(["*.sh", "Makefile", ".ci/run", "recipes/*.yaml"]) {
        for (number, line) in try lines(file).enumerated() {
            if let comment = line.firstMatch(of: /(?:^|\s)##?\s(.*)/)?.output.1 {
                read(comment, file, number + 1)
            }
        }
    }
    let unknown = try output(
        "hunspell", ["-d", "en_GB", "-i", "utf-8", "-p", wordList, "-l"],
        input: first.keys.sorted().joined(separator: "\n") + "\n")
    let problems = Set(unknown.split(separator: "\n").map(String.init)).map { word in
        let place = first[word] ?? first.first { $0.key.contains(word) }?.value ?? ("?", 0)
        return (place, "unknown word \(word); correct it, or add it to \(wordList)")
    }
    return problems.sorted { ($0.0.0, $0.0.1, $0.1) < ($1.0.0, $1.0.1, $1.1) }.map {
        Problem($0.0.0, $0.0.1, $0.1)
    }
}

/// The words of a text, of three letters or more: without code, addresses, paths, flags and names in CamelCase, with_underscores or with digits.
private func words(_ text: String) -> [String] {
    var plain: [Character] = []
    var code = false
    var depth = 0  // in <…> or the address of a link
    for character in text {
        switch character {
        case "`": code.toggle()
        case "<" where !code: depth += 1
        case "(" where plain.last == "]": depth += 1
        case ">" where depth > 0, ")" where depth > 0: depth -= 1
        default: if !code && depth == 0 { plain.append(character) }
        }
        if code || depth > 0, plain.last != " " { plain.append(" ") }
    }
    return plain.split { " \t|,;()[]{}\"“”*".contains($0) }.flatMap { piece -> [String] in
        // A path, an assignment, a flag, an identifier: not prose.
        guard piece.first != "-", !piece.dropLast().contains(where: { "/_=@<>\\$&#%+:.".contains($0) }) else {
            return []
        }
        return piece.split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "’") }.compactMap { part in
            var word = part.map { $0 == "’" ? "'" : $0 }[...]
            if word.first == "'" { word.removeFirst() }
            if word.suffix(2) == ["'", "s"] { word.removeLast(2) }
            if word.last == "'" { word.removeLast() }
            guard word.count > 2, word.allSatisfy({ $0.isLetter || $0 == "'" }),
                !word.dropFirst().contains(where: \.isUppercase)
            else { return nil }
            return String(word)
        }
    }
}

/// Whether a literal is a message: one word alone is a name or a key.
private func isProse(_ text: String) -> Bool {
    text.split(separator: " ").count { $0.allSatisfy(\.isLetter) } >= 3
}
