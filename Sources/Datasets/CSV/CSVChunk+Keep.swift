import CNumbers

extension CSVChunk {
    /// The chunk's rows with no fields, for rows of new columns alone.
    public func withoutFields() -> CSVChunk {
        var bare = self
        for row in 0..<count { bare.rows[row].begin = rows[row].end }
        return bare
    }

    /// The chunk with some columns alone: those that `keys` reads as texts, in its order. Fields keep their bytes, and rows
    /// their line ends.
    public func keeping(_ keys: CSVScanner) -> CSVChunk {
        var found = CSVChunk()
        (found.bytes, found.size) = (bytes, size)
        keys.scan(&found)
        let columns = found.textColumns
        var kept = CSVChunk()
        kept.textColumns = columns
        kept.rows.reserveCapacity(count)
        kept.texts.reserveCapacity(count * columns)
        // This scan cannot fail earlier than that of the numbers did.
        for row in 0..<min(count, found.count) {
            let begin = kept.bytes.count
            for column in 0..<columns {
                if column > 0 { kept.bytes.append(keys.plan.header.delimiter) }
                let place = found.texts[row * columns + column]
                let start = kept.bytes.count
                kept.bytes += bytes[place.begin..<place.end]
                kept.texts.append(cn_range(begin: start, end: kept.bytes.count))
            }
            kept.rows.append(cn_range(begin: begin, end: kept.bytes.count))
            let end = found.rows[row].end
            if end < size, bytes[end] == UInt8(ascii: "\r") { kept.bytes.append(UInt8(ascii: "\r")) }
            if end < size { kept.bytes.append(UInt8(ascii: "\n")) }
        }
        kept.count = kept.rows.count
        kept.size = kept.bytes.count
        return kept
    }
}
