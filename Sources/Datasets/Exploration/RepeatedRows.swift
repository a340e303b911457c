/// A 64-bit key for each row of text columns: FNV-1a over the fields. Equal rows have equal keys.
public func textRowKeys(_ columns: [[String]], count: Int) -> [UInt64] {
    var keys = [UInt64](repeating: 0xCBF2_9CE4_8422_2325, count: count)
    for column in columns {
        for row in 0..<count {
            var key = keys[row]
            for byte in column[row].utf8 { key = (key ^ UInt64(byte)) &* 0x100_0000_01B3 }
            // Between fields, so that "a", "bc" differs from "ab", "c".
            keys[row] = (key ^ 0xFF) &* 0x100_0000_01B3
        }
    }
    return keys
}

/// Rows that occur more than once.
public struct RepeatedRows: Equatable, Sendable {
    /// Rows that are equal to an earlier one, as pandas' `duplicated` counts them.
    public let repeated: Int
    /// Groups of rows with equal inputs and different labels, and the rows in them.
    public let conflictingGroups, conflictingRows: Int

    /// - Parameter labels: A number for each row's label; nil if there are none.
    public init(keys: [UInt64], labels: [Int]?) {
        var seen: [UInt64: (label: Int, count: Int, conflicts: Bool)] = [:]
        var rows: Set<[UInt64]> = []
        var repeated = 0
        for (row, key) in keys.enumerated() {
            let label = labels?[row] ?? 0
            if !rows.insert([key, UInt64(bitPattern: Int64(label))]).inserted { repeated += 1 }
            if var known = seen[key] {
                known.count += 1
                known.conflicts = known.conflicts || known.label != label
                seen[key] = known
            } else {
                seen[key] = (label, 1, false)
            }
        }
        self.repeated = repeated
        let conflicts = seen.values.filter(\.conflicts)
        (conflictingGroups, conflictingRows) = (conflicts.count, conflicts.reduce(0) { $0 + $1.count })
    }
}

/// The number of rows of one part whose inputs also occur in the other.
public func sharedRows(_ keys: [UInt64], of part: [Int], in other: [Int]) -> Int {
    let known = Set(other.map { keys[$0] })
    return part.count { known.contains(keys[$0]) }
}
