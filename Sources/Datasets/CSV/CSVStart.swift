import Base
import CNumbers

/// Finds the first row of a table in bytes that arrive in pieces, and with it the table's dialect.
struct CSVStart {
    let dialect: TableDialect
    private var bytes: [UInt8] = []

    private let allowsNoRows: Bool

    init(_ dialect: TableDialect, allowsNoRows: Bool = false) {
        (self.dialect, self.allowsNoRows) = (dialect, allowsNoRows)
    }

    struct Found {
        var header: CSVHeader
        /// The bytes after the first line, or with it if it has data.
        var rest: [UInt8]
        /// The line number of `rest`.
        var line: Int
        var ended: Bool
    }

    /// A longer first line means that the file is not a table.
    private static let longestLine = 1 << 24

    /// Adds a piece; an empty piece marks the end. Returns nil until the first line is complete.
    mutating func add(_ piece: ArraySlice<UInt8>, file: String) throws(CellarError) -> Found? {
        bytes += piece
        let ended = piece.isEmpty
        guard ended || bytes.count >= 4 else { return nil }
        try refuseOtherFormats(file)
        if let found = try firstRow(file, ended) { return found }
        if ended, allowsNoRows, dialect.hasHeader == false, let names = dialect.names {
            let header = CSVHeader(names: names, delimiter: dialect.delimiter ?? TableDialect.delimiters[0])
            return Found(header: header, rest: [], line: 1, ended: true)
        }
        if ended {
            throw CellarError(
                .badData, file: file, expected: "a table with column names in the first line",
                found: bytes.isEmpty ? "an empty file" : "only blank lines",
                fix: "Check that the file is complete.")
        }
        guard bytes.count < CSVStart.longestLine else {
            throw CellarError(
                .badData, file: file, line: 1, expected: "column names", found: "a line of more than 16 MB",
                fix: "Check that it is a table.")
        }
        return nil
    }

