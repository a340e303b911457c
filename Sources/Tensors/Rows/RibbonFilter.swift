/// A set of 64-bit hashes as a static filter: no member is missed, and of other hashes at most 1 in 1,000 is taken for a
/// member (in expectation). It has 10.00 bits a member from 40,000 members on (10.02 at most), and up to 10.04 below.
///
/// It is a ribbon filter (Dillinger and Walzer, "Ribbon filter: practically smaller than Bloom and Xor", 2021) with windows
/// of 512 slots, which leave next to no slot free; rows whose equation cannot be fulfilled are kept as 32-bit hashes.
struct RibbonFilter: Equatable, Sendable {
    let count: Int
    private var shapes: [RibbonShape] = []
    /// By shard, the index of its first word.
    private var starts: [Int] = []
    /// The columns of all shards.
    private var solutions: [UInt64] = []
    /// The highest 32 bits of hashes that the equations do not hold, sorted.
    private var extras: [UInt32] = []

    static let columns = 10
    private static let shardSize = 49_152
    /// The share of rows with nine bits at which the share of false positives is 1 in 1,000.
    private static let largestShareOfNine = 0.0235

    /// - hashes: Distinct, ascending, more than 2,000.
    init(sorted hashes: [UInt64]) {
        count = hashes.count
        let shards = max(1, (count + Self.shardSize / 2) / Self.shardSize)
        var first = 0
        for shard in 0..<shards {
            var end = first
            while end < count, Self.shard(of: hashes[end], among: shards) == shard { end += 1 }
            let shape = RibbonShape(slots: max(end - first + 1, 64 * RibbonKey.windowBlocks))
            let solver = RibbonSolver(hashes[first..<end], shape)
            shapes.append(shape)
            starts.append(solutions.count)
            solutions += solver.columns()
            extras += solver.contradicted.map { UInt32($0 >> 32) }
            first = end
        }
        extras.sort()
        cutTenthColumns()
    }

    /// Leaves out so much of the tenth columns that there are 10 bits a row, as far as false positives allow.
    private mutating func cutTenthColumns() {
        let fixed = 64 * (4 + shapes.count) + 32 * extras.count
        let excess = shapes.reduce(fixed) { $0 + Self.columns * $1.slots } - 10 * count
        let wanted = (excess + 64 * shapes.count - 1) / (64 * shapes.count)
        for (shard, shape) in shapes.enumerated() {
            let most = (Self.largestShareOfNine * Double(shape.slots) - Double(RibbonShape.lead)) / 64
            shapes[shard].cut = max(0, min(wanted, Int(most)))
            // As they are read from a file.
            let column = starts[shard] + (Self.columns - 1) * shape.blocks
            for block in 0..<shapes[shard].cut { solutions[column + block] = 0 }
        }
    }

