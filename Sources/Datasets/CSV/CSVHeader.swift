import Base
/// The first line of a table: its delimiter and column names.
public struct CSVHeader: Equatable, Sendable {
    /// `,`, `;` or a tab.
    public let delimiter: UInt8
    /// Trimmed and unquoted.
    public let names: [String]
    /// The bytes of the line, without a byte order mark and the line end.
    public let bytes: [UInt8]

    /// Parses the line at the start of `bytes`. The line must be complete.
    init(file: String, line: Int, bytes: [UInt8]) throws(CellarError) {
        self.bytes = bytes
        delimiter = CSVHeader.delimiter(of: bytes)
        let fields = CSVHeader.fields(of: bytes, delimiter: delimiter)
        var names: [String] = []
        for field in fields {
            guard let name = String(validating: unquoted(field[...]), as: UTF8.self) else {
                throw CellarError(
                    .badData, file: file, line: line, expected: "column names in UTF-8",
                    found: "invalid bytes (\(hex(field.prefix(12))))", fix: "Save the table as UTF-8.")
            }
            names.append(trimmed(name))
        }
        self.names = names
        // Composed and decomposed letters differ.
        var seen: Set<[UInt8]> = []
        for name in names where !name.isEmpty && !seen.insert(Array(name.utf8)).inserted {
            throw CellarError(
                .badData, file: file, line: line, column: name, expected: "unique column names",
                found: "a duplicate", fix: "Rename one of the columns.")
        }
    }

    /// Returns the most frequent of `,`, `;` and tab outside of quotes; a comma if none occurs.
    static func delimiter(of line: [UInt8]) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var quoted = false
        for byte in line {
            if byte == UInt8(ascii: "\"") { quoted.toggle() }
            if !quoted { counts[byte, default: 0] += 1 }
        }
        let candidates = [",", ";", "\t"].map { UInt8(ascii: $0) }
        return candidates.reversed().max { counts[$0, default: 0] < counts[$1, default: 0] } ?? candidates[0]
    }

    private static func fields(of line: [UInt8], delimiter: UInt8) -> [[UInt8]] {
        var fields: [[UInt8]] = [[]]
        var quoted = false
        for byte in line {
            if byte == UInt8(ascii: "\"") { quoted.toggle() }
            if byte == delimiter && !quoted {
                fields.append([])
            } else {
                fields[fields.count - 1].append(byte)
            }
        }
        return fields
    }

    /// Returns the index of the column with that name. Prefers an exact match, then ignores case.
    func index(of name: String, file: String) throws(CellarError) -> Int {
        let wanted = trimmed(name)
        if let exact = names.firstIndex(of: wanted) { return exact }
        let loose = names.indices.filter { names[$0].lowercased() == wanted.lowercased() }
        if loose.count == 1 { return loose[0] }
        if loose.count > 1 {
            throw CellarError(
                .badData, file: file, column: wanted, expected: "one column with that name",
                found: loose.map { "\"\(names[$0])\"" }.joined(separator: " and "),
                fix: "Use the exact name of one of them.")
        }
        let near = nearest(wanted, in: names)
        let advice =
            near.map { "Did you mean \"\($0)\"?" } ?? "The first line of a table must name its columns."
        let shown = names.prefix(30).map { "\"\($0)\"" }.joined(separator: ", ")
        throw CellarError(
            .badData, file: file, column: wanted, expected: "a column with that name",
            found: "only \(shown)\(names.count > 30 ? " …" : "")", fix: advice)
    }
}

func trimmed(_ text: String) -> String {
    guard let start = text.firstIndex(where: { !$0.isWhitespace }),
        let end = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[start...end])
}

/// Returns the content of a field: trimmed, unquoted, with `""` as `"`.
func unquoted(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let quote = UInt8(ascii: "\"")
    func isBlank(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var field = field
    while isBlank(field.first) { field.removeFirst() }
    while isBlank(field.last) { field.removeLast() }
    guard field.count >= 2, field.first == quote, field.last == quote else { return field }
    field = field.dropFirst().dropLast()
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

/// The content of a field of text, as pandas reads it: blanks are kept, unless they are around quotes.
func content(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let first = field.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
    return first == UInt8(ascii: "\"") ? unquoted(field) : field
}
