/// Returns the text without anything that Markdown or HTML would take for markup, on one line, so that it can stand in a paragraph or
/// in a cell of a table.
public func markdownText(_ text: String) -> String {
    let characters = Array(printable(text))
    var escaped = ""
    for (index, character) in characters.enumerated() {
        switch character {
        case "\\", "|", "`", "*", "[", "]", "~": escaped += "\\\(character)"
        case "<": escaped += "&lt;"
        case "&": escaped += "&amp;"
        // At the beginning of a line a heading or a quotation.
        case "#" where index == 0, ">" where index == 0: escaped += "\\\(character)"
        // Within a word, as in val_loss, it is a character like others.
        case "_" where !isInWord(characters, index): escaped += "\\_"
        default: escaped.append(character)
        }
    }
    return escaped
}

private func isInWord(_ characters: [Character], _ index: Int) -> Bool {
    func isWord(_ place: Int) -> Bool {
        characters.indices.contains(place) && (characters[place].isLetter || characters[place].isNumber)
    }
    return isWord(index - 1) && isWord(index + 1)
}
