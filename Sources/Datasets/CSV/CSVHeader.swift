import Base
import CNumbers

/// The columns of a table: its delimiter and column names.
public struct CSVHeader: Equatable, Sendable {
    /// `,`, `;`, a tab, `|` or a blank.
    public let delimiter: UInt8
    /// Trimmed and unquoted. A column without a name is called as in pandas, `Unnamed: 2`.
    public let names: [String]
    /// The bytes of the line, without a byte order mark and the line end. Empty if the table has no such line.
    public let bytes: [UInt8]
    /// Whether the file begins with a byte order mark of UTF-8.
    public internal(set) var hasMark = false
    /// Whether the first line ends in CR LF.
    public internal(set) var endsInReturn = false
    /// False if the names come from elsewhere, because the first line has data.
    public let isInFile: Bool
    /// The indices of the columns without a name in the file.
    public let unnamed: [Int]

    /// Parses the first row, without its line end. `dialect` decides whether it has names or data.
    init(
        file: String, line: Int, bytes: [UInt8], delimiter: UInt8, dialect: TableDialect
    ) throws(CellarError) {
        self.delimiter = delimiter
        let fields = CSVHeader.fields(of: bytes, delimiter: delimiter)
        isInFile = dialect.hasHeader ?? (dialect.names == nil)
        self.bytes = isInFile ? bytes : []
        if isInFile && dialect.hasHeader == nil { try CSVHeader.refuseNumbers(fields, file, line) }
        if !isInFile, let names = dialect.names {
            let present = names.filter { !dialect.optionalNames.contains($0) }
            guard fields.count == names.count || fields.count == present.count else {
                throw CellarError(
                    .badData, file: file, line: line,
                    expected: "\(names.count) columns without names in the file ("
                        + names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …)" : ")"),
                    found: "\(fields.count)",
                    fix: "Use a table with these columns, or one that names its columns, with --header.")
            }
            (self.names, unnamed) = (fields.count == names.count ? names : present, [])
            return
        }
        guard isInFile else {
            (names, unnamed) = (fields.indices.map { "\($0)" }, [])
            return
        }
        var names: [String] = []
        var unnamed: [Int] = []
        for (index, field) in fields.enumerated() {
            guard let name = String(validating: unquoted(trimmed(field[...])), as: UTF8.self) else {
                throw CellarError(
                    .badData, file: file, line: line, expected: "column names in UTF-8",
                    found: "invalid bytes (\(hex(field.prefix(12))))", fix: "Save the table as UTF-8.")
            }
            let shown = trimmed(name)
            if shown.isEmpty { unnamed.append(index) }
            names.append(shown.isEmpty ? "Unnamed: \(index)" : shown)
        }
        (self.names, self.unnamed) = (names, unnamed)
    }

    /// Throws if all fields are numbers or missing values: then the line is a row of data.
    private static func refuseNumbers(_ fields: [[UInt8]], _ file: String, _ line: Int) throws(CellarError) {
        var numbers = 0
        for field in fields {
            switch outcome(of: field) {
            case cn_missing: break
            case cn_number, cn_boolean, cn_not_finite, cn_too_large: numbers += 1
            default: return
            }
        }
        guard numbers > 0 else { return }
        let shown = fields.prefix(4).map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ")
        throw CellarError(
            .badData, file: file, line: line, expected: "column names in the first line",
            found: "only numbers (\(shown)\(fields.count > 4 ? ", …" : ""))",
            fix:
                "For a table without column names, write `header: false` in the recipe (or `--no-header`); the "
                + "columns are then 0, 1, 2 … If these are names, write `header: true` (or `--header`).")
    }

    private static func outcome(of field: [UInt8]) -> cn_outcome {
        var value = 0.0
        return unsafe field.withUnsafeBytes { bytes in
            unsafe cn_read_double(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &value)
        }
    }

    /// Splits a row.
    static func fields(of line: [UInt8], delimiter: UInt8) -> [[UInt8]] {
        var fields: [[UInt8]] = []
        var start = 0
        var quotes = CSVQuotes()
        for (index, byte) in line.enumerated()
        where !quotes.enclose(byte, atFieldStart: index == start) && byte == delimiter {
            fields.append(Array(line[start..<index]))
            start = index + 1
        }
        return fields + [Array(line[start...])]
    }

    /// Returns the index of the column with that name. Prefers an exact match, then ignores case.
    func index(of name: String, in columns: inout NamePositions, file: String) throws(CellarError) -> Int {
        let wanted = trimmed(name)
        let found = columns.positions(of: wanted)
        if found.count == 1 { return found[0] }
        if found.count > 1 {
            let shown = found.map { "\"\(names[$0])\"" }
            throw CellarError(
                .badData, file: file, column: wanted, expected: "one column with that name",
                found: shown.joined(separator: " and "),
                fix: Set(shown).count == 1
                    ? "Rename one of the columns." : "Use the exact name of one of them.")
        }
        let near = nearest(wanted, in: names)
        let advice =
            near.map { "Did you mean \"\($0)\"?" }
            ?? "The first line of a table must name its columns. If it has data, write `header: false` in the "
            + "recipe, or `--no-header`."
        let shown = names.prefix(30).map { "\"\($0)\"" }.joined(separator: ", ")
        throw CellarError(
            .badData, file: file, column: wanted, expected: "a column with that name",
            found: "only \(shown)\(names.count > 30 ? " …" : "")", fix: advice)
    }
}

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

