import Base

/// The ROC curve, as scikit-learn's `roc_curve`: true positive rate against false positive rate for every
/// threshold.
public struct ROCCurve: Equatable, Sendable {
    /// Ascending from 0 to 1.
    public let falsePositiveRates: [Double]
    public let truePositiveRates: [Double]
    /// Descending from infinity, where no row is positive. A row is positive if its score is at least the
    /// threshold.
    public let thresholds: [Double]

    /// - Parameters:
    ///   - truth: True for positive rows. Both values must occur.
    ///   - scores: Finite; higher means more likely positive.
    public init(truth: [Bool], scores: [Double]) throws(CellarError) {
        try requireRows(("true labels", truth.count), ("scores", scores.count))
        if let row = scores.firstIndex(where: { !$0.isFinite }) {
            throw CellarError(
                .badData, "Row \(row + 1): the score is \(scores[row]). A ROC curve needs finite scores.")
        }
        let positives = truth.count { $0 }
        guard positives > 0, positives < truth.count else {
            throw CellarError(.badData, "All rows have the same class. A ROC curve needs both classes.")
        }

        let rows = zip(scores, truth).sorted { $0.0 > $1.0 }
        var steps: [(falsePositives: Int, truePositives: Int, threshold: Double)] = []
        var hits = 0
        for (place, row) in rows.enumerated() {
            if row.1 { hits += 1 }
            // Rows with equal scores share a threshold.
            if place + 1 < rows.count, rows[place + 1].0 == row.0 { continue }
            steps.append((place + 1 - hits, hits, row.0))
        }
        // Collinear points are dropped.
        let corners = steps.indices.filter { i in
            guard i > 0, i + 1 < steps.count else { return true }
            let (before, here, after) = (steps[i - 1], steps[i], steps[i + 1])
            return after.falsePositives - here.falsePositives != here.falsePositives - before.falsePositives
                || after.truePositives - here.truePositives != here.truePositives - before.truePositives
        }
        let (all, negatives) = (Double(positives), Double(truth.count - positives))
        falsePositiveRates = [0] + corners.map { Double(steps[$0].falsePositives) / negatives }
        truePositiveRates = [0] + corners.map { Double(steps[$0].truePositives) / all }
        thresholds = [.infinity] + corners.map { steps[$0].threshold }
    }

    /// The area under the curve, as scikit-learn's `roc_auc_score`: the probability that a positive row
    /// scores higher than a negative one.
    public var area: Double {
        let (x, y) = (falsePositiveRates, truePositiveRates)
        let areas = (1..<x.count).map { i -> Double in
            let width = x[i] - x[i - 1]
            return width * (y[i] + y[i - 1]) / 2
        }
        return pairwiseSum(areas)
    }
}
