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
        try requireRows(("true labels", truth.count), ("scores of the first model", first.count))
        try requireRows(("true labels", truth.count), ("scores of the second model", second.count))
        for scores in [first, second] {
            guard let row = scores.firstIndex(where: { !$0.isFinite }) else { continue }
            throw CellarError(
                .badData, "Row \(row + 1): the score is \(scores[row]). A ROC curve needs finite scores.")
        }
        try self.init(
            AreaSource(truth, first, second), resamples: resamples, seed: seed,
            noScore: "All rows have the same class. A ROC curve needs both classes.")
    }
}

/// The rows in the order of each model's scores, so that a resample needs no sorting.
private struct AreaSource: PairedBootstrap.Source {
    private let truth: [Bool]
    private let first, second: Ranking
    private var drawn: [Int32]
    var rows: Int { truth.count }

    private struct Ranking {
        /// Rows by ascending score.
        let order: [Int32]
        /// Parallel to `order`: true for the last row of those with its score.
        let endsTie: [Bool]

        init(_ scores: [Double]) {
            let rows = scores.indices.sorted { scores[$0] < scores[$1] }
            order = rows.map { Int32($0) }
            endsTie = rows.indices.map { $0 + 1 == rows.count || scores[rows[$0]] != scores[rows[$0 + 1]] }
        }
    }

    init(_ truth: [Bool], _ first: [Double], _ second: [Double]) {
        (self.truth, self.first, self.second) = (truth, Ranking(first), Ranking(second))
        drawn = Array(repeating: 1, count: truth.count)
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

    private func areas() -> (Double, Double)? {
        guard let first = area(first), let second = area(second) else { return nil }
        return (first, second)
    }

    /// The share of pairs of a positive and a negative row in which the positive one scores higher; a tie is half.
    private func area(_ ranking: Ranking) -> Double? {
        var (negatives, positives, halfPairs) = (0, 0, 0)
        var (tiedNegatives, tiedPositives) = (0, 0)
        for (place, row) in ranking.order.enumerated() {
            let times = Int(drawn[Int(row)])
            if truth[Int(row)] { tiedPositives += times } else { tiedNegatives += times }
            guard ranking.endsTie[place] else { continue }
            halfPairs += tiedPositives * (2 * negatives + tiedNegatives)
            negatives += tiedNegatives
            positives += tiedPositives
            (tiedNegatives, tiedPositives) = (0, 0)
        }
        guard negatives > 0, positives > 0 else { return nil }
        return Double(halfPairs) / 2 / (Double(negatives) * Double(positives))
    }
}
