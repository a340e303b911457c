import Base
import CNumbers

/// The columns to read from each row, as numbers or as text.
struct CSVPlan: Sendable {
    let file: String
    let header: CSVHeader
    let numbers, texts: Int
    /// The action for each field of a row, as the C scanner expects it.
    let slots: [Int32]
    private let missingAsNaN: Bool
    /// For tests: uses only the baseline vector instructions of the platform.
    var portable = false

    init(
        file: String, header: CSVHeader, numbers: [String], texts: [String], missingAsNaN: Bool = false
    ) throws(CellarError) {
        var slots = [Int32](repeating: -1, count: header.names.count)
        var columns = NamePositions(header.names)
        func place(_ names: [String], _ slot: (Int) -> Int) throws(CellarError) {
            for (position, name) in names.enumerated() {
                let field = try header.index(of: name, in: &columns, file: file)
                guard slots[field] == -1 else {
                    throw CellarError(
                        .usage, file: file, column: header.names[field], expected: "each column once",
                        found: "a duplicate", fix: "Remove the duplicate.")
                }
                slots[field] = Int32(slot(position))
            }
        }
        try place(numbers) { $0 }
        try place(texts) { -2 - $0 }
        self.slots = slots
        (self.file, self.header, self.missingAsNaN) = (file, header, missingAsNaN)
        (self.numbers, self.texts) = (numbers.count, texts.count)
    }

    /// Reads every column as text, including unnamed columns and duplicate names.
    init(allTextsOf header: CSVHeader, file: String) {
        slots = header.names.indices.map { Int32(-2 - $0) }
        (self.file, self.header, missingAsNaN) = (file, header, false)
        (numbers, texts) = (0, header.names.count)
    }

    /// The position of a scan: the next row and line, counted from 1.
    struct Position: Sendable {
        var row = 1
        var line: Int
    }

    /// Scans the complete rows in the first `size` of `bytes`. The outputs must be large enough.
    func scan(
        _ bytes: [UInt8], size: Int, floats: inout [Float], texts: inout [cn_range], rows: inout [cn_range],
        booleans: inout [UInt32]
    ) -> cn_csv_result {
        precondition(floats.count >= rows.count * numbers)
        return unsafe floats.withUnsafeMutableBytes { values in
            unsafe scan(
                bytes, 0..<size, last: true, wide: false, values.baseAddress, &texts, &rows, &booleans)
        }
    }

    /// Scans complete rows of `bytes[place]` until an output is full, and advances `position`. `last` means
    /// that no bytes follow. Returns the number of rows and bytes.
    func scan(
        _ bytes: [UInt8], _ place: Range<Int>, last: Bool, doubles: inout [Double], texts: inout [cn_range],
        rows: inout [cn_range], booleans: inout [UInt32], position: inout Position
    ) throws(CellarError) -> (rows: Int, bytes: Int) {
        precondition(doubles.count >= rows.count * numbers)
        let result = unsafe doubles.withUnsafeMutableBytes { values in
            unsafe scan(bytes, place, last: last, wide: true, values.baseAddress, &texts, &rows, &booleans)
        }
        guard result.status == cn_csv_ok else {
            let start = place.lowerBound
            let field = start + result.place.begin..<start + result.place.end
            throw error(result, Array(bytes[field].prefix(60)), position)
        }
        position.row += result.rows
        position.line += result.lines
        return (result.rows, result.consumed)
    }

    private func scan(
        _ bytes: [UInt8], _ place: Range<Int>, last: Bool, wide: Bool, _ values: UnsafeMutableRawPointer?,
        _ texts: inout [cn_range], _ rows: inout [cn_range], _ booleans: inout [UInt32]
    ) -> cn_csv_result {
        precondition(place.upperBound <= bytes.count && texts.count >= rows.count * self.texts)
        precondition(booleans.count >= numbers)
        var result = cn_csv_result()
        let capacity = rows.count
        unsafe slots.withUnsafeBufferPointer { slots in
            unsafe bytes.withUnsafeBytes { bytes in
                var plan = unsafe cn_csv_plan(
                    delimiter: CChar(bitPattern: header.delimiter), wide: wide, missing_as_nan: missingAsNaN,
                    portable: portable, fields: Int32(slots.count), numbers: Int32(numbers),
                    texts: Int32(self.texts),
                    slots: slots.baseAddress)
                let start = unsafe bytes.baseAddress?.advanced(by: place.lowerBound)
                    .assumingMemoryBound(to: CChar.self)
                unsafe cn_csv_scan(
                    &plan, start, place.count, last, capacity, values, &texts, &rows, &booleans, &result)
            }
        }
        return result
    }

