import Base

extension CellarError {
    /// Makes the error for a condition: the message with the column, then the text with a caret below that column.
    static func filter(
        _ text: String, at column: Int, _ expected: String, found: String? = nil, remedy: String? = nil
    ) -> CellarError {
        let found = found.map { ", found \($0)" } ?? ""
        return CellarError(
            .usage,
            "cannot read the condition: \(expected) at column \(column)\(found).\n"
                + pointer(to: column, in: text), remedy: remedy)
    }

    /// Makes the error for a name or a value that the store does not have or that does not fit its name.
    static func filter(_ text: String, at column: Int, problem: String, remedy: String? = nil) -> CellarError
    {
        CellarError(
            .usage,
            "cannot use the condition: \(problem) (column \(column)).\n" + pointer(to: column, in: text),
            remedy: remedy)
    }
}

/// Two lines: the text, or the part of a long one around the column, and a caret below it.
private func pointer(to column: Int, in text: String) -> String {
    let characters = text.map { $0.isWhitespace ? " " : $0 }
    let place = column - 1
    let start = characters.count <= 70 ? 0 : max(0, min(place - 35, characters.count - 70))
    let part = characters[min(start, characters.count)...].prefix(70)
    let (before, after) = (start > 0 ? "…" : "", start + part.count < characters.count ? "…" : "")
    let blanks = String(repeating: " ", count: max(0, place - start) + before.count)
    return "  \(before)\(String(part))\(after)\n  \(blanks)^"
}
