import Base
import CNumbers

/// The columns to read from each row, as numbers or as text.
struct CSVPlan: Sendable {
    let file: String
    let header: CSVHeader
    let numbers, texts: Int
    /// The action for each field of a row, as the C scanner expects it.
    let slots: [Int32]
    /// True if missing numbers are NaN, and truth values may stand among numbers.
    let missingAsNaN: Bool
    /// For tests: uses only the baseline vector instructions of the platform.
    var portable = false

    init(
        file: String, header: CSVHeader, numbers: [String], texts: [String], missingAsNaN: Bool = false,
        othersAsTexts: Bool = false
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
        var textCount = texts.count
        if othersAsTexts {
            for field in slots.indices where slots[field] == -1 {
                slots[field] = Int32(-2 - textCount)
                textCount += 1
            }
        }
        self.slots = slots
        (self.file, self.header, self.missingAsNaN) = (file, header, missingAsNaN)
        (self.numbers, self.texts) = (numbers.count, textCount)
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
            let isComment = [bytes.first, header.bytes.first].contains(UInt8(ascii: "#"))
            return bad(
                nil, "\(header.names.count) fields, as in the first line", "\(field)",
                isComment
                    ? "If # begins a comment, write `comment: \"#\"` in the recipe, or `--comment \"#\"`."
                    : "Correct the row. A field that contains the delimiter needs quotes.")
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
