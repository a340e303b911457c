extension LabelPairs {
    /// Reads two columns of a CSV file's bytes, in one pass and without a string for every field.
    ///
    /// The delimiter (`,` `;` or tab) is the one whose header has both columns. Quotes as in RFC 4180, LF or CRLF,
    /// a byte-order mark and blank lines are read as other CSV readers do. Errors name the line and the column.
    ///
    /// - Parameter file: its name, for errors.
    public init(
        csv: [UInt8], file: String, truth: String = "truth", prediction: String = "prediction"
    ) throws(MetricsError) {
        do throws(MetricsError) {
            // A span: an array held by the cursor would be retained and released for every field.
            let bytes = csv.span
            var rows = CSVCursor(bytes)
            let columns = try rows.readHeader(bytes, truth, prediction)
            var coder = LabelCoder()
            var codes: (truth: [Int32], prediction: [Int32]) = ([], [])
            // A row is seldom shorter than this; where it is, the arrays grow.
            codes.truth.reserveCapacity(csv.count / 8)
            codes.prediction.reserveCapacity(csv.count / 8)
            while try rows.next(bytes, columns) {
                let (first, second) = rows.chosen
                guard first.start < first.end, second.start < second.end else {
                    let column = first.start < first.end ? prediction : truth
                    throw MetricsError("The label is missing.", line: rows.rowLine, column: column)
                }
                codes.truth.append(coder.code(of: first, in: bytes))
                codes.prediction.append(coder.code(of: second, in: bytes))
            }
            guard !codes.truth.isEmpty else { throw MetricsError("There is no row below the header.") }
            try self.init(coder, truth: codes.truth, prediction: codes.prediction)
        } catch {
            var located = error
            located.file = file
            throw located
        }
    }
}

/// Where a field's text lies, without its quotes.
private struct CSVField {
    var start = 0
    var end = 0
    /// It has doubled quotes inside.
    var isEscaped = false

    func unescaped(in bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var i = start
        while i < end {
            text.append(bytes[i])
            i += isEscaped && bytes[i] == UInt8(ascii: "\"") ? 2 : 1
        }
        return text
    }
}

extension LabelCoder {
    fileprivate mutating func code(of field: CSVField, in bytes: Span<UInt8>) -> Int32 {
        if field.isEscaped {
            let text = field.unescaped(in: bytes)
            return code(of: text.span)
        }
        return code(of: bytes.extracting(field.start..<field.end))
    }
}

/// Goes through the rows of CSV bytes, keeping in mind where two chosen fields of the present one lie.
private struct CSVCursor {
    private var position: Int
    private var line = 1
    private var delimiter = UInt8(ascii: ",")
    /// The chosen fields of the present row; quotes are not part of them.
    private(set) var chosen = (CSVField(), CSVField())
    /// The line that the present row begins at.
    private(set) var rowLine = 1

    init(_ bytes: Span<UInt8>) {
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        position = hasMark ? 3 : 0
    }

    /// The numbers of the two columns with these names.
    mutating func readHeader(_ bytes: Span<UInt8>, _ truth: String, _ prediction: String) throws(MetricsError)
        -> (Int, Int)
    {
        skipBlankLines(bytes)
        let (start, startLine) = (position, line)
        var found: [String] = []
        for candidate in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
            (delimiter, position, line) = (candidate, start, startLine)
            let names = try headerNames(bytes)
            if let first = names.firstIndex(of: truth), let second = names.firstIndex(of: prediction) {
                return (first, second)
            }
            if names.count > found.count { found = names }
        }
        let missing = found.contains(truth) ? prediction : truth
        throw MetricsError(
            start == bytes.count
                ? "The file is empty; a header with the columns '\(truth)' and '\(prediction)' was expected."
                : "The header has no column '\(missing)'; it has "
                    + found.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
                    + (found.count > 10 ? ", …." : "."),
            line: startLine)
    }

    /// Goes to the next row; false at the end.
    mutating func next(_ bytes: Span<UInt8>, _ columns: (Int, Int)) throws(MetricsError) -> Bool {
        skipBlankLines(bytes)
        guard position < bytes.count else { return false }
        rowLine = line
        var column = 0
        while true {
            let field = try readField(bytes)
            if column == columns.0 { chosen.0 = field }
            if column == columns.1 { chosen.1 = field }
            column += 1
            guard position < bytes.count, bytes[position] == delimiter else { break }
            position += 1
        }
        endLine(bytes)
        guard column > max(columns.0, columns.1) else {
            throw MetricsError(
                "The row has \(column) \(column == 1 ? "field" : "fields"), at least "
                    + "\(max(columns.0, columns.1) + 1) were expected.", line: rowLine)
        }
        return true
    }

    private mutating func headerNames(_ bytes: Span<UInt8>) throws(MetricsError) -> [String] {
        var names: [String] = []
        let most = 65_536
        while true {
            guard names.count < most else {
                throw MetricsError(
                    "The header has more than \(most) columns, which no table of labels needs.", line: line)
            }
            let text = String(decoding: try readField(bytes).unescaped(in: bytes), as: UTF8.self)
            names.append(String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
            guard position < bytes.count, bytes[position] == delimiter else { break }
            position += 1
        }
        endLine(bytes)
        return names
    }

    /// Reads up to the delimiter, line's end or file's end that follows the field.
    private mutating func readField(_ bytes: Span<UInt8>) throws(MetricsError) -> CSVField {
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return try readQuotedField(bytes) }
        let start = position
        position = fieldEnd(in: bytes, from: start, delimiter)
        return CSVField(start: start, end: position)
    }

    private mutating func readQuotedField(_ bytes: Span<UInt8>) throws(MetricsError) -> CSVField {
        let firstLine = line
        var field = CSVField(start: position + 1)
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte == UInt8(ascii: "\"") else { continue }
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                field.isEscaped = true
                position += 1
                continue
            }
            field.end = position - 1
            let isWhole =
                position == bytes.count || bytes[position] == delimiter
                || bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r")
            guard isWhole else {
                throw MetricsError("Text follows a field's closing quote.", line: line)
            }
            return field
        }
        throw MetricsError("A quote is opened and never closed.", line: firstLine)
    }

    private mutating func skipBlankLines(_ bytes: Span<UInt8>) {
        while position < bytes.count,
            bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r")
        {
            endLine(bytes)
        }
    }

    /// Steps over LF, CRLF or CR.
    private mutating func endLine(_ bytes: Span<UInt8>) {
        guard position < bytes.count else { return }
        let isCarriageReturn = bytes[position] == UInt8(ascii: "\r")
        position += 1
        if isCarriageReturn, position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
        line += 1
    }
}

/// Where a field without quotes ends.
private func fieldEnd(in bytes: Span<UInt8>, from start: Int, _ delimiter: UInt8) -> Int {
    var end = start
    while end < bytes.count {
        let byte = bytes[end]
        if byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
        end += 1
    }
    return end
}
