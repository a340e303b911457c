import Base
import CNumbers

/// The columns of a table: its delimiter and column names.
public struct CSVHeader: Equatable, Sendable {
    /// `,`, `;`, a tab, `|` or a blank.
    public let delimiter: UInt8
    /// Trimmed and unquoted. A column without a name is called as in pandas, `Unnamed: 2`.
    public private(set) var names: [String]
    /// The bytes of the line, without a byte order mark and the line end. Empty if the table has no such line.
    public private(set) var bytes: [UInt8]
    /// Whether the file begins with a byte order mark of UTF-8.
    public internal(set) var hasMark = false
    /// Whether the first line ends in CR LF.
    public internal(set) var endsInReturn = false
    /// False if the names come from elsewhere, because the first line has data.
    public let isInFile: Bool
    /// True if the names come from elsewhere, and the last line that is skipped before the table could have them.
    public internal(set) var isNamedBefore = false
    /// The indices of the columns without a name in the file.
    public private(set) var unnamed: [Int]

    /// The columns of a table without rows, whose names come from elsewhere.
    init(names: [String], delimiter: UInt8) {
        (self.names, self.delimiter) = (names, delimiter)
        (bytes, isInFile, unnamed) = ([], false, [])
    }

    /// Throws unless a file has the columns of another one, of which its rows are to be more.
    func check(isAs other: CSVHeader, of otherFile: String, file: String) throws(CellarError) {
        guard names != other.names || delimiter != other.delimiter else { return }
        throw CellarError(
            .badData, file: file, line: 1,
            expected: "the columns of \(otherFile) (\(other.names.prefix(8).joined(separator: ", ")))",
            found: names.prefix(8).joined(separator: ", "),
            fix: names == other.names
                ? "Use tables with the same delimiter."
                : Set(names) == Set(other.names)
                    ? "Write the columns in the same order." : "Use tables with the same columns.")
    }

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
            guard let name = String(validating: unquoted(withoutBlanks(field[...])), as: UTF8.self) else {
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

    /// True if the last column has no name in the file.
    var endsWithoutName: Bool { isInFile && names.count > 1 && unnamed.last == names.count - 1 }

    /// Removes the last column.
    mutating func removeUnnamedEnd() {
        guard let end = bytes.lastIndex(of: delimiter) else { return }
        names.removeLast()
        unnamed.removeLast()
        bytes.removeSubrange(end...)
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

    static func outcome(of field: [UInt8]) -> cn_outcome {
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

func trimmed(_ text: String) -> String {
    guard let start = text.firstIndex(where: { !$0.isWhitespace }),
        let end = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[start...end])
}
