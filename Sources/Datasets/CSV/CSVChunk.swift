import CNumbers

/// Some consecutive rows of a table. Fill it with `CSVReader.read(into:)`; filled again, it uses its memory again.
public struct CSVChunk: Sendable {
    /// Rows in it.
    public internal(set) var count = 0
    /// The first row's number in the table, counted from 1.
    public internal(set) var firstRow = 1
    /// The numeric columns, in the order in which they were asked for. Row-major: the first `count × columns` are
    /// the chunk's, the others left over from before.
    public internal(set) var numbers: [Float] = []
    /// Numeric columns in each row.
    public internal(set) var columns = 0

    var textColumns = 0
    /// The first `size` are the chunk's, the others left over.
    var bytes: [UInt8] = []
    var size = 0
    var rows: [cn_range] = []
    var texts: [cn_range] = []

    /// Line ends in it.
    var lines = 0
    /// It is one row, of which there is no end in sight.
    var isTooLong = false
    /// What is wrong with the row behind the last, if anything is.
    var fault: Fault?

    struct Fault: Sendable {
        var result: cn_csv_result
        /// The field's, or as many as a message has room for.
        var bytes: [UInt8]
    }

    public init() {}

    /// A row's bytes as they stand in the table, quotes and all, without the line's end.
    public func row(_ index: Int) -> ArraySlice<UInt8> {
        precondition(index < count)
        return bytes[rows[index].begin..<rows[index].end]
    }

    /// A row's content in a column that was asked for as text, counted among those.
    public func text(_ index: Int, column: Int = 0) -> String {
        String(decoding: field(index, column: column), as: UTF8.self)
    }

    private func field(_ index: Int, column: Int) -> ArraySlice<UInt8> {
        precondition(index < count && column < textColumns)
        let place = texts[index * textColumns + column]
        return unquoted(bytes[place.begin..<place.end])
    }

    /// The contents of all columns that were asked for as text, row by row, as they stand in the table, which may be no UTF-8.
    /// Faster than a string for each.
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
