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
        try self.init(ThresholdSteps(truth: truth, scores: scores))
    }

    /// Throws unless both classes occur.
    public init(_ steps: ThresholdSteps) throws(CellarError) {
        try steps.requireBothClasses("A ROC curve")
        let (hits, misses) = (steps.truePositives, steps.falsePositives)
        // Collinear points are dropped.
        let corners = hits.indices.filter { i in
            guard i > 0, i + 1 < hits.count else { return true }
            return misses[i + 1] - misses[i] != misses[i] - misses[i - 1]
                || hits[i + 1] - hits[i] != hits[i] - hits[i - 1]
        }
        let (all, negatives) = (Double(steps.positives), Double(steps.negatives))
        falsePositiveRates = [0] + corners.map { Double(misses[$0]) / negatives }
        truePositiveRates = [0] + corners.map { Double(hits[$0]) / all }
        thresholds = [.infinity] + corners.map { steps.thresholds[$0] }
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
