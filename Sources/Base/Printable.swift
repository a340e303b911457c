// Texts from files, stores and names of files as they are shown: without characters that control a terminal or turn the
// direction of writing around. A name could otherwise clear the screen, retitle the window, or look like another name.

/// The text on one line, for a cell of a table or a name in a message: control characters are shown as escapes, such as
/// `\x1b`, `\n` and `\u202e`.
public func printable(_ text: String) -> String {
    let isClean = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    return isClean ? text : String(decoding: escapingControls(Array(text.utf8), in: .line), as: UTF8.self)
}

/// What a text may contain beside characters that are shown.
public enum TextLayout: Sendable {
    /// Nothing.
    case line
    /// Line feeds and tabs. JSON stays JSON: what is escaped in it stands within its strings.
    case lines
    /// Line feeds, tabs, and the styles that Cellar itself writes: bold, and the greys of pictures.
    case styledLines
}

/// The UTF-8 text with each character that could control a terminal as an escape: C0 as `\x1b`, all others as in JSON, `\u009b`.
/// In a table's bytes, which are not all UTF-8, other bytes stay as they are.
public func escapingControls(_ bytes: [UInt8], in layout: TextLayout) -> [UInt8] {
    // Nearly every text is clean: one pass finds out.
    let isLine = layout == .line
    guard let first = bytes.firstIndex(where: { mayControl($0) && (isLine || $0 != 0x0A && $0 != 0x09) })
    else { return bytes }
    var clean = Array(bytes[..<first])
    clean.reserveCapacity(bytes.count + 32)
    var at = first
    while at < bytes.count {
        let byte = bytes[at]
        if byte >= 0x20 && byte < 0x7F {
            clean.append(byte)
            at += 1
        } else if byte < 0x80 {
            at += escape(byte, of: bytes, at: at, layout, into: &clean)
        } else if let (code, length) = control(bytes, at: at) {
            clean += unicodeEscape(code)
            at += length
        } else {
            clean.append(byte)
            at += 1
        }
    }
    return clean
}

/// Whether the byte is, or begins, a character that is not always shown as it is.
private func mayControl(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xD8 || byte == 0xE2
}

/// Appends a byte below U+0020, or DEL. Returns the number of bytes that this took.
private func escape(
    _ byte: UInt8, of bytes: [UInt8], at: Int, _ layout: TextLayout, into clean: inout [UInt8]
) -> Int {
    switch (byte, layout) {
    case (0x0A, .lines), (0x0A, .styledLines), (0x09, .lines), (0x09, .styledLines): clean.append(byte)
    case (0x0A, .line): clean += Array("\\n".utf8)
    case (0x09, .line): clean += Array("\\t".utf8)
    // The end of a line of CSV.
    case (0x0D, .lines) where at + 1 < bytes.count && bytes[at + 1] == 0x0A,
        (0x0D, .styledLines) where at + 1 < bytes.count && bytes[at + 1] == 0x0A:
        clean.append(byte)
    case (0x0D, _): clean += Array("\\r".utf8)
    case (0x7F, _): clean += unicodeEscape(0x7F)
    case (0x1B, .styledLines):
        if let length = style(bytes, at: at) {
            clean += bytes[at..<at + length]
            return length
        }
        clean += Array("\\x1b".utf8)
    default: clean += Array("\\x\(hex(Int(byte), 2))".utf8)
    }
    return 1
}

/// The length of one of our own styles: `ESC[0m`, `ESC[1m`, or `ESC[38;5;N;48;5;Nm`.
private func style(_ bytes: [UInt8], at start: Int) -> Int? {
    let end = bytes[start...].prefix(24).firstIndex(of: UInt8(ascii: "m"))
    guard let end, start + 2 < end, bytes[start + 1] == UInt8(ascii: "[") else { return nil }
    let parts = bytes[(start + 2)..<end].split(
        separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    let isOwn =
        parts == ["0"] || parts == ["1"]
        || parts.count == 6 && parts[0...1] == ["38", "5"] && parts[3...4] == ["48", "5"]
            && [parts[2], parts[5]].allSatisfy { $0.utf8.count <= 3 && UInt8($0) != nil }
    return isOwn ? end + 1 - start : nil
}

/// The code point at `at` and its length in bytes, if it is a control character beyond ASCII, a mark of the direction of
/// writing, or a separator of lines or paragraphs.
private func control(_ bytes: [UInt8], at: Int) -> (code: Int, length: Int)? {
    let second = at + 1 < bytes.count ? bytes[at + 1] : 0
    switch (bytes[at], second) {
    case (0xC2, 0x80...0x9F): return (Int(second), 2)
    case (0xD8, 0x9C): return (0x061C, 2)
    case (0xE2, 0x80), (0xE2, 0x81):
        let third = at + 2 < bytes.count ? bytes[at + 2] : 0
        let code = 0x2000 + Int(second & 0x3F) << 6 + Int(third & 0x3F)
        guard third & 0xC0 == 0x80 else { return nil }
        switch code {
        case 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: return (code, 3)
        default: return nil
        }
    default: return nil
    }
}

private func unicodeEscape(_ code: Int) -> [UInt8] { Array("\\u\(hex(code, 4))".utf8) }

private func hex(_ value: Int, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
