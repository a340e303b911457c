/// The equation of one row in a `RibbonFilter`: the parity of the marked slots in a window is the row's fingerprint.
struct RibbonKey {
    /// The first block of the window. A block has 64 slots.
    let block: Int
    /// The marked slots of the window's eight blocks.
    let slots: SIMD8<UInt64>
    /// Ten bits, one for each column.
    let fingerprint: UInt16

    static let windowBlocks = 8

    /// - shape: The shard that the row belongs to.
    @inline(__always)
    init(_ hash: UInt64, in shape: RibbonShape) {
        let key = mixed(hash ^ 0x5851_f42d_4c95_7f2d)
        // The window lies around a place in proportion to the key, but within the shard: the windows at both ends hold
        // as many rows as those between, so that no slots stay free at the end.
        let place = Int(truncatingIfNeeded: key.multipliedFullWidth(by: UInt64(shape.slots)).high)
        block = min(max(0, place - RibbonShape.lead) >> 6, shape.blocks - RibbonKey.windowBlocks)
        var slots = SIMD8<UInt64>(repeating: 0)
        var state = key ^ hash
        for index in 0..<8 {
            state &+= 0x9e37_79b9_7f4a_7c15
            let product = state.multipliedFullWidth(by: state ^ 0xe703_7ed1_a0b4_28db)
            slots[index] = product.high ^ product.low
        }
        if block == shape.blocks - RibbonKey.windowBlocks { slots[7] &= shape.lastBlock }
        self.slots = slots
        fingerprint = UInt16(truncatingIfNeeded: mixed(state) & 1023)
    }
}

/// The size of a shard of a `RibbonFilter`.
struct RibbonShape: Equatable, Sendable {
    let slots: Int
    /// The tenth column lacks the first so many blocks: rows with windows that begin there have nine bits.
    var cut = 0

    /// Half a window, less half a block.
    static let lead = 224

    var blocks: Int { (slots + 63) >> 6 }
    /// The slots that the last block has.
    var lastBlock: UInt64 { slots & 63 == 0 ? .max : 1 << UInt64(slots & 63) - 1 }
}

@inline(__always)
func parity(_ bits: SIMD8<UInt64>) -> UInt64 {
    let four = bits.lowHalf ^ bits.highHalf
    let two = four.lowHalf ^ four.highHalf
    return UInt64(truncatingIfNeeded: (two[0] ^ two[1]).nonzeroBitCount & 1)
}
