import Base

/// The text in lines of at most `width` columns, broken at blanks where there are some, without line ends. A word that is
/// longer than a line is broken behind a slash or a comma, or else where the line ends.
func wrappedLines(_ text: String, to width: Int, indent: String = "") -> [String] {
    let width = max(width, textWidth(indent) + 2)
    var lines: [String] = []
    var line = ""
    var isStart = true
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
        if !isStart {
            if textWidth(line) + 1 + textWidth(String(word)) <= width {
                line += " "
            } else {
                lines.append(line)
                line = indent
            }
        }
        isStart = false
        if textWidth(line) + textWidth(String(word)) <= width {
            line += word
            continue
        }
        for part in parts(of: word) {
            if textWidth(line + part) > width, line != indent, textWidth(indent + part) <= width {
                lines.append(line)
                line = indent
            }
            for character in part {
                if textWidth(line + String(character)) > width {
                    lines.append(line)
                    line = indent
                }
                line.append(character)
            }
        }
    }
    return lines + [line]
}

/// The parts of a word that end with a slash or a comma.
private func parts(of word: Substring) -> [String] {
    var parts = [""]
    for character in word {
        parts[parts.count - 1].append(character)
        if character == "/" || character == "," { parts.append("") }
    }
    return parts.filter { !$0.isEmpty }
}

/// The same as a text; each line ends with a newline.
public func wrapped(_ text: String, to width: Int, indent: String = "") -> String {
    wrappedLines(printable(text), to: width, indent: indent).map { $0 + "\n" }.joined()
}

extension Terminal {
    /// The columns that a text has; nil where nobody looks at it.
    public var room: Int? { isTerminal ? width : nil }

    /// Prose, ended by a newline: for people in lines that end between words, for programs as it is.
    ///
    /// - indent: What lines begin with that go on with the line before.
    public func prose(_ text: String, indent: String = "  ") -> String {
        isTerminal ? wrapped(text, to: width, indent: indent) : text + "\n"
    }

    /// A line for each fact, its value beside its name; for people below it where it would be broken inside a word.
    public func factLines(_ facts: [(name: String, value: String)]) -> String {
        let facts = facts.map { (name: printable($0.name), value: printable($0.value)) }
        let side = (facts.map { $0.name.unicodeScalars.count }.max() ?? 0) + 2
        return facts.map { name, value in
            let line = name + String(repeating: " ", count: side - name.unicodeScalars.count) + value
            guard isTerminal, textWidth(line) > width else { return line + "\n" }
            let longest = value.split(separator: " ").map { textWidth(String($0)) }.max() ?? 0
            if side + longest <= width {
                return wrapped(line, to: width, indent: String(repeating: " ", count: side))
            }
            return name + "\n" + wrapped("  " + value, to: width, indent: "  ")
        }.joined()
    }

    /// Lines of a text, each as `prose`; a line goes on below where its own text begins.
    func proseLines(_ text: String) -> String {
        guard isTerminal else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            wrappedLines(String(line), to: width, indent: String(line.prefix { $0 == " " }))
                .joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
