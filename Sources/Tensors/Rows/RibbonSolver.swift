/// Solves the equations of one shard of a `RibbonFilter` by Gaussian elimination. Rows are taken in the order of their
/// windows, so that an equation meets only those of nearby windows.
struct RibbonSolver {
    private let shape: RibbonShape
    /// By slot: the equation whose first slot it is, from the slot's block on.
    private var equations: [SIMD8<UInt64>]
    private var fingerprints: [UInt16]
    private var isTaken: [Bool]
    /// The hashes of rows whose equation contradicts the others.
    private(set) var contradicted: [UInt64] = []

    init(_ hashes: ArraySlice<UInt64>, _ shape: RibbonShape) {
        self.shape = shape
        equations = Array(repeating: SIMD8(repeating: 0), count: shape.slots)
        fingerprints = Array(repeating: 0, count: shape.slots)
        isTaken = Array(repeating: false, count: shape.slots)
        for hash in RibbonSolver.byWindow(hashes, shape) { insert(hash) }
    }

    /// Sorts by the window's first block, by counting.
    private static func byWindow(_ hashes: ArraySlice<UInt64>, _ shape: RibbonShape) -> [UInt64] {
        var ends = [Int](repeating: 0, count: shape.blocks + 1)
        for hash in hashes { ends[RibbonKey(hash, in: shape).block + 1] += 1 }
        for block in 1..<ends.count { ends[block] += ends[block - 1] }
        var sorted = [UInt64](repeating: 0, count: hashes.count)
        for hash in hashes {
            let block = RibbonKey(hash, in: shape).block
            sorted[ends[block]] = hash
            ends[block] += 1
        }
        return sorted
    }

    private mutating func insert(_ hash: UInt64) {
        let key = RibbonKey(hash, in: shape)
        var (block, slots, fingerprint) = (key.block, key.slots, key.fingerprint)
        while true {
            if slots[0] == 0 {
                if slots == SIMD8(repeating: 0) {
                    if fingerprint != 0 { contradicted.append(hash) }
                    return
                }
                for index in 0..<7 { slots[index] = slots[index + 1] }
                slots[7] = 0
                block += 1
                continue
            }
            let slot = block << 6 + slots[0].trailingZeroBitCount
            guard isTaken[slot] else {
                (equations[slot], fingerprints[slot], isTaken[slot]) = (slots, fingerprint, true)
                return
            }
            slots ^= equations[slot]
            fingerprint ^= fingerprints[slot]
        }
    }

    /// The ten columns of the solution, one after the other, of `blocks` words each.
    func columns() -> [UInt64] {
        let blocks = shape.blocks
        // A window that begins near the end reaches beyond it, into zeros.
        let stride = blocks + RibbonKey.windowBlocks
        var solution = [UInt64](repeating: 0, count: RibbonFilter.columns * stride)
        for slot in (0..<shape.slots).reversed() {
            // Free slots may have any value; varied ones keep the false positives of each row independent.
            let free = UInt16(truncatingIfNeeded: mixed(UInt64(slot)))
            let block = slot >> 6
            for column in 0..<RibbonFilter.columns {
                var bit = UInt64((isTaken[slot] ? fingerprints[slot] : free) >> UInt16(column) & 1)
                if isTaken[slot] {
                    var window = SIMD8<UInt64>(repeating: 0)
                    for index in 0..<8 { window[index] = solution[column * stride + block + index] }
                    bit ^= parity(window & equations[slot])
                }
                solution[column * stride + block] |= bit << UInt64(slot & 63)
            }
        }
        return (0..<RibbonFilter.columns).flatMap { solution[$0 * stride..<$0 * stride + blocks] }
    }
}
