import CNumbers
import Tensors

/// A block of consecutive table rows. `CSVReader.read(into:)` fills it; refilling reuses its memory.
public struct CSVChunk: Sendable {
    /// The number of rows.
    public internal(set) var count = 0
    /// The number of the first row in the table, counted from 1.
    public internal(set) var firstRow = 1
    /// The numeric columns in the requested order, row-major. Only the first `count × columns` values belong
    /// to this chunk.
    public internal(set) var numbers: [Float] = []
    /// The number of numeric columns.
    public internal(set) var columns = 0

    var textColumns = 0
    /// Only the first `size` bytes belong to this chunk.
    var bytes: [UInt8] = []
    var size = 0
    var rows: [cn_range] = []
    var texts: [cn_range] = []

    /// The number of line ends.
    var lines = 0
    /// The kinds of bytes in the chunk that need a closer look, as `cn_not_ascii`.
    var kinds = 0
    /// The number of true and false in each numeric column.
    var booleans: [UInt32] = []
    /// True if a numeric column of the chunk has true or false.
    var hasBooleans = false
    /// The rows and lines between the last chunk and this one that are not to be read.
    var skippedRows = 0
    var skippedLines = 0
    /// True if the chunk is one row without an end within `CSVSource.longestRow` bytes.
    var isTooLong = false
    /// The error in the row after the last valid one, if any.
    var fault: Fault?

    enum Fault: Sendable {
        /// The scan's result, and the bytes of the field, truncated for a message.
        case scan(cn_csv_result, [UInt8])
        /// The position of a byte that is no text.
        case text(Int)
        /// The number column that has both numbers and booleans.
        case booleans(Int)
    }

    public init() {}

    /// The bytes of a row as in the table, including quotes, without the line end.
    public func row(_ index: Int) -> ArraySlice<UInt8> {
        precondition(index < count)
        return bytes[rows[index].begin..<rows[index].end]
    }

    /// The content of a text column in a row; `column` is an index into the requested text columns.
    public func text(_ index: Int, column: Int = 0) -> String {
        String(decoding: field(index, column: column), as: UTF8.self)
    }

    private func field(_ index: Int, column: Int) -> ArraySlice<UInt8> {
        precondition(index < count && column < textColumns)
        let place = texts[index * textColumns + column]
        return unquoted(bytes[place.begin..<place.end])
    }

    /// Returns the content of a text column in some rows, or in all.
    public func texts(column: Int, rows: [Int]? = nil) -> Texts {
        precondition(column < textColumns)
        if rows == nil, let texts = plainTexts(column) { return texts }
        var texts = Texts()
        texts.reserve(rows?.count ?? count)
        func add(_ row: Int) {
            let place = self.texts[row * textColumns + column]
            if place.begin < place.end, bytes[place.begin] != UInt8(ascii: "\"") {
                texts.append(bytes.span.extracting(place.begin..<place.end))
            } else {
                texts.append(field(row, column: column))
            }
        }
        if let rows { for row in rows { add(row) } } else { for row in 0..<count { add(row) } }
        return texts
    }

    /// The content of a text column in all rows; nil if a field has quotes.
    private func plainTexts(_ column: Int) -> Texts? {
        guard count > 0 else { return Texts() }
        return unsafe bytes.withUnsafeBytes { buffer in
            unsafe texts.withUnsafeBufferPointer { texts in
                let text = unsafe buffer.bindMemory(to: CChar.self).baseAddress
                let fields = unsafe texts.baseAddress! + column
                let length = unsafe Int(cn_fields_size(text, fields, count, textColumns))
                if length < 0 { return nil }
                return unsafe Texts(count: count, size: length, room: 32) { bytes, ends in
                    unsafe cn_fields_copy(
                        text, buffer.count, fields, count, textColumns, bytes, ends)
                }
            }
        }
    }

    /// Passes the content of all requested text columns to `body`, row by row, as raw bytes, which may be
    /// invalid UTF-8. Faster than creating a string for each field.
    public func eachText<E: Error>(
        _ body: (_ row: Int, _ column: Int, _ bytes: Span<UInt8>) throws(E) -> Void
    ) throws(E) {
        let all = bytes.span
        func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte != UInt8(ascii: "\"") }
        for row in 0..<count {
            for column in 0..<textColumns {
                let place = texts[row * textColumns + column]
                if place.begin < place.end, isPlain(all[place.begin]), isPlain(all[place.end - 1]) {
                    try body(row, column, all.extracting(place.begin..<place.end))
                } else {
                    try body(row, column, field(row, column: column).span)
                }
            }
        }
    }
}