    @inline(__always)
    private static func shard(of hash: UInt64, among shards: Int) -> Int {
        Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(shards)).high)
    }

    func mark(_ hashes: [UInt64], in marks: inout [Bool]) {
        for row in hashes.indices where contains(hashes[row]) { marks[row] = true }
    }

    private func contains(_ hash: UInt64) -> Bool {
        let shard = Self.shard(of: hash, among: shapes.count)
        let shape = shapes[shard]
        let key = RibbonKey(hash, in: shape)
        var place = starts[shard] + key.block
        for column in 0..<Self.columns {
            if column == Self.columns - 1, key.block < shape.cut { break }
            var window = SIMD8<UInt64>(repeating: 0)
            for index in 0..<8 { window[index] = solutions[place + index] }
            if parity(window & key.slots) != UInt64(key.fingerprint >> UInt16(column) & 1) {
                return isExtra(hash)
            }
            place += shape.blocks
        }
        return true
    }

    private func isExtra(_ hash: UInt64) -> Bool {
        if extras.isEmpty { return false }
        let wanted = UInt32(truncatingIfNeeded: hash >> 32)
        var (low, high) = (0, extras.count)
        while low < high {
            let middle = (low + high) / 2
            if extras[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low < extras.count && extras[low] == wanted
    }
}

extension RibbonFilter {
    /// The number of members; the numbers of shards and extras; each shard's slots and cut; the extras, two a word; then all
    /// columns without a gap between their bits.
    var words: [UInt64] {
        var words = [UInt64(count), UInt64(shapes.count) | UInt64(extras.count) << 32]
        words += shapes.map { UInt64($0.slots) | UInt64($0.cut) << 32 }
        for first in stride(from: 0, to: extras.count, by: 2) {
            let second = first + 1 < extras.count ? extras[first + 1] : 0
            words.append(UInt64(extras[first]) | UInt64(second) << 32)
        }
        var bits = BitWriter()
        for (shard, shape) in shapes.enumerated() {
            for column in 0..<Self.columns {
                let skipped = column == Self.columns - 1 ? shape.cut : 0
                for block in skipped..<shape.blocks {
                    bits.append(
                        solutions[starts[shard] + column * shape.blocks + block],
                        bits: min(64, shape.slots - block * 64))
                }
            }
        }
        return words + bits.words
    }

    /// Nil for words that `words` does not give. The words may be of an untrusted file.
    init?(words: ArraySlice<UInt64>) {
        let words = Array(words)
        guard words.count > 2, let count = Int(exactly: words[0]) else { return nil }
        self.count = count
        let (shards, extraCount) = (Int(words[1] & 0xffff_ffff), Int(words[1] >> 32))
        let header = 2 + shards + (extraCount + 1) / 2
        guard shards > 0, header <= words.count else { return nil }
        var needed = 0
        for word in words[2..<2 + shards] {
            let shape = RibbonShape(slots: Int(word & 0xffff_ffff), cut: Int(word >> 32))
            guard shape.slots >= 64 * RibbonKey.windowBlocks, shape.cut < shape.blocks else { return nil }
            shapes.append(shape)
            needed += Self.columns * shape.slots - 64 * shape.cut
        }
        guard header + (needed + 63) / 64 == words.count else { return nil }
        for index in 0..<extraCount {
            let word = words[2 + shards + index / 2]
            extras.append(UInt32(truncatingIfNeeded: index % 2 == 0 ? word : word >> 32))
        }
        guard zip(extras, extras.dropFirst()).allSatisfy({ $0 <= $1 }) else { return nil }
        var bits = BitReader(words: words, word: header)
        for shape in shapes {
            starts.append(solutions.count)
            for column in 0..<Self.columns {
                for block in 0..<shape.blocks {
                    let isCut = column == Self.columns - 1 && block < shape.cut
                    solutions.append(isCut ? 0 : bits.next(min(64, shape.slots - block * 64)))
                }
            }
        }
    }
}

/// Numbers of up to 64 bits, one after the other.
private struct BitWriter {
    private(set) var words: [UInt64] = []
    private var used = 64

    mutating func append(_ value: UInt64, bits: Int) {
        if used == 64 {
            used = 0
            words.append(0)
        }
        words[words.count - 1] |= value << UInt64(used)
        if used + bits > 64 { words.append(value >> UInt64(64 - used)) }
        used = used + bits > 64 ? used + bits - 64 : used + bits
    }
}

private struct BitReader {
    let words: [UInt64]
    var word: Int
    var used = 0

    init(words: [UInt64], word: Int) { (self.words, self.word) = (words, word) }

    mutating func next(_ bits: Int) -> UInt64 {
        if used == 64 { (used, word) = (0, word + 1) }
        var value = words[word] >> UInt64(used)
        if used + bits > 64 {
            value |= words[word + 1] << UInt64(64 - used)
            (used, word) = (used + bits - 64, word + 1)
        } else {
            used += bits
        }
        return bits == 64 ? value : value & (1 << UInt64(bits) - 1)
    }
}
