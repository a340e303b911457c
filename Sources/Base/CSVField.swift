/// The UTF-8 text of a CSV field: in quotes where its content needs them (RFC 4180), where blanks at its ends would be
/// lost, and where it is empty, so that a row of one empty field is no blank line.
public func csvField(_ text: String, delimiter: UInt8 = UInt8(ascii: ",")) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    let bytes = Array(text.utf8)
    let special: Set<UInt8> = [quote, delimiter, UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    let blank = UInt8(ascii: " ")
    let needsQuotes = bytes.contains { special.contains($0) } || bytes.first == blank || bytes.last == blank
    guard needsQuotes || bytes.isEmpty else { return bytes }
    return [quote] + bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
}

/// A line of CSV of these fields, with its line end.
public func csvLine(_ fields: some Sequence<String>) -> String {
    var line: [UInt8] = []
    for (index, field) in fields.enumerated() {
        if index > 0 { line.append(UInt8(ascii: ",")) }
        line += field.isEmpty ? [] : csvField(field)
    }
    return String(decoding: line, as: UTF8.self) + "\n"
}
