/// Writes a FlatBuffers message front to back: a table has room for the positions of what follows it, which are filled in
/// once that has been written.
struct FlatWriter {
    /// A field of a table. `later` is the position of something written afterwards.
    enum Field {
        case missing
        case byte(UInt8)
        case short(Int16)
        case int(Int32)
        case long(Int64)
        case later

        var size: Int {
            switch self {
            case .missing: 0
            case .byte: 1
            case .short: 2
            case .int, .later: 4
            case .long: 8
            }
        }
    }

    private(set) var bytes: [UInt8] = []

    /// Begins with the root table, and returns the places of its `later` fields, in order.
    mutating func root(_ fields: [Field]) -> [Int] {
        append(UInt32(0))
        return table(fields, for: 0)
    }

    /// Writes a table for the place `owner`, and returns the places of its `later` fields, in order.
    mutating func table(_ fields: [Field], for owner: Int) -> [Int] {
        // The table begins at a multiple of 8, right behind the list of its fields' positions.
        let listSize = 4 + 2 * fields.count
        pad(to: 8, before: listSize)
        var offsets: [UInt16] = []
        var end = 4
        for field in fields {
            guard field.size > 0 else {
                offsets.append(0)
                continue
            }
            end = (end + field.size - 1) / field.size * field.size
            offsets.append(UInt16(end))
            end += field.size
        }
        append(UInt16(listSize))
        append(UInt16(end))
        for offset in offsets { append(offset) }
        let start = bytes.count
        point(owner, to: start)
        bytes += [UInt8](repeating: 0, count: end)
        put(UInt32(listSize), at: start)
        var places: [Int] = []
        for (field, offset) in zip(fields, offsets) {
            let place = start + Int(offset)
            switch field {
            case .missing: break
            case .byte(let value): bytes[place] = value
            case .short(let value): put(value, at: place)
            case .int(let value): put(value, at: place)
            case .long(let value): put(value, at: place)
            case .later: places.append(place)
            }
        }
        return places
    }

    /// Writes a text for the place `owner`.
    mutating func text(_ text: String, for owner: Int) { rawText(Array(text.utf8), for: owner) }

    /// Writes a text of any bytes.
    mutating func rawText(_ text: [UInt8], for owner: Int) {
        pad(to: 4)
        point(owner, to: bytes.count)
        append(UInt32(text.count))
        bytes += text
        bytes.append(0)
    }

    /// Writes a list of positions for the place `owner`, and returns the place of each.
    mutating func list(_ count: Int, for owner: Int) -> [Int] {
        pad(to: 4)
        point(owner, to: bytes.count)
        append(UInt32(count))
        let start = bytes.count
        bytes += [UInt8](repeating: 0, count: 4 * count)
        return (0..<count).map { start + 4 * $0 }
    }

    /// Writes a list of pairs of 64-bit integers for the place `owner`.
    mutating func pairs(_ pairs: [(Int64, Int64)], for owner: Int) {
        pad(to: 8, before: 4)
        point(owner, to: bytes.count)
        append(UInt32(pairs.count))
        for (first, second) in pairs {
            append(first)
            append(second)
        }
    }

    private mutating func point(_ owner: Int, to position: Int) { put(UInt32(position - owner), at: owner) }

    /// Adds zeros until the position `count` bytes further on is a multiple of `size`.
    private mutating func pad(to size: Int, before count: Int = 0) {
        while (bytes.count + count) % size != 0 { bytes.append(0) }
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        bytes += [UInt8](repeating: 0, count: value.bitWidth / 8)
        put(value, at: bytes.count - value.bitWidth / 8)
    }

    private mutating func put<T: FixedWidthInteger>(_ value: T, at place: Int) {
        for index in 0..<T.bitWidth / 8 {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> T(8 * index))
        }
    }
}