    private func firstRow(_ file: String, _ ended: Bool) throws(CellarError) -> Found? {
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var line = 1
        var named: UInt8?
        guard let before = try linesToSkip(from: position, file, ended) else { return nil }
        var dialect = dialect
        if let names = before.names { (dialect.names, dialect.optionalNames) = (names, []) }
        var skipped: Range<Int>?
        for _ in 0..<before.count {
            guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
                if ended { break }
                return nil
            }
            skipped = position..<end
            (position, line) = (end + 1, line + 1)
        }
        while position < bytes.count {
            let wanted = dialect.delimiter ?? named
            guard let row = row(from: position, delimiter: wanted, ended) else { return nil }
            let content = bytes[row.content]
            if isEmpty(content) {
                (position, line) = (row.next, line + row.lines)
                continue
            }
            if line == 1, let sign = CSVStart.separatorLine(content) {
                (position, line, named) = (row.next, line + row.lines, sign)
                continue
            }
            let delimiter: UInt8
            if let wanted {
                delimiter = wanted
            } else if let guess = guess(row, ended) {
                delimiter = guess
            } else {
                return nil
            }
            guard let exact = self.row(from: position, delimiter: delimiter, ended) else { return nil }
            var header: CSVHeader
            do {
                header = try CSVHeader(
                    file: file, line: line, bytes: normalized(bytes[exact.content], delimiter),
                    delimiter: delimiter, dialect: dialect)
            } catch {
                guard let names = dialect.names, !names.isEmpty else { throw error }
                // The delimiter of a title says nothing about that of the table.
                let isTitle = TableDialect.delimiters.contains {
                    nextRow(behind: exact, $0, ended)?.count == names.count
                }
                guard isTitle else { throw error }
                var titled = error
                titled.remedy = "If the line is before the table, skip it with --skip-lines \(line)."
                throw titled
            }
            // A sign at the end of the names alone names no column.
            if header.endsWithoutName {
                guard let next = nextRow(behind: exact, delimiter, ended) else { return nil }
                if next.count == header.names.count - 1 { header.removeUnnamedEnd() }
            }
            header.hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
            if let skipped, !header.isInFile, dialect.names != nil {
                // A line of other words is not divided as the table is.
                let fields = CSVHeader.fields(of: normalized(bytes[skipped], delimiter), delimiter: delimiter)
                header.isNamedBefore = fields.count > 1 || header.names.count == 1
            }
            header.endsInReturn = exact.next == exact.content.upperBound + 2
            let (next, lines) = header.isInFile ? (exact.next, exact.lines) : (position, 0)
            return Found(header: header, rest: Array(bytes[next...]), line: line + lines, ended: ended)
        }
        return nil
    }

    /// Returns the fields of the next row with content, none at the end of the table; nil if more bytes are needed.
    private func nextRow(behind row: Row, _ delimiter: UInt8, _ ended: Bool) -> [[UInt8]]? {
        var position = row.next
        while position < bytes.count {
            guard let next = self.row(from: position, delimiter: delimiter, ended) else { return nil }
            if !isEmpty(bytes[next.content]) {
                return CSVHeader.fields(of: normalized(bytes[next.content], delimiter), delimiter: delimiter)
            }
            position = next.next
        }
        return ended ? [] : nil
    }

    /// The lines before a table.
    private struct Before {
        var count: Int
        /// The names in one of these lines, where the dialect has them: perhaps in another order.
        var names: [String]?
    }

    /// Returns the lines before the table; nil if more bytes are needed.
    ///
    /// Lines that another table has before it are skipped here only if this table has them too: if it names its columns behind
    /// them, or else if none of them has as many fields as the line behind them.
    private func linesToSkip(from start: Int, _ file: String, _ ended: Bool) throws(CellarError) -> Before? {
        guard let wanted = dialect.skippedLines, wanted > 0 else { return Before(count: 0) }
        guard dialect.mayLackSkippedLines else { return Before(count: wanted) }
        var (lines, position) = ([ArraySlice<UInt8>](), start)
        // Blank lines behind them are no part of the table.
        while lines.count <= wanted || lines.last.map(isEmpty) ?? false, position < bytes.count {
            guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
                guard ended else { return nil }
                lines.append(bytes[position...])
                position = bytes.count
                break
            }
            lines.append(
                bytes[position..<end].last == UInt8(ascii: "\r")
                    ? bytes[position..<end - 1] : bytes[position..<end])
            position = end + 1
        }
        guard lines.count > wanted || ended else { return nil }
        // A shorter file has no table behind such lines.
        let isLong = lines.count > wanted && lines.last.map { ended || !isEmpty($0) } ?? false
        guard isLong || ended, let start = lines.last else { return ended ? Before(count: 0) : nil }
        let behind = Row(content: start.startIndex..<start.endIndex, next: position, lines: 1)
        guard let delimiter = dialect.delimiter ?? guess(behind, ended) else { return nil }
        func fields(_ line: ArraySlice<UInt8>) -> [[UInt8]] {
            CSVHeader.fields(of: normalized(line, delimiter), delimiter: delimiter)
        }
        func names(_ line: ArraySlice<UInt8>) -> [String] {
            fields(line).map { trimmed(String(decoding: unquoted($0[...]), as: UTF8.self)) }
        }
        func namesColumns(_ line: ArraySlice<UInt8>) -> Bool {
            var names = NamePositions(names(line))
            return dialect.requiredNames.allSatisfy { !names.positions(of: $0).isEmpty }
        }
        if dialect.hasHeader == false, let known = dialect.names,
            let found = linesWithNames(lines, wanted, known, fields, names)
        {
            return found
        }
        guard isLong else { return Before(count: 0) }
        if dialect.hasHeader != false, !dialect.requiredNames.isEmpty {
            if lines.first(where: { !isEmpty($0) }).map(namesColumns) ?? false { return Before(count: 0) }
            if namesColumns(start) { return Before(count: wanted) }
        }
        let before = lines[..<wanted].filter { !isEmpty($0) }
        let alike = before.count { fields($0).count == fields(start).count }
        if alike == 0 { return Before(count: wanted) }
        if alike == before.count { return Before(count: 0) }
        throw CellarError(
            .badData, file: file, line: 1,
            expected: "\(wanted) lines before the table, as in the training, or none",
            found: "\(before.count - alike) that have other fields than the table",
            fix: "Say how many lines are before the table, with --skip-lines.")
    }

    /// Finds the names among lines of which the last ones may have units and the first ones titles, or the head of an ARFF file.
    private func linesWithNames(
        _ lines: [ArraySlice<UInt8>], _ wanted: Int, _ known: [String],
        _ fields: (ArraySlice<UInt8>) -> [[UInt8]], _ names: (ArraySlice<UInt8>) -> [String]
    ) -> Before? {
        if let data = lines.firstIndex(where: {
            trimmed(String(decoding: $0, as: UTF8.self)).lowercased() == "@data"
        }) {
            return Before(count: data + 1)
        }
        func areKnown(_ found: [String]) -> Bool {
            let count = found.count { known.contains($0) }
            return (count > 1 || known.count <= 2 && count > 0) && count * 2 > found.count { !$0.isEmpty }
        }
        for (index, line) in lines.prefix(wanted).enumerated() where !isEmpty(line) {
            var (found, end) = (names(line), index + 1)
            if !areKnown(found), end < wanted, end < lines.count {
                // Names may be in two lines.
                let next = names(lines[end])
                guard next.count == found.count else { continue }
                found = zip(found, next).map { $1.isEmpty ? $0 : "\($0) \($1)" }
                end += 1
            }
            guard areKnown(found) else { continue }
            while end < wanted, end + 1 < lines.count,
                isEmpty(lines[end]) || CSVStart.areUnits(fields(lines[end]), above: fields(lines[end + 1]))
            { end += 1 }
            if let row = lines.dropFirst(end).first(where: { !isEmpty($0) }).map(fields) {
                if found.count == row.count + 1, found.last == "" { found.removeLast() }
                // Delimiters end the rows alone, or the first column has the names of rows, which R does not name; or both.
                let ends = zip(known.reversed(), row.reversed())
                    .prefix { $0.hasPrefix("Unnamed: ") && $1.isEmpty }.map(\.0).reversed()
                found += ends.suffix(max(row.count - found.count, 0))
                if found.count + 1 == row.count, !found.contains(known[0]) { found.insert(known[0], at: 0) }
            }
            for place in found.indices where found[place].isEmpty { found[place] = "Unnamed: \(place)" }
            return Before(count: end, names: found)
        }
        return nil
    }

    /// True for a line of words above numbers.
    private static func areUnits(_ line: [[UInt8]], above next: [[UInt8]]) -> Bool {
        func isNumber(_ field: [UInt8]) -> Bool {
            CSVHeader.outcome(of: Array(unquoted(field[...]))) == cn_number
        }
        return line.count == next.count && !line.contains(where: isNumber) && next.contains(where: isNumber)
    }

    /// A row's bytes without the line end, the position after it, and its number of line ends.
    private struct Row {
        var content: Range<Int>
        var next: Int
        var lines: Int
    }

    /// Finds the row at `start`. While the delimiter is unknown, a quote may follow each of them.
    private func row(from start: Int, delimiter: UInt8?, _ ended: Bool) -> Row? {
        let (cr, lf) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        var quotes = CSVQuotes()
        var (fieldStart, isComment, lines) = (true, false, 1)
        for index in start..<bytes.count {
            let byte = bytes[index]
            if !isComment, quotes.enclose(byte, atFieldStart: fieldStart) {
                lines += byte == lf ? 1 : 0
                continue
            }
            if byte == cr || byte == lf {
                guard byte == lf || ended || index + 1 < bytes.count else { return nil }
                let isPair = byte == cr && index + 1 < bytes.count && bytes[index + 1] == lf
                return Row(content: start..<index, next: index + (isPair ? 2 : 1), lines: lines)
            }
            isComment = isComment || byte == dialect.comment
            fieldStart = delimiter.map { $0 == byte } ?? TableDialect.delimiters.contains(byte)
        }
        return ended ? Row(content: start..<bytes.count, next: bytes.count, lines: lines) : nil
    }

    /// True for blanks, and for a comment that takes the whole line.
    private func isEmpty(_ content: ArraySlice<UInt8>) -> Bool {
        let first = content.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return first == nil || first == dialect.comment
    }

    /// The sign that Excel's `sep=;` names.
    private static func separatorLine(_ content: ArraySlice<UInt8>) -> UInt8? {
        let word = String(decoding: unquoted(content), as: UTF8.self)
        guard word.lowercased().hasPrefix("sep="), word.utf8.count == 5, let sign = word.utf8.last,
            TableDialect.delimiters.contains(sign)
        else { return nil }
        return sign
    }

    /// Returns the most frequent delimiter of the row outside of quotes, a comma if none occurs; nil if more
    /// bytes are needed. Blanks separate columns only if there is no other sign, or tabs among numbers with blanks between them,
    /// and the next row has as many.
    private func guess(_ row: Row, _ ended: Bool) -> UInt8? {
        let content = normalized(bytes[row.content], nil)
        let candidates = TableDialect.delimiters.dropLast()
        func count(_ sign: UInt8, _ content: [UInt8]) -> Int {
            var quotes = CSVQuotes()
            var (fieldStart, count) = (true, 0)
            for byte in content where !quotes.enclose(byte, atFieldStart: fieldStart) {
                fieldStart = TableDialect.delimiters.contains(byte)
                if byte == sign { count += 1 }
            }
            return count
        }
        let best = candidates.reversed().max { count($0, content) < count($1, content) }
        if let best, count(best, content) > 0, best != UInt8(ascii: "\t") || !hasNumbersAmongBlanks(content) {
            return best
        }
        let blank = UInt8(ascii: " ")
        let other = best.map { count($0, content) > 0 ? $0 : UInt8(ascii: ",") } ?? UInt8(ascii: ",")
        func words(_ content: ArraySlice<UInt8>) -> Int {
            CSVHeader.fields(of: normalized(content, blank), delimiter: blank).count
        }
        let wanted = words(bytes[row.content])
        guard wanted > 1 else { return other }
        var position = row.next
        while position < bytes.count {
            guard let next = self.row(from: position, delimiter: blank, ended) else { return nil }
            if !isEmpty(bytes[next.content]) {
                return words(bytes[next.content]) == wanted ? blank : other
            }
            position = next.next
        }
        return ended ? other : nil
    }

    /// True if tabs separate only some of a row's numbers, and blanks the others.
    private func hasNumbersAmongBlanks(_ row: [UInt8]) -> Bool {
        CSVHeader.fields(of: row, delimiter: UInt8(ascii: "\t")).contains { field in
            let words = field.split(separator: UInt8(ascii: " "))
            return words.count > 2 && words.allSatisfy { CSVHeader.outcome(of: Array($0)) == cn_number }
        }
    }

    /// Returns a row without its comment, and in a table separated by blanks with single ones.
    private func normalized(_ row: ArraySlice<UInt8>, _ delimiter: UInt8?) -> [UInt8] {
        var row = Array(row)
        guard dialect.comment != nil || delimiter == UInt8(ascii: " ") else { return row }
        let size = CSVNormalizer(dialect, delimiter: delimiter ?? UInt8(ascii: ","))
            .apply(to: &row, size: row.count, last: true)
        row.removeLast(row.count - size)
        return row
    }

    private func refuseOtherFormats(_ file: String) throws(CellarError) {
        let formats: [([UInt8], String, String)] = [
            ([0xFF, 0xFE, 0, 0], "UTF-32 text", "Save the table as UTF-8."),
            ([0x50, 0x4B, 3, 4], "a zip archive or a spreadsheet", "Save the table as CSV."),
            ([0x89, 0x50, 0x4E, 0x47], "a PNG picture", "Use the command for pictures."),
            ([0x93, 0x4E, 0x55, 0x4D], "a NumPy array", "Rename it to .npy."),
        ]
        for (start, found, fix) in formats where bytes.starts(with: start) {
            throw CellarError(.badData, file: file, expected: "a table (CSV)", found: found, fix: fix)
        }
        // NUL in a later line has a row and a column.
        if bytes.prefix(4096).prefix(while: { $0 != UInt8(ascii: "\n") }).contains(0) {
            throw CellarError(
                .badData, file: file, expected: "a table (CSV)", found: "binary data",
                fix: "Check that it is the right file.")
        }
    }
}
