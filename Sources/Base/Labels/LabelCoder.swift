/// Numbers labels in the order of their first occurrence: a hash table over their UTF-8 bytes.
///
/// Labels are equal if their bytes are, as in Python. Swift's `==` treats composed and decomposed "é" as
/// equal.
public struct LabelCoder: Sendable {
    /// By code.
    private var labels: [Label] = []
    /// An open-addressing hash table of codes, -1 if free. Its size is a power of two.
    private var slots = [Int32](repeating: -1, count: 64)
    /// The bytes of labels longer than 8 bytes.
    private var longBytes: [UInt8] = []

    private struct Label: Sendable {
        /// The bytes of a label of up to 8 bytes; otherwise a hash.
        var key: UInt64
        var length: Int
        /// The offset in `longBytes`, if longer than 8.
        var start: Int
    }

    public init() {}

    public var count: Int { labels.count }

    /// Returns the label's code, a new one if necessary.
    public mutating func code(of bytes: Span<UInt8>) -> Int32 {
        let key = bytes.count <= 8 ? packed(bytes) : hash(bytes)
        let place = slot(of: key, bytes)
        if slots[place] >= 0 { return slots[place] }

        let code = Int32(labels.count)
        labels.append(Label(key: key, length: bytes.count, start: longBytes.count))
        if bytes.count > 8 { for i in 0..<bytes.count { longBytes.append(bytes[i]) } }
        slots[place] = code
        if labels.count * 2 > slots.count { grow() }
        return code
    }

    /// Returns the label's bytes.
    public func bytes(of code: Int32) -> [UInt8] {
        let label = labels[Int(code)]
        if label.length > 8 { return Array(longBytes[label.start..<label.start + label.length]) }
        return (0..<label.length).map { UInt8(truncatingIfNeeded: label.key >> (8 * $0)) }
    }

    /// The slot of the label, or the free slot for it.
    private func slot(of key: UInt64, _ bytes: Span<UInt8>) -> Int {
        var place = home(of: key, length: bytes.count)
        while slots[place] >= 0 {
            let label = labels[Int(slots[place])]
            if label.key == key && label.length == bytes.count
                && (label.length <= 8 || equal(bytes, from: label.start))
            {
                return place
            }
            place = (place + 1) & (slots.count - 1)
        }
        return place
    }

    private func home(of key: UInt64, length: Int) -> Int {
        let mixed =
            (key ^ UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: (mixed ^ mixed >> 32)) & (slots.count - 1)
    }

    private func equal(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        for i in 0..<bytes.count where bytes[i] != longBytes[start + i] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (code, label) in labels.enumerated() {
            var place = home(of: label.key, length: label.length)
            while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
            slots[place] = Int32(code)
        }
    }
}

private func packed(_ bytes: Span<UInt8>) -> UInt64 {
    var key: UInt64 = 0
    var i = bytes.count
    while i > 0 {
        i -= 1
        key = key << 8 | UInt64(bytes[i])
    }
    return key
}

/// FNV-1a (Fowler, Noll, Vo).
private func hash(_ bytes: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for i in 0..<bytes.count { hash = (hash ^ UInt64(bytes[i])) &* 0x0000_0100_0000_01B3 }
    return hash
}