    /// Converts a scan's error. `bytes` is the field; `position` is the start of the scan.
    func error(_ result: cn_csv_result, _ bytes: [UInt8], _ position: Position) -> CellarError {
        let row = position.row + result.rows
        let line = position.line + result.lines_to_error
        let field = Int(result.field)
        let column = field < header.names.count ? header.names[field] : nil
        let shown = "\"" + String(decoding: unquoted(bytes[...]).prefix(40), as: UTF8.self) + "\""
        func bad(_ column: String?, _ expected: String, _ found: String, _ fix: String) -> CellarError {
            CellarError(
                .badData, file: file, row: row, line: line, column: column, expected: expected, found: found,
                fix: fix)
        }
        switch result.status {
        case cn_csv_fields:
            return bad(
                nil, "\(header.names.count) fields, as in the first line", "\(field)",
                "Correct the row. A field that contains the delimiter needs quotes.")
        case cn_csv_after_quote:
            return bad(
                column, "a delimiter after the closing quote", "more text", "Double each quote within quotes."
            )
        case cn_csv_open_quote:
            return bad(column, "a closing quote", "the end of the file", "Close the quote.")
        default:
            break
        }
        switch result.outcome {
        case cn_missing where unquoted(bytes[...]).isEmpty:
            return bad(column, "a number", "an empty field", "Add the value, or remove the row.")
        case cn_missing:
            return bad(column, "a number", "the missing value \(shown)", "Add the value, or remove the row.")
        case cn_not_finite:
            return bad(column, "a finite number", shown, "Correct it, or remove the row.")
        case cn_too_large:
            return bad(
                column, "a number within the range of the type", shown, "Correct it, or scale the column.")
        default:
            let comma = bytes.contains(UInt8(ascii: ","))
            return bad(
                column, "a number", shown,
                comma
                    ? "Write decimals with a point. Thousands have no sign."
                    : "Correct it, or remove the row.")
        }
    }
}

extension CSVPlan {
    /// The error about the byte at `place`, which is NUL or no UTF-8. `position` is the start of `bytes`.
    func invalidText(
        _ bytes: [UInt8], size: Int, at place: Int, _ position: Position
    ) -> CellarError {
        let found = field(at: place, of: bytes, size: size)
        let isNUL = bytes[place] == 0
        return CellarError(
            .badData, file: file, row: position.row + found.row, line: position.line + found.lines,
            column: found.column, expected: isNUL ? "text" : "text in UTF-8",
            found: isNUL ? "a NUL byte" : "the byte \(hex([bytes[place]][...]))",
            fix: isNUL
                ? "Correct the file." : "Save the table as UTF-8, for example `iconv -f latin1 -t utf-8`.")
    }

    /// The error about true and false among numbers in a number column; the rows begin at `position`.
    func mixedBooleans(
        _ bytes: [UInt8], _ place: Range<Int>, column: Int, _ position: Position
    ) -> CellarError {
        let field = slots.firstIndex(of: Int32(column)) ?? 0
        let name = header.names[field]
        var error = CellarError(
            .badData, file: file, column: name,
            expected: "only numbers, or only True and False, in a column", found: "both",
            fix: "Write 1 and 0 for True and False.")
        guard let plan = try? CSVPlan(file: file, header: header, numbers: [], texts: [name]) else {
            return error
        }
        var (texts, rows) = ([cn_range()], [cn_range()])
        var (none, start, first) = ([Double](), place.lowerBound, Bool?.none)
        var (booleans, at) = ([UInt32](), position)
        while start < place.upperBound {
            let row = at
            guard
                let found = try? plan.scan(
                    bytes, start..<place.upperBound, last: true, doubles: &none, texts: &texts, rows: &rows,
                    booleans: &booleans, position: &at),
                found.rows == 1
            else { return error }
            let isBoolean = isBoolean(bytes[start + texts[0].begin..<start + texts[0].end])
            if let first, first != isBoolean {
                (error.place.row, error.place.line) = (row.row, at.line - 1)
                return error
            }
            first = isBoolean
            start += found.bytes
        }
        return error
    }

    private func isBoolean(_ field: ArraySlice<UInt8>) -> Bool {
        ["true", "false"].contains(String(decoding: unquoted(field), as: UTF8.self).lowercased())
    }

    /// Returns the row, counted from 0, the line ends before it, and the column of a byte.
    private func field(at place: Int, of bytes: [UInt8], size: Int) -> (row: Int, lines: Int, column: String?)
    {
        let plan = CSVPlan(allTextsOf: header, file: file)
        var texts = [cn_range](repeating: cn_range(), count: header.names.count)
        var (rows, none, booleans) = ([cn_range()], [Double](), [UInt32]())
        var (start, at) = (0, Position(line: 0))
        while start < size {
            let before = at
            guard
                let found = try? plan.scan(
                    bytes, start..<size, last: true, doubles: &none, texts: &texts, rows: &rows,
                    booleans: &booleans, position: &at), found.rows == 1
            else { return (before.row - 1, before.line, nil) }
            if place < start + found.bytes {
                let column = texts.firstIndex { $0.begin + start <= place && place < $0.end + start }
                return (before.row - 1, at.line - 1, column.map { header.names[$0] })
            }
            start += found.bytes
        }
        return (at.row - 1, at.line, nil)
    }
}
