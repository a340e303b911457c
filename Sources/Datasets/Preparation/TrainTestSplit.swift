import Base

/// Rows to train on and rows to test with, each in the order in which they are to be used.
public struct Split: Equatable, Sendable {
    public var train, test: [Int]
}

/// Splits the rows 0..<count like scikit-learn's `train_test_split`: the same rows in the same order for the
/// same `random_state`.
///
/// - Parameters:
///   - testSize: Nil takes the complement of `trainSize`, or a quarter if that is nil too. A fraction is
///     rounded up.
///   - trainSize: Nil takes the complement of `testSize`. A fraction is rounded down.
///   - randomState: NumPy's seed. Nil draws one at random.
///   - stratify: Each row's class, as numbers in the order of the sorted classes (`LabelColumn`). Both parts
///     then have the classes in the same proportions.
///   - shuffle: False uses the first rows for training and the following ones for testing.
///
/// Source: sklearn/model_selection/_split.py (ShuffleSplit, StratifiedShuffleSplit) and utils/extmath.py
/// (_approximate_mode) of scikit-learn 1.9.
public func trainTestSplit(
    count: Int, testSize: SplitSize? = nil, trainSize: SplitSize? = nil, randomState: UInt32? = nil,
    stratify: [Int]? = nil, shuffle: Bool = true
) throws(CellarError) -> Split {
    let (trainCount, testCount) = try sizes(count, testSize, trainSize)
    guard shuffle else {
        guard stratify == nil else {
            throw bad("shuffle with stratify", "shuffle: false", "Remove one of the two options.")
        }
        return Split(train: Array(0..<trainCount), test: Array(trainCount..<trainCount + testCount))
    }
    var random = MersenneTwister(seed: randomState ?? .random(in: 0 ... .max))
    if let stratify {
        guard stratify.count == count else {
            throw bad(
                "a class for each of \(count) rows", "\(stratify.count)", "Use the labels of the same table.")
        }
        return try stratified(stratify, trainCount, testCount, &random)
    }
    let order = random.permutation(count)
    return Split(
        train: Array(order[testCount..<testCount + trainCount]), test: Array(order[..<testCount]))
}

private func bad(_ expected: String, _ found: String, _ fix: String) -> CellarError {
    CellarError(.usage, expected: expected, found: found, fix: fix)
}

private func sizes(
    _ count: Int, _ testSize: SplitSize?, _ trainSize: SplitSize?
) throws(CellarError) -> (train: Int, test: Int) {
    func rows(_ size: SplitSize, _ name: String, _ rule: FloatingPointRoundingRule) throws(CellarError) -> Int
    {
        switch size {
        case .fraction(let part):
            guard part > 0, part < 1 else {
                throw bad(
                    "a \(name) between 0 and 1", "\(part)",
                    "Use a fraction such as 0.25, or a number of rows.")
            }
            return Int((part * Double(count)).rounded(rule))
        case .count(let rows):
            guard rows > 0, rows < count else {
                throw bad(
                    "a \(name) of at least 1 and fewer than all \(count) rows", "\(rows)",
                    "Use fewer rows, or a fraction such as 0.25.")
            }
            return rows
        }
    }
    let testSize = testSize ?? (trainSize == nil ? .fraction(0.25) : nil)
    if case .fraction(let test)? = testSize, case .fraction(let train)? = trainSize, test + train > 1 {
        throw bad("fractions that sum to at most 1", "\(train) and \(test)", "Reduce one of them.")
    }
    var test = try testSize.map { (size) throws(CellarError) in try rows(size, "test size", .up) }
    let train = try trainSize.map { (size) throws(CellarError) in try rows(size, "training size", .down) }
    test = test ?? (count - (train ?? 0))
    let trainCount = train ?? (count - (test ?? 0))
    let testCount = test ?? 0
    guard trainCount + testCount <= count else {
        throw bad(
            "at most \(count) rows in both parts", "\(trainCount + testCount)", "Reduce one of the sizes.")
    }
    guard trainCount > 0 else {
        throw bad(
            "at least one training row", "\(count) rows in all", "Use more data or a smaller test size.")
    }
    return (trainCount, testCount)
}

private func stratified(
    _ labels: [Int], _ trainCount: Int, _ testCount: Int, _ random: inout MersenneTwister
) throws(CellarError) -> Split {
    let classes = Set(labels).sorted()
    var rows: [Int: [Int]] = [:]
    for (row, label) in labels.enumerated() { rows[label, default: []].append(row) }
    let members = classes.map { rows[$0] ?? [] }
    guard let smallest = members.map(\.count).min(), smallest > 1 else {
        throw bad(
            "at least 2 rows of each class for a stratified split", "1",
            "Remove that class, or remove stratify.")
    }
    guard trainCount >= classes.count, testCount >= classes.count else {
        throw bad(
            "at least \(classes.count) rows in each part, one for each class, for a stratified split",
            "\(trainCount) and \(testCount)", "Change the size, or remove stratify.")
    }
    let counts = members.map(\.count)
    let trainCounts = approximateMode(counts, draws: trainCount, &random)
    let testCounts = approximateMode(zip(counts, trainCounts).map { $0 - $1 }, draws: testCount, &random)
    var train: [Int] = []
    var test: [Int] = []
    for (index, members) in members.enumerated() {
        let shuffled = random.permutation(members.count).map { members[$0] }
        train += shuffled.prefix(trainCounts[index])
        test += shuffled.dropFirst(trainCounts[index]).prefix(testCounts[index])
    }
    return Split(train: random.permutation(train), test: random.permutation(test))
}

/// Returns the number of draws from each class so that the proportions are kept: rounded down, then one more
/// for the largest remainders, with ties broken at random.
private func approximateMode(_ counts: [Int], draws: Int, _ random: inout MersenneTwister) -> [Int] {
    let total = Double(counts.reduce(0, +))
    let exact = counts.map { Double($0) / total * Double(draws) }
    var chosen = exact.map { Int($0) }
    var wanting = draws - chosen.reduce(0, +)
    let remainders = exact.map { $0 - $0.rounded(.down) }
    for remainder in Set(remainders).sorted(by: >) where wanting > 0 {
        let tied = remainders.indices.filter { remainders[$0] == remainder }
        let adding = min(tied.count, wanting)
        // RandomState.choice without replacement is the start of a permutation.
        for index in random.permutation(tied.count).prefix(adding) { chosen[tied[index]] += 1 }
        wanting -= adding
    }
    return chosen
}
