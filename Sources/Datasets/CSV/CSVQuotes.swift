/// Tells which bytes are within quotes, as pandas does: a quote opens a quoted field only as the field's first
/// byte, and `""` within quotes is one quote.
struct CSVQuotes {
    private(set) var isOpen = false
    private var closedJustNow = false

    /// Takes the next byte, and returns true if it is within quotes.
    mutating func enclose(_ byte: UInt8, atFieldStart: Bool) -> Bool {
        let isQuote = byte == UInt8(ascii: "\"")
        let closes = isQuote && isOpen
        if isQuote { isOpen = !isOpen && (atFieldStart || closedJustNow) }
        closedJustNow = closes
        return isOpen
    }
}

/// Returns the content of a field as pandas does: blanks belong to it, and quotes only count from the first
/// byte on. `""` within quotes is `"`.
func unquoted(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let quote = UInt8(ascii: "\"")
    guard field.count >= 2, field.first == quote, field.last == quote else { return field }
    let field = field.dropFirst().dropLast()
    guard field.contains(quote) else { return field }
    var (content, skip) = ([UInt8](), false)
    for byte in field {
        if byte == quote {
            skip.toggle()
            if !skip { continue }
        } else {
            skip = false
        }
        content.append(byte)
    }
    return content[...]
}
