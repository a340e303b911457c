import Base

extension PairedBootstrap {
    /// Bootstraps the area under the ROC curve of two models of two classes. Resamples with rows of one class only have no
    /// area and are left out.
    ///
    /// - Parameters:
    ///   - truth: True for positive rows. Both values must occur.
    ///   - first, second: Finite scores; higher means more likely positive.
    public init(
        area truth: [Bool], first: [Double], second: [Double], resamples: Int = PairedBootstrap.resamples,
        seed: UInt64 = PairedBootstrap.seed
    ) throws(CellarError) {
        try self.init(
            AreaSource(truth, first, second), resamples: resamples, seed: seed, noScore: AreaSource.noScore)
    }
}

extension PairedExchange {
    /// Exchanges the ranks of scores, and compares the areas under the ROC curve; see `PairedBootstrap`.
    public init(
        area truth: [Bool], first: [Double], second: [Double], resamples: Int = PairedBootstrap.resamples
    ) throws(CellarError) {
        try self.init(
            AreaSource(truth, first, second), resamples: resamples, noScore: AreaSource.noScore)
    }
}

/// The rows with the places of their scores, which are all that an area depends on.
private struct AreaSource: PairedBootstrap.Source {
    static let noScore = "All rows have the same class. A ROC curve needs both classes."
    private let truth: [Bool]
    /// The mean rank of each row's score among those of its model, numbered from 0 for both models together.
    private var first, second: [Int32]
    private let differences: [Int]
    private var drawn: [Int32]
    private var counts: [(negatives: Int, positives: Int)]
    var rows: Int { truth.count }
    var differing: Int { differences.count }

    init(_ truth: [Bool], _ first: [Double], _ second: [Double]) throws(CellarError) {
        try requireRows(("true labels", truth.count), ("scores of the first model", first.count))
        try requireRows(("true labels", truth.count), ("scores of the second model", second.count))
        for scores in [first, second] {
            guard let row = scores.firstIndex(where: { !$0.isFinite }) else { continue }
            throw CellarError(
                .badData, "Row \(row + 1): the score is \(scores[row]). A ROC curve needs finite scores.")
        }
        let ranks = [first, second].map(Self.doubledRanks)
        let known = Array(Set(ranks[0] + ranks[1])).sorted()
        let places = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, Int32($0)) })
        self.truth = truth
        (self.first, self.second) = (ranks[0].map { places[$0] ?? 0 }, ranks[1].map { places[$0] ?? 0 })
        differences = truth.indices.filter { ranks[0][$0] != ranks[1][$0] }
        drawn = Array(repeating: 1, count: truth.count)
        counts = Array(repeating: (0, 0), count: known.count)
    }

    /// Twice the mean rank, which is a whole number.
    private static func doubledRanks(_ scores: [Double]) -> [Int] {
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var ranks = [Int](repeating: 0, count: scores.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            for row in order[start..<end] { ranks[row] = start + end + 1 }
            start = end
        }
        return ranks
    }

    mutating func scores() -> (Double, Double)? {
        for row in drawn.indices { drawn[row] = 1 }
        return areas()
    }

    mutating func scores(_ draw: (inout SplitMix64) -> Int, _ random: inout SplitMix64) -> (Double, Double)? {
        for row in drawn.indices { drawn[row] = 0 }
        for _ in drawn.indices { drawn[draw(&random)] += 1 }
        return areas()
    }

    mutating func scores(exchanging isExchanged: (Int) -> Bool) -> (Double, Double) {
        let own = (first, second)
        defer { (first, second) = own }
        for (place, row) in differences.enumerated() where isExchanged(place) {
            (first[row], second[row]) = (second[row], first[row])
        }
        return scores() ?? (.nan, .nan)
    }

    private mutating func areas() -> (Double, Double)? {
        guard let one = area(first), let other = area(second) else { return nil }
        return (one, other)
    }

    /// The share of pairs of a positive and a negative row in which the positive one scores higher; a tie is half.
    private mutating func area(_ places: [Int32]) -> Double? {
        for place in counts.indices { counts[place] = (0, 0) }
        for row in drawn.indices where drawn[row] > 0 {
            if truth[row] {
                counts[Int(places[row])].positives += Int(drawn[row])
            } else {
                counts[Int(places[row])].negatives += Int(drawn[row])
            }
        }
        var (negatives, positives, halfPairs) = (0, 0, 0)
        for tied in counts {
            halfPairs += tied.positives * (2 * negatives + tied.negatives)
            negatives += tied.negatives
            positives += tied.positives
        }
        guard negatives > 0, positives > 0 else { return nil }
        return Double(halfPairs) / 2 / (Double(negatives) * Double(positives))
    }
}
