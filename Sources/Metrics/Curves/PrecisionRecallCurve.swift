import Base

/// The precision–recall curve, as scikit-learn's `precision_recall_curve`.
public struct PrecisionRecallCurve: Equatable, Sendable {
    /// By ascending threshold. The last one is 1 and has no threshold.
    public let precisions: [Double]
    /// By ascending threshold, so descending. The last one is 0 and has no threshold.
    public let recalls: [Double]
    /// Ascending, one less than the points.
    public let thresholds: [Double]

    /// - Parameters:
    ///   - truth: True for positive rows. Both values must occur.
    ///   - scores: Finite; higher means more likely positive.
    public init(truth: [Bool], scores: [Double]) throws(CellarError) {
        try self.init(ThresholdSteps(truth: truth, scores: scores))
    }

    /// Throws unless both classes occur.
    ///
    /// - Parameter dropsIntermediate: Leaves out points between others of the same recall, as scikit-learn's
    ///   `drop_intermediate`.
    public init(_ steps: ThresholdSteps, dropsIntermediate: Bool = false) throws(CellarError) {
        try steps.requireBothClasses("A precision–recall curve")
        let hits = steps.truePositives
        let kept = steps.thresholds.indices.filter { i in
            guard dropsIntermediate, i > 0, i + 1 < hits.count else { return true }
            return hits[i] != hits[i - 1] || hits[i + 1] != hits[i]
        }
        let places = kept.reversed()
        precisions =
            places.map {
                Double(steps.truePositives[$0])
                    / Double(steps.truePositives[$0] + steps.falsePositives[$0])
            } + [1]
        recalls = places.map { Double(steps.truePositives[$0]) / Double(steps.positives) } + [0]
        thresholds = places.map { steps.thresholds[$0] }
    }

    /// The area under the curve as a step function, as scikit-learn's `average_precision_score`.
    public var averagePrecision: Double {
        let steps = thresholds.indices.map { (recalls[$0 + 1] - recalls[$0]) * precisions[$0] }
        return max(0, -pairwiseSum(steps))
    }
}
