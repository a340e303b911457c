import Base

/// The text in lines of at most `width` columns, broken at blanks where there are some, without line ends.
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
        // Letter by letter: a word may be longer than a line.
        for character in word {
            let isFull = textWidth(line + String(character)) > width
            if isFull {
                lines.append(line)
                line = indent
            }
            line.append(character)
        }
    }
    return lines + [line]
}

/// The same as a text; each line ends with a newline.
public func wrapped(_ text: String, to width: Int, indent: String = "") -> String {
    wrappedLines(printable(text), to: width, indent: indent).map { $0 + "\n" }.joined()
}
