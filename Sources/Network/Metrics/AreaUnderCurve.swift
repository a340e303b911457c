import Glibc
import Tensors

/// Keras' AUC: the area under a curve with a point for each threshold (200 evenly spaced ones by default).
/// Each output of a position counts as a binary prediction. Sums: positives, then negatives, by the highest
/// threshold that each is above.
public struct AreaUnderCurve: Equatable, Sendable {
    public enum Curve: String, Sendable, CaseIterable { case roc = "ROC", precisionRecall = "PR" }
    public enum Summation: String, Sendable, CaseIterable { case interpolation, minoring, majoring }

    public var curve: Curve
    public var summation: Summation
    /// The thresholds with both ends; nil for `thresholdCount` evenly spaced ones.
    public private(set) var thresholds: [Double]?
    public private(set) var thresholdCount: Int
    /// True if the outputs are logits.
    public var fromLogits = false

    /// - thresholds: Values between 0 and 1 without the ends, which are added.
    public init(
        curve: Curve = .roc, summation: Summation = .interpolation, thresholdCount: Int = 200,
        thresholds: [Double]? = nil
    ) {
        (self.curve, self.summation) = (curve, summation)
        self.thresholds = thresholds.map { [-1e-7] + $0.sorted() + [1 + 1e-7] }
        self.thresholdCount = self.thresholds?.count ?? thresholdCount
    }

    func add(_ out: Floats, _ target: Floats, _ weight: Double, to sums: inout [Double]) {
        for i in 0..<out.count {
            let p = min(max(fromLogits ? logistic(out[i]) : out[i], 0), 1)
            let isPositive = target[i] != 0
            sums[bucket(p) + (isPositive ? 0 : thresholdCount)] += weight
        }
    }

    /// Returns the last threshold below p. The first threshold is below all values.
    private func bucket(_ p: Float) -> Int {
        guard p.isFinite else { return 0 }
        guard let thresholds else {
            return max(0, Int((p * Float(thresholdCount - 1)).rounded(.up)) - 1)
        }
        var (low, high) = (0, thresholds.count)
        while low < high {
            let middle = (low + high) / 2
            if Float(thresholds[middle]) < p { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    func result(_ sums: [Double]) -> Double {
        let (truePositives, falsePositives) = positives(sums)
        let (positives, negatives) = (truePositives[0], falsePositives[0])
        if curve == .precisionRecall && summation == .interpolation {
            return interpolatedPrecision(truePositives, falsePositives, positives)
        }
        let recall = truePositives.map { quotient($0, positives) }
        let (x, y) =
            curve == .roc
            ? (falsePositives.map { quotient($0, negatives) }, recall)
            : (recall, zip(truePositives, falsePositives).map { quotient($0, $0 + $1) })
        return (1..<x.count).reduce(0) { area, i in
            let height =
                switch summation {
                case .interpolation: (y[i - 1] + y[i]) / 2
                case .minoring: min(y[i - 1], y[i])
                case .majoring: max(y[i - 1], y[i])
                }
            return area + (x[i - 1] - x[i]) * height
        }
    }

    /// Returns the true and false positives for each threshold: all values above it.
    func positives(_ sums: [Double]) -> (right: [Double], wrong: [Double]) {
        (fromTheEnd(sums[..<thresholdCount]), fromTheEnd(sums[thresholdCount...]))
    }

    private func fromTheEnd(_ counts: ArraySlice<Double>) -> [Double] {
        var (sum, sums) = (0.0, [Double]())
        for count in counts.reversed() {
            sum += count
            sums.append(sum)
        }
        return sums.reversed()
    }

    /// Interpolates precision between thresholds. True and false positives increase proportionally there, so
    /// precision is not linear: Davis and Goadrich, "The Relationship Between Precision-Recall and ROC
    /// Curves" (2006).
    private func interpolatedPrecision(_ hits: [Double], _ misses: [Double], _ positives: Double) -> Double {
        let all = zip(hits, misses).map { $0 + $1 }
        return (1..<hits.count).reduce(0) { area, i in
            let gained = hits[i - 1] - hits[i]
            let slope = quotient(gained, max(all[i - 1] - all[i], 0))
            let intercept = hits[i] - slope * all[i]
            let ratio = all[i - 1] > 0 && all[i] > 0 ? all[i - 1] / all[i] : 1
            return area + quotient(slope * (gained + intercept * log(ratio)), positives)
        }
    }
}
