import Base

/// The numbers of rows above each threshold, from which ROC and precision–recall curves follow.
///
/// Source: `confusion_matrix_at_thresholds` of scikit-learn 1.9. A threshold is a score that occurs; rows with equal scores
/// share one. A row is predicted positive if its score is at least the threshold.
public struct ThresholdSteps: Equatable, Sendable {
    /// Descending.
    public let thresholds: [Double]
    /// By threshold: positive rows that are predicted positive.
    public let truePositives: [Int]
    /// By threshold: negative rows that are predicted positive.
    public let falsePositives: [Int]

    public var positives: Int { truePositives.last ?? 0 }
    public var negatives: Int { falsePositives.last ?? 0 }

    /// - Parameters:
    ///   - truth: True for positive rows.
    ///   - scores: Finite; higher means more likely positive.
    public init(truth: [Bool], scores: [Double]) throws(CellarError) {
        try requireRows(("true labels", truth.count), ("scores", scores.count))
        if let row = scores.firstIndex(where: { !$0.isFinite }) {
            throw CellarError(
                .badData, "Row \(row + 1): the score is \(scores[row]). A curve needs finite scores.")
        }
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        var (thresholds, hits, misses) = ([Double](), [Int](), [Int]())
        var positives = 0
        for (place, row) in order.enumerated() {
            if truth[row] { positives += 1 }
            if place + 1 < order.count, scores[order[place + 1]] == scores[row] { continue }
            thresholds.append(scores[row])
            hits.append(positives)
            misses.append(place + 1 - positives)
        }
        (self.thresholds, truePositives, falsePositives) = (thresholds, hits, misses)
    }

    /// Throws unless rows of both classes occur, without which there is no curve.
    func requireBothClasses(_ curve: String) throws(CellarError) {
        guard positives > 0, negatives > 0 else {
            throw CellarError(.badData, "All rows have the same class. \(curve) needs both classes.")
        }
    }
}
