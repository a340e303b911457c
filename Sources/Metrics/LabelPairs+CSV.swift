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
            var rows = CSVRows(csv)
            let columns = try rows.readHeader(truth, prediction)
            var coder = LabelCoder()
            var codes: (truth: [Int32], prediction: [Int32]) = ([], [])
            // A row has at least two one-byte labels, a delimiter and a line's end.
            codes.truth.reserveCapacity(csv.count / 16)
            codes.prediction.reserveCapacity(csv.count / 16)
            while try rows.next(columns) {
                codes.truth.append(try rows.code(at: 0, truth, &coder))
                codes.prediction.append(try rows.code(at: 1, prediction, &coder))
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

/// Goes through the rows of CSV bytes, keeping in mind where two chosen fields of the present one lie.
private struct CSVRows {
    private let bytes: [UInt8]
    private var position: Int
    private var line = 1
    private var delimiter = UInt8(ascii: ",")
    /// The chosen fields of the present row; quotes are not part of them.
    private var chosen: (Field, Field) = (Field(), Field())
    /// The line that the present row begins at.
    private var rowLine = 1

    private struct Field {
        var start = 0
        var end = 0
        /// It has doubled quotes inside.
        var isEscaped = false
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        position = hasMark ? 3 : 0
    }

    /// The numbers of the two columns with these names.
    mutating func readHeader(_ truth: String, _ prediction: String) throws(MetricsError) -> (Int, Int) {
        skipBlankLines()
        let (start, startLine) = (position, line)
        var found: [String] = []
        for candidate in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")] {
            (delimiter, position, line) = (candidate, start, startLine)
            let names = try headerNames()
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
    mutating func next(_ columns: (Int, Int)) throws(MetricsError) -> Bool {
        skipBlankLines()
        guard position < bytes.count else { return false }
        rowLine = line
        var column = 0
        while true {
            let field = try readField()
            if column == columns.0 { chosen.0 = field }
            if column == columns.1 { chosen.1 = field }
            column += 1
            guard position < bytes.count, bytes[position] == delimiter else { break }
            position += 1
        }
        endLine()
        guard column > max(columns.0, columns.1) else {
            throw MetricsError(
                "The row has \(column) \(column == 1 ? "field" : "fields"), at least "
                    + "\(max(columns.0, columns.1) + 1) were expected.", line: rowLine)
        }
        return true
    }

    /// The code of the present row's first or second chosen field.
    func code(at index: Int, _ column: String, _ coder: inout LabelCoder) throws(MetricsError) -> Int32 {
        let field = index == 0 ? chosen.0 : chosen.1
        guard field.start < field.end else {
            throw MetricsError("The label is missing.", line: rowLine, column: column)
        }
        if field.isEscaped { return coder.code(of: unescaped(field).span) }
        return coder.code(of: bytes.span.extracting(field.start..<field.end))
    }

    private mutating func headerNames() throws(MetricsError) -> [String] {
        var names: [String] = []
        while true {
            let text = String(decoding: unescaped(try readField()), as: UTF8.self)
            names.append(String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
            guard position < bytes.count, bytes[position] == delimiter else { break }
            position += 1
        }
        endLine()
        return names
    }

    private func unescaped(_ field: Field) -> [UInt8] {
        var copy: [UInt8] = []
        var i = field.start
        while i < field.end {
            copy.append(bytes[i])
            i += field.isEscaped && bytes[i] == UInt8(ascii: "\"") ? 2 : 1
        }
        return copy
    }

    /// Reads up to the delimiter, line's end or file's end that follows the field.
    private mutating func readField() throws(MetricsError) -> Field {
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return try readQuotedField() }
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
            position += 1
        }
        return Field(start: start, end: position)
    }

    private mutating func readQuotedField() throws(MetricsError) -> Field {
        let firstLine = line
        var field = Field(start: position + 1)
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

    private mutating func skipBlankLines() {
        while position < bytes.count,
            bytes[position] == UInt8(ascii: "\n") || bytes[position] == UInt8(ascii: "\r")
        {
            endLine()
        }
    }

    /// Steps over LF, CRLF or CR.
    private mutating func endLine() {
        guard position < bytes.count else { return }
        let isCarriageReturn = bytes[position] == UInt8(ascii: "\r")
        position += 1
        if isCarriageReturn, position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
        line += 1
    }
}
