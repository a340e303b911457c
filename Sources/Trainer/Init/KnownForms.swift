import Base
import Datasets

/// The start of a file that is no plain table, but has a form of its own.
struct KnownForm {
    /// The lines at the start of the file, without blanks around them.
    private let lines: [String]

    init(_ path: String) throws(CellarError) {
        let input = try InputFile(path: path)
        // A pipe can be read once.
        guard input.size != nil else {
            lines = []
            return
        }
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = try input.read(into: &bytes, at: 0)
        lines = bytes[..<count].split(separator: 10, maxSplits: 4000, omittingEmptySubsequences: false)
            .map { trimmed($0) }
    }

    /// Throws for LIBSVM's rows of `number:value`.
    func refuse(_ path: String) throws(CellarError) {
        let rows = lines.filter { !$0.isEmpty }.prefix(20)
        // Two digits on both sides are times of day.
        let areTimes = rows.allSatisfy { row in
            row.split(separator: " ").dropFirst().allSatisfy {
                $0.count <= 5 && $0.suffix(2).allSatisfy(\.isNumber)
            }
        }
        guard rows.count > 1, !areTimes, rows.dropLast().allSatisfy(isSparse) else { return }
        throw CellarError(
            .badData, file: path, line: 1, expected: "a table with as many fields in each row",
            found: "rows of number:value, as LIBSVM writes them",
            fix: "Write the table as CSV, for example with sklearn.datasets.load_svmlight_file and pandas.")
    }

    private func isSparse(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        return words.count > 1 && Double(words[0]) != nil
            && words.dropFirst().allSatisfy { word in
                let parts = word.split(separator: ":")
                return parts.count == 2 && Int(parts[0]) != nil && Double(parts[1]) != nil
            }
    }

    /// The dialect of an ARFF file with the names of its attributes; nil for another file.
    func arff(_ path: String) throws(CellarError) -> TableDialect? {
        guard let first = lines.first(where: { !$0.isEmpty && !$0.hasPrefix("%") }),
            first.lowercased().hasPrefix("@relation")
        else { return nil }
        guard let data = lines.firstIndex(where: { $0.lowercased() == "@data" }) else {
            throw CellarError(
                .badData, file: path, expected: "@data after the attributes of an ARFF file", found: "none",
                fix: "Write the table as CSV.")
        }
        var dialect = TableDialect()
        dialect.names = lines[..<data].filter { $0.lowercased().hasPrefix("@attribute") }.map(attributeName)
        (dialect.skippedLines, dialect.hasHeader, dialect.delimiter) = (data + 1, false, UInt8(ascii: ","))
        let rows = lines[(data + 1)...].filter { !$0.isEmpty && !$0.hasPrefix("%") }
        if rows.first?.hasPrefix("{") ?? false {
            throw CellarError(
                .badData, file: path, expected: "rows with all values",
                found: "the sparse form of ARFF ({1 5, 3 2})", fix: "Write the table as CSV.")
        }
        return dialect
    }

    private func attributeName(_ line: String) -> String {
        let rest = line.dropFirst("@attribute".count).drop { $0.isWhitespace }
        guard let first = rest.first, "'\"".contains(first),
            let word = ARFFDecoder.word(Array(rest.utf8)[...])
        else { return String(rest.prefix { !$0.isWhitespace && $0 != "{" }) }
        return String(decoding: word.word, as: UTF8.self)
    }

    /// Throws if the last lines have two numbers of values in turn: the rows of StatLib's tables, of which each takes two lines.
    func refuseBrokenRows(_ path: String) throws(CellarError) {
        let widths = lines.filter { !$0.isEmpty }.dropLast().suffix(20).map { line in
            let words = line.split { $0.isWhitespace || $0 == "," }
            return words.allSatisfy { Double($0) != nil } ? words.count : 0
        }
        guard widths.count == 20, widths[0] != widths[1],
            widths.indices.allSatisfy({ widths[$0] == widths[$0 % 2] })
        else { return }
        throw CellarError(
            .badData, file: path, expected: "each row in a line",
            found: "rows of two lines (\(widths.min() ?? 0) and \(widths.max() ?? 0) values)",
            fix:
                "Remove the lines before the table and join those of each row: paste -d ' ' - - < ROWS > TABLE"
        )
    }
}

private func trimmed(_ line: ArraySlice<UInt8>) -> String {
    let text = String(decoding: line, as: UTF8.self)
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
        let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
}

/// The error of the attempt to read a table that came furthest.
struct Furthest {
    private(set) var error: CellarError?
    private var row = 0
    /// With more rows than this the form was right, and the error is in the line that it names.
    private static let fewRows = 20

    /// - width: The number of columns of that attempt. Any text is a table of one column.
    mutating func add(_ other: CellarError, width: Int) {
        let reached = width > 1 ? other.place.row ?? 0 : 0
        guard error == nil || row <= Furthest.fewRows && reached > max(row, 1) else { return }
        (error, row) = (other, reached)
    }

    mutating func replace(by other: CellarError) { error = other }

    /// The error, which names lines behind a table as such.
    func described(_ path: String) -> CellarError? {
        guard var error, row > Furthest.fewRows, let line = error.place.line,
            let bytes = try? readFile(path, limit: 1 << 30)
        else {
            return error
        }
        let behind = bytes.split(separator: 10, omittingEmptySubsequences: false).dropFirst(line - 1)
        guard behind.count <= 20, let first = behind.first, error.place.column == nil
        else { return error }
        let text = trimmed(first.prefix(60))
        error = CellarError(
            .badData, file: path, line: line, expected: "only rows of the table",
            found: "\"\(text)\" behind them",
            fix: "Remove the lines behind the table: head -n \(line - 1) FILE > TABLE")
        return error
    }
}
