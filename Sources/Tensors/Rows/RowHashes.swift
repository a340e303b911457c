/// The rows that a model was trained on, as hashes: whether a row is among them can be asked, but the rows cannot be read.
///
/// Up to 10,000 distinct rows are the sorted hashes. More are a filter of about 10 bits a row, which takes fewer than 1 in
/// 1,000 other rows for one of these, and never misses one.
public struct RowHashes: Equatable, Sendable {
    private enum Form: Equatable, Sendable {
        case list(SortedHashes)
        case filter(RibbonFilter)
    }
    private let form: Form

    public static let largestList = 10_000

    /// - hashes: Of `rowHashes`, in any order; equal ones count once.
    public init(_ hashes: [UInt64]) {
        var distinct = hashes
        distinct.sort()
        var kept = 0
        for index in distinct.indices where index == 0 || distinct[index] != distinct[kept - 1] {
            distinct[kept] = distinct[index]
            kept += 1
        }
        distinct.removeLast(distinct.count - kept)
        form =
            kept <= Self.largestList
            ? .list(SortedHashes(distinct)) : .filter(RibbonFilter(sorted: distinct))
    }

    /// The share of other rows that are found by chance: 0 for a list, 1 in 1,000 for a filter.
    public var errorRate: Double { if case .filter = form { 0.001 } else { 0 } }

    /// The number of distinct rows.
    public var count: Int {
        switch form {
        case .list(let list): list.hashes.count
        case .filter(let filter): filter.count
        }
    }

    /// True if no row is wrongly taken for one of these but by two rows with one hash.
    public var isExact: Bool { if case .list = form { true } else { false } }

    /// Sets the elements of `marks` whose hashes are among these.
    public func mark(_ hashes: [UInt64], in marks: inout [Bool]) {
        precondition(marks.count == hashes.count, "a mark for each hash")
        switch form {
        case .list(let list):
            for row in hashes.indices where list.contains(hashes[row]) { marks[row] = true }
        case .filter(let filter): filter.mark(hashes, in: &marks)
        }
    }

    /// The form in a model file: a word with the kind, then the list or the filter.
    public var words: [UInt64] {
        switch form {
        case .list(let list): [1] + list.hashes
        case .filter(let filter): [2] + filter.words
        }
    }

    /// Nil for words that `words` does not give.
    public init?(words: [UInt64]) {
        switch words.first {
        case 1:
            let hashes = Array(words.dropFirst())
            guard hashes.count <= Self.largestList, zip(hashes, hashes.dropFirst()).allSatisfy({ $0 < $1 })
            else {
                return nil
            }
            form = .list(SortedHashes(hashes))
        case 2:
            guard let filter = RibbonFilter(words: words.dropFirst()) else { return nil }
            form = .filter(filter)
        default: return nil
        }
    }
}

/// Sorted hashes, with the place where each value of their highest bits begins.
private struct SortedHashes: Equatable, Sendable {
    let hashes: [UInt64]
    private let starts: [Int32]
    private static let bits = 12

    init(_ hashes: [UInt64]) {
        self.hashes = hashes
        var starts = [Int32](repeating: 0, count: 1 << Self.bits + 1)
        for hash in hashes { starts[Int(hash >> (64 - UInt64(Self.bits))) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        self.starts = starts
    }

    func contains(_ hash: UInt64) -> Bool {
        let prefix = Int(hash >> (64 - UInt64(Self.bits)))
        var place = Int(starts[prefix])
        let end = Int(starts[prefix + 1])
        while place < end, hashes[place] < hash { place += 1 }
        return place < end && hashes[place] == hash
    }
}
