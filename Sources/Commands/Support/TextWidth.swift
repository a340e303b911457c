/// How many columns of a terminal the text takes.
///
/// Source: Unicode's East Asian Width (UAX #11), its wide blocks; marks and joiners take none.
public func textWidth(_ text: String) -> Int {
    // Most cells are ASCII, where a byte is a column.
    if text.utf8.allSatisfy({ $0 < 0x80 && $0 >= 0x20 }) { return text.utf8.count }
    return text.reduce(0) { $0 + characterWidth($1) }
}

/// A character may be several code points, an accent or a family of emoji: its widest part counts.
private func characterWidth(_ character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
        // U+FE0F asks for the picture form of the code point before it.
        width = max(width, scalar.value == 0xFE0F ? 2 : scalarWidth(scalar))
    }
    return width
}

private func scalarWidth(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x16FE0...0x18AFF, 0x1B000...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD:
        return 2
    default: return 1
    }
}

/// The text cut to so many columns, with an ellipsis where something was cut off.
public func fitted(_ text: String, to width: Int, isUnicode: Bool) -> String {
    if textWidth(text) <= width { return text }
    let mark = isUnicode ? "…" : "~"
    var (cut, used) = ("", 0)
    for character in text {
        let next = characterWidth(character)
        if used + next > width - 1 { break }
        cut.append(character)
        used += next
    }
    return width < 1 ? "" : cut + mark
}
