import CNumbers

/// The rows of a table that begin in a range of positions, counted in bytes from the first row.
struct CSVRange {
    let range: Range<Int>
    /// The position of the next chunk.
    private var position = 0
    /// Rows and lines that were left out since the last chunk with rows of the range.
    private var (rows, lines) = (0, 0)

    init(_ range: Range<Int>) { self.range = range }

    var isOver: Bool { position >= range.upperBound }

    /// Leaves only rows of the range in the next chunk, and notes in it how many were left out before them. Returns false if it has none.
    /// A chunk with an invalid row stays whole: its scan reports the row.
    mutating func cut(_ chunk: inout CSVChunk, with scanner: CSVScanner) -> Bool {
        let start = position
        position += chunk.size
        guard start < range.lowerBound || position > range.upperBound, !chunk.isTooLong else {
            return note(&chunk)
        }
        var found = CSVChunk()
        (found.bytes, found.size) = (chunk.bytes, chunk.size)
        scanner.scan(&found)
        guard found.fault == nil else { return note(&chunk) }
        let all = found.rows[..<found.count]
        let first = all.firstIndex { start + $0.begin >= range.lowerBound } ?? found.count
        let end = all.firstIndex { start + $0.begin >= range.upperBound } ?? found.count
        let from = first == 0 ? 0 : first < found.count ? all[first].begin : chunk.size
        rows += first
        lines += chunk.bytes[..<from].count { $0 == UInt8(ascii: "\n") }
        guard first < end else { return false }
        let to = end < found.count ? all[end].begin : chunk.size
        found = CSVChunk()  // The bytes are not shared any more, so that they are moved in place.
        chunk.bytes.removeSubrange(..<from)
        chunk.size = to - from
        return note(&chunk)
    }

    private mutating func note(_ chunk: inout CSVChunk) -> Bool {
        (chunk.skippedRows, chunk.skippedLines) = (rows, lines)
        (rows, lines) = (0, 0)
        return true
    }
}
