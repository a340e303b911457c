import Base

extension RowDivision {
    /// Numbers of rows, counted from 0, each part in the order in which it is to be used.
    public struct Rows: Equatable, Sendable {
        public var train: [Int]
        public var validation, test: [Int]?
    }

    /// - classes: Each row's class, in the order of the sorted classes; only asked for where the parts are stratified.
    /// - hashes: Each row's hash; only asked for where equal rows stay together.
    public func rows(
        _ count: Int, classes: () -> [Int]?, hashes: () throws(CellarError) -> [UInt64]
    ) throws(CellarError) -> Rows {
        let classes = stratify ? classes() : nil
        guard keepsDuplicatesTogether else { return try rows(count, classes) }
        guard firstValidate == nil, lastValidate == nil else {
            throw CellarError(
                .usage, expected: "validation rows from split, as equal rows stay together",
                found: firstValidate == nil ? "validation_split" : "validation: first",
                fix: "Write split: { validation: 0.25, group: duplicates }.")
        }
        var members: [[Int]] = []
        var groups: [UInt64: Int] = [:]
        for (row, hash) in try hashes().enumerated() {
            if let group = groups[hash] {
                members[group].append(row)
            } else {
                groups[hash] = members.count
                members.append([row])
            }
        }
        // A group has the class of its first row.
        let parts = try rows(members.count, classes.map { classes in members.map { classes[$0[0]] } })
        func all(_ groups: [Int]) -> [Int] { groups.flatMap { members[$0] } }
        return Rows(train: all(parts.train), validation: parts.validation.map(all), test: parts.test.map(all))
    }

    private func rows(_ count: Int, _ classes: [Int]?) throws(CellarError) -> Rows {
        var found = Rows(train: Array(0..<count))
        guard !stratify || classes != nil else {
            throw CellarError(
                .usage, expected: "class labels for a stratified split",
                found: "numeric targets", fix: "Remove stratify.")
        }
        func take(_ size: SplitSize) throws(CellarError) -> [Int] {
            let parts = try trainTestSplit(
                count: found.train.count, testSize: size, randomState: randomState,
                stratify: classes.map { classes in found.train.map { classes[$0] } }, shuffle: shuffle)
            defer { found.train = parts.train.map { found.train[$0] } }
            return parts.test.map { found.train[$0] }
        }
        if let test { found.test = try take(test) }
        if let validation { found.validation = try take(validation) }
        if let first = firstValidate {
            guard first < found.train.count else {
                throw CellarError(
                    .usage,
                    expected: "fewer validation rows than the \(found.train.count) training rows",
                    found: "\(first)", fix: "Use a smaller number.")
            }
            found.validation = Array(found.train.prefix(first))
            found.train.removeFirst(first)
        }
        if let share = lastValidate {
            let kept = validationStart(of: found.train.count, share: share)
            guard kept > 0, kept < found.train.count else {
                throw CellarError(
                    .usage, expected: "a validation_split with rows in both parts",
                    found: "\(share) of \(found.train.count) rows", fix: "Use more data or another fraction.")
            }
            found.validation = Array(found.train[kept...])
            found.train.removeLast(found.train.count - kept)
        }
        return found
    }
}

/// The first row of Keras' validation_split: floor(n · (1 − share)).
public func validationStart(of count: Int, share: Double) -> Int { Int(Double(count) * (1 - share)) }
