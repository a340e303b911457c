import Base

extension PairedBootstrap {
    /// Bootstraps the macro average of the classes' F1, as scikit-learn's `f1_score(average="macro")`: over the classes
    /// that occur in a resample, as truth or as the model's prediction.
    ///
    /// - Parameters:
    ///   - truth, first, second: Class codes from 0, row by row.
    public init(
        macroF1 truth: [Int32], first: [Int32], second: [Int32], resamples: Int = PairedBootstrap.resamples,
        seed: UInt64 = PairedBootstrap.seed
    ) throws(CellarError) {
        try self.init(
            truth: truth, first: first, second: second, resamples: resamples, seed: seed, score: macroF1)
    }

    /// Bootstraps any score of predicted classes.
    ///
    /// - score: The score of rows counted by class; nil if there is none.
    public init(
        truth: [Int32], first: [Int32], second: [Int32], resamples: Int = PairedBootstrap.resamples,
        seed: UInt64 = PairedBootstrap.seed, score: @escaping (CountedClasses) -> Double?
    ) throws(CellarError) {
        try self.init(
            ClassSource(truth, first, second, score), resamples: resamples, seed: seed,
            noScore: ClassSource.noScore)
    }
}

extension PairedExchange {
    /// Exchanges predicted classes, and compares the macro average of F1; see `PairedBootstrap`.
    public init(
        macroF1 truth: [Int32], first: [Int32], second: [Int32], resamples: Int = PairedBootstrap.resamples
    ) throws(CellarError) {
        try self.init(
            ClassSource(truth, first, second, macroF1), resamples: resamples, noScore: ClassSource.noScore)
    }
}

extension ClassSource {
    static let noScore = "the rows have no score."

    fileprivate init(
        _ truth: [Int32], _ first: [Int32], _ second: [Int32], _ score: @escaping (CountedClasses) -> Double?
    ) throws(CellarError) {
        try requireRows(("true labels", truth.count), ("predictions of the first model", first.count))
        try requireRows(("true labels", truth.count), ("predictions of the second model", second.count))
        let all = [truth, first, second]
        guard all.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else {
            throw CellarError(.badData, "expected class codes from 0, found a negative one.")
        }
        let classes = Int(all.compactMap { $0.max() }.max() ?? 0) + 1
        guard classes <= 1 << 20 else {
            throw CellarError(.badData, "expected at most \(1 << 20) classes, found code \(classes - 1).")
        }
        self.init(truth, first, second, classes, score)
    }
}

/// Rows counted by class: what scores of predicted classes are made of.
public struct CountedClasses: Equatable, Sendable {
    /// By class: rows with that true class, rows with that prediction, and rows where both are.
    public var truth, prediction, hits: [Int]

    init(classes: Int) {
        truth = Array(repeating: 0, count: classes)
        (prediction, hits) = (truth, truth)
    }

    fileprivate mutating func add(_ predicted: Int, _ truth: Int) {
        prediction[predicted] += 1
        if predicted == truth { hits[truth] += 1 }
    }
}

/// Returns the unweighted mean of the F1 of the classes that occur.
public func macroF1(_ counts: CountedClasses) -> Double? {
    var (sum, present) = (0.0, 0)
    for index in counts.truth.indices {
        let all = counts.truth[index] + counts.prediction[index]
        guard all > 0 else { continue }
        present += 1
        sum += 2 * Double(counts.hits[index]) / Double(all)
    }
    return present == 0 ? nil : sum / Double(present)
}

/// Rows with the same truth and predictions are alike, so a resample is counted by kind of row.
private struct ClassSource: PairedBootstrap.Source {
    private var kinds: [(truth: Int, first: Int, second: Int)] = []
    private var kindOfRow: [Int32] = []
    private var drawn: [Int]
    private let classes: Int
    private let score: (CountedClasses) -> Double?
    var rows: Int { kindOfRow.count }
    /// The kinds of the rows on which the models differ, and the counts of the others.
    private var differences: [Int32] = []
    private var agreeing: CountedClasses
    var differing: Int { differences.count }

    private init(
        _ truth: [Int32], _ first: [Int32], _ second: [Int32], _ classes: Int,
        _ score: @escaping (CountedClasses) -> Double?
    ) {
        (self.classes, self.score, agreeing) = (classes, score, CountedClasses(classes: classes))
        var known: [Int: Int32] = [:]
        kindOfRow.reserveCapacity(truth.count)
        for row in truth.indices {
            let parts = (truth: Int(truth[row]), first: Int(first[row]), second: Int(second[row]))
            let key = (parts.truth * classes + parts.first) * classes + parts.second
            if let kind = known[key] {
                kindOfRow.append(kind)
            } else {
                known[key] = Int32(kinds.count)
                kindOfRow.append(Int32(kinds.count))
                kinds.append(parts)
            }
        }
        drawn = Array(repeating: 0, count: kinds.count)
        for kind in kindOfRow {
            let (truth, first, second) = kinds[Int(kind)]
            agreeing.truth[truth] += 1
            if first == second {
                agreeing.add(first, truth)
            } else {
                differences.append(kind)
            }
        }
    }

    mutating func scores(exchanging isExchanged: (Int) -> Bool) -> (Double, Double) {
        var counts = (agreeing, agreeing)
        for (place, kind) in differences.enumerated() {
            let (truth, first, second) = kinds[Int(kind)]
            let exchanges = isExchanged(place)
            counts.0.add(exchanges ? second : first, truth)
            counts.1.add(exchanges ? first : second, truth)
        }
        return (score(counts.0) ?? .nan, score(counts.1) ?? .nan)
    }

    mutating func scores() -> (Double, Double)? {
        for kind in drawn.indices { drawn[kind] = 0 }
        for kind in kindOfRow { drawn[Int(kind)] += 1 }
        return counted()
    }

    mutating func scores(_ draw: (inout SplitMix64) -> Int, _ random: inout SplitMix64) -> (Double, Double)? {
        for kind in drawn.indices { drawn[kind] = 0 }
        for _ in 0..<kindOfRow.count { drawn[Int(kindOfRow[draw(&random)])] += 1 }
        return counted()
    }

    private func counted() -> (Double, Double)? {
        var counts = (CountedClasses(classes: classes), CountedClasses(classes: classes))
        for (kind, rows) in zip(kinds, drawn) where rows > 0 {
            counts.0.truth[kind.truth] += rows
            counts.0.prediction[kind.first] += rows
            if kind.truth == kind.first { counts.0.hits[kind.truth] += rows }
            counts.1.prediction[kind.second] += rows
            if kind.truth == kind.second { counts.1.hits[kind.truth] += rows }
        }
        counts.1.truth = counts.0.truth
        guard let first = score(counts.0), let second = score(counts.1) else { return nil }
        return (first, second)
    }
}
