import Base
import CNumbers

extension CSVChunk {
    /// The chunk with a quote before each text that a spreadsheet would run as a formula; see `CSVGuard`. All columns that are
    /// not read as numbers must have been selected as texts. Where there is nothing to guard, which the first byte of a
    /// field tells, it is this chunk.
    public func guardingTexts() -> CSVChunk {
        let places = placesToGuard()
        if places.isEmpty { return self }
        var guarded = self
        guarded.bytes = []
        guarded.bytes.reserveCapacity(size + places.count)
        var (from, next) = (0, 0)
        for row in 0..<count {
            let (begin, end) = (rows[row].begin, rows[row].end)
            guarded.rows[row].begin = begin + next
            while next < places.count, places[next] < end {
                guarded.bytes += bytes[from..<places[next]]
                guarded.bytes.append(UInt8(ascii: "'"))
                from = places[next]
                next += 1
            }
            guarded.rows[row].end = end + next
        }
        guarded.bytes += bytes[from..<size]
        guarded.size = guarded.bytes.count
        return guarded
    }

    /// The positions before which a quote belongs, in order.
    private func placesToGuard() -> [Int] {
        var places: [Int] = []
        let all = bytes.span
        for index in 0..<count * textColumns {
            let place = texts[index]
            var begin = place.begin
            guard begin < place.end else { continue }
            if all[begin] == UInt8(ascii: "\""), begin + 1 < place.end { begin += 1 }
            if CSVGuard.mayBeNeeded(all[begin]), CSVGuard.isNeeded(unquoted(bytes[place.begin..<place.end])) {
                places.append(begin)
            }
        }
        return places.sorted()
    }
}

extension CSVHeader {
    /// The bytes of the line, with a quote before each name that a spreadsheet would run as a formula.
    public var guardedBytes: [UInt8] {
        let fields = CSVHeader.fields(of: bytes, delimiter: delimiter)
        guard fields.contains(where: { CSVGuard.isNeeded(unquoted($0[...])) }) else { return bytes }
        let guarded = fields.map { field -> [UInt8] in
            guard CSVGuard.isNeeded(unquoted(field[...])) else { return field }
            let start = field.first == UInt8(ascii: "\"") ? 1 : 0
            return field[..<start] + [UInt8(ascii: "'")] + field[start...]
        }
        return Array(guarded.joined(separator: [delimiter]))
    }
}
