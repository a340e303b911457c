import Base
import Glibc

/// The temperature by which logits are divided so that probabilities agree best with the true classes.
///
/// Source: Guo et al., "On Calibration of Modern Neural Networks" (2017); scikit-learn 1.9 minimizes the same loss in
/// `CalibratedClassifierCV(method="temperature")`. The loss is convex in the inverse temperature, so Newton's method with
/// bisection finds its only minimum.
public struct Temperature: Equatable, Sendable {
    public let value: Double
    /// The mean negative log-likelihood of the true classes before and after.
    public let lossBefore, lossAfter: Double

    /// Fits a temperature.
    ///
    /// Throws if there is none: all rows are predicted right by any margin, so that the best temperature is 0, or the logits do
    /// not say more than chance.
    ///
    /// - Parameters:
    ///   - logits: [rows, classes]. A logit of one number for two classes is the row `[0, logit]`.
    ///   - truth: Class codes below `classes`.
    public init(logits: [Double], truth: [Int32], classes: Int) throws(CellarError) {
        guard classes > 1, logits.count == truth.count * classes else {
            throw CellarError(
                .badData, "\(logits.count) logits for \(truth.count) rows of \(classes) classes.")
        }
        try requireRows(("true labels", truth.count), ("rows of logits", logits.count / classes))
        if let row = truth.firstIndex(where: { !(0..<classes).contains(Int($0)) }) {
            throw codeOutOfRange(row: row, truth: Int(truth[row]), prediction: 0, classes: classes)
        }
        if let place = logits.firstIndex(where: { !$0.isFinite }) {
            throw CellarError(.badData, "Row \(place / classes + 1): a logit is \(logits[place]).")
        }
        let loss = ScaledLoss(logits: logits, truth: truth, classes: classes)
        var (low, high) = (exp(-10.0), exp(10.0))
        guard loss.at(low).slope < 0, loss.at(high).slope > 0 else {
            throw CellarError(
                .badData,
                loss.at(high).slope <= 0
                    ? "These rows do not determine a temperature: the true class always has the largest logit, so "
                        + "that certainty is never wrong."
                    : "These rows do not determine a temperature: the logits say no more than chance.",
                remedy: "Calibrate on more rows, which the model has not seen in training.")
        }
        var inverse = 1.0
        for _ in 0..<200 {
            let here = loss.at(inverse)
            if here.slope > 0 { high = inverse } else { low = inverse }
            var next = inverse - here.slope / here.curvature
            if !(next > low && next < high) { next = (low + high) / 2 }
            if abs(next - inverse) <= 1e-14 * inverse { break }
            inverse = next
        }
        value = 1 / inverse
        (lossBefore, lossAfter) = (loss.at(1).value, loss.at(inverse).value)
    }

    public var json: JSON {
        [
            "temperature": .number(value), "loss_before": .number(lossBefore),
            "loss_after": .number(lossAfter),
        ]
    }
}

/// The mean cross-entropy of logits times a factor, with its first two derivatives by the factor.
private struct ScaledLoss {
    let logits: [Double]
    let truth: [Int32]
    let classes: Int

    func at(_ factor: Double) -> (value: Double, slope: Double, curvature: Double) {
        var (value, slope, curvature) = (0.0, 0.0, 0.0)
        for row in truth.indices {
            let start = row * classes
            var largest = logits[start]
            for place in start..<start + classes { largest = max(largest, logits[place]) }
            // Logits are taken relative to the largest one, so that no exponential overflows.
            var (sum, first, second) = (0.0, 0.0, 0.0)
            for place in start..<start + classes {
                let logit = logits[place] - largest
                let weight = exp(factor * logit)
                sum += weight
                first += weight * logit
                second += weight * logit * logit
            }
            let mean = first / sum
            let own = logits[start + Int(truth[row])] - largest
            value += log(sum) - factor * own
            slope += mean - own
            curvature += second / sum - mean * mean
        }
        let rows = Double(truth.count)
        return (value / rows, slope / rows, max(curvature / rows, 1e-300))
    }
}
