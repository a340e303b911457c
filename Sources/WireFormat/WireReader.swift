/// Reads the fields of a protocol buffers message, one after the other. What it cannot read is nil, and ends it.
public struct WireReader {
    public enum Value: Equatable, Sendable {
        case number(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// The bytes of a text, a message or packed numbers.
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>
    /// True if the message ended within a field, or has a field of an unknown kind.
    public private(set) var isDamaged = false

    public init(_ message: ArraySlice<UInt8>) { rest = message }

    /// Returns the next field; nil at the end of the message and where it is damaged.
    public mutating func next() -> (field: Int, value: Value)? {
        guard !rest.isEmpty, !isDamaged else { return nil }
        guard let key = varint(), key >> 3 > 0, key >> 3 < 1 << 29 else { return damaged() }
        let field = Int(key >> 3)
        switch key & 7 {
        case 0: return varint().map { (field, .number($0)) } ?? damaged()
        case 1: return fixed(8).map { (field, .fixed64($0)) } ?? damaged()
        case 2:
            guard let count = varint(), count <= UInt64(rest.count) else { return damaged() }
            let bytes = rest.prefix(Int(count))
            rest = rest.dropFirst(Int(count))
            return (field, .bytes(bytes))
        case 5: return fixed(4).map { (field, .fixed32(UInt32(truncatingIfNeeded: $0))) } ?? damaged()
        default: return damaged()
        }
    }

    private mutating func damaged() -> (field: Int, value: Value)? {
        isDamaged = true
        return nil
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for place in 0..<10 {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << (7 * UInt64(place))
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func fixed(_ count: Int) -> UInt64? {
        guard rest.count >= count else { return nil }
        let value = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(count)
        return value
    }
}