/// Finds positions in a list of names in constant time.
public struct NamePositions {
    private let names: [String]
    // Made when first needed: by name, and by name in lower case.
    private var exact, loose: [String: [Int]]?

    public init(_ names: [String]) { self.names = names }

    /// Returns the positions of that very name, or else those of the names that differ only in case.
    public mutating func positions(of name: String) -> [Int] {
        if exact == nil { exact = positions { $0 } }
        if let found = exact?[name] { return found }
        if loose == nil { loose = positions { $0.lowercased() } }
        return loose?[name.lowercased()] ?? []
    }

    private func positions(_ key: (String) -> String) -> [String: [Int]] {
        var positions: [String: [Int]] = [:]
        for (index, name) in names.enumerated() { positions[key(name), default: []].append(index) }
        return positions
    }

    /// Returns the only position; nil if there is none or several.
    public mutating func position(of name: String) -> Int? {
        let found = positions(of: name)
        return found.count == 1 ? found[0] : nil
    }
}

func trimmed(_ text: String) -> String {
    guard let start = text.firstIndex(where: { !$0.isWhitespace }),
        let end = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[start...end])
}

private func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var field = field
    while isBlank(field.first) { field.removeFirst() }
    while isBlank(field.last) { field.removeLast() }
    return field
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

/// Splits a list of names or values at its commas; a part with a comma needs quotes, as in CSV.
public func commaSeparated(_ list: String) -> [String] {
    CSVHeader.fields(of: spacesDropped(Array(list.utf8)), delimiter: UInt8(ascii: ",")).map { part in
        String(decoding: withoutQuotes(part), as: UTF8.self).trimmingBlanks
    }
}

/// Drops the blanks that begin a part, so that `"a", "b"` is read as it is meant.
private func spacesDropped(_ list: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var quotes = CSVQuotes()
    var atStart = true
    for byte in list {
        if atStart, byte == UInt8(ascii: " ") { continue }
        atStart = !quotes.enclose(byte, atFieldStart: atStart) && byte == UInt8(ascii: ",")
        result.append(byte)
    }
    return result
}

/// Removes the quotes of a part that begins with one; text may follow the closing quote, as in `"a, b"=1`.
private func withoutQuotes(_ part: [UInt8]) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    guard part.first == quote else { return part }
    var result: [UInt8] = []
    var index = 1
    while index < part.count {
        if part[index] == quote {
            guard index + 1 < part.count, part[index + 1] == quote else {
                return result + part[(index + 1)...]
            }
            index += 1
        }
        result.append(part[index])
        index += 1
    }
    return part
}

extension String {
    fileprivate var trimmingBlanks: String { trimmed(self) }
}

/// Parses a number as the reader of tables does, True and False as 1 and 0; nil for anything else.
public func parsedNumber(_ text: String) -> Double? {
    var (value, text) = (0.0, text)
    let outcome = text.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
            unsafe cn_read_double(bytes.baseAddress, bytes.count, &value)
        }
    }
    return outcome == cn_number || outcome == cn_boolean ? value : nil
}
