import Base

/// The scores of a model of two classes at each threshold, and the thresholds that are best by some rule.
public struct ThresholdChoices: Equatable, Sendable {
    /// The quality of the predictions at one threshold. A row is positive if its score is at least the threshold.
    public struct Point: Equatable, Sendable {
        public let threshold: Double
        public let truePositives, falsePositives, falseNegatives, trueNegatives: Int

        init(
            threshold: Double, truePositives: Int, falsePositives: Int, falseNegatives: Int,
            trueNegatives: Int
        ) {
            self.threshold = threshold
            (self.truePositives, self.falsePositives) = (truePositives, falsePositives)
            (self.falseNegatives, self.trueNegatives) = (falseNegatives, trueNegatives)
        }

        /// The quality of predictions that were made in some other way than by comparing scores with the threshold.
        public init(threshold: Double, truth: [Int32], prediction: [Int32], positive: Int32) {
            func count(_ isPositive: Bool, predicted: Bool) -> Int {
                zip(truth, prediction).count {
                    ($0 == positive) == isPositive && ($1 == positive) == predicted
                }
            }
            self.init(
                threshold: threshold, truePositives: count(true, predicted: true),
                falsePositives: count(false, predicted: true), falseNegatives: count(true, predicted: false),
                trueNegatives: count(false, predicted: false))
        }

        public var precision: Double { share(truePositives, of: truePositives + falsePositives) }
        public var recall: Double { share(truePositives, of: truePositives + falseNegatives) }
        /// The true negative rate.
        public var specificity: Double { share(trueNegatives, of: trueNegatives + falsePositives) }
        public var f1: Double {
            share(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives)
        }
        public var accuracy: Double {
            share(
                truePositives + trueNegatives,
                of: truePositives + falsePositives + falseNegatives + trueNegatives)
        }
        /// The mean of recall and specificity; Youden's J is twice it minus 1.
        public var balancedAccuracy: Double { (recall + specificity) / 2 }

        public var json: JSON {
            [
                "threshold": JSON(finite: threshold), "precision": .number(precision),
                "recall": .number(recall), "specificity": .number(specificity), "f1": .number(f1),
                "accuracy": .number(accuracy), "balanced_accuracy": .number(balancedAccuracy),
            ]
        }

        private func share(_ part: Int, of whole: Int) -> Double {
            whole == 0 ? 0 : Double(part) / Double(whole)
        }
    }

    private let steps: ThresholdSteps

    /// Throws unless both classes occur.
    public init(_ steps: ThresholdSteps) throws(CellarError) {
        try steps.requireBothClasses("The choice of a threshold")
        self.steps = steps
    }

    /// The rows by any threshold.
    public func point(at threshold: Double) -> Point {
        // The number of scores that are at least the threshold; they are in descending order.
        var (low, high) = (0, steps.thresholds.count)
        while low < high {
            let middle = (low + high) / 2
            if steps.thresholds[middle] >= threshold { low = middle + 1 } else { high = middle }
        }
        return point(after: low, threshold)
    }

    /// The threshold with the largest value of a score. Of equal ones, the highest threshold.
    public func best(by score: (Point) -> Double) -> Point {
        var best = point(after: 1, steps.thresholds[0])
        var value = score(best)
        for place in steps.thresholds.indices.dropFirst() {
            let next = point(after: place + 1, steps.thresholds[place])
            if score(next) > value { (best, value) = (next, score(next)) }
        }
        return best
    }

    private func point(after count: Int, _ threshold: Double) -> Point {
        let hits = count == 0 ? 0 : steps.truePositives[count - 1]
        let misses = count == 0 ? 0 : steps.falsePositives[count - 1]
        return Point(
            threshold: threshold, truePositives: hits, falsePositives: misses,
            falseNegatives: steps.positives - hits, trueNegatives: steps.negatives - misses)
    }
}
