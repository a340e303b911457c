import Base
import Glibc

/// Returns the fraction of correct predictions, as scikit-learn's `accuracy_score`.
public func accuracy(truth: [Int32], prediction: [Int32]) throws(CellarError)
    -> Double
{
    try requireRows(("true labels", truth.count), ("predictions", prediction.count))
    var hits = 0
    for row in truth.indices where truth[row] == prediction[row] { hits += 1 }
    return Double(hits) / Double(truth.count)
}

/// Returns the mean squared error, as scikit-learn's `mean_squared_error`.
public func meanSquaredError(truth: [Double], prediction: [Double]) throws(CellarError) -> Double {
    try requireRows(("true values", truth.count), ("predictions", prediction.count))
    return mean(zip(truth, prediction).map { ($0 - $1) * ($0 - $1) })
}

/// Returns the mean negative log-likelihood of the true class, as scikit-learn's `log_loss` in Float64.
///
/// - Parameters:
///   - truth: Class codes below `classes`.
///   - probabilities: [rows, classes], or [rows] with the probability of class 1 if `classes` is 2.
public func logLoss(truth: [Int32], probabilities: [Double], classes: Int) throws(CellarError) -> Double {
    let table = try ProbabilityTable(truth: truth, probabilities: probabilities, classes: classes)
    // scikit-learn clips probabilities by this amount, because a certain wrong prediction would cost
    // infinity.
    let least = Double.ulpOfOne
    return mean(truth.indices.map { row in -log(min(max(table[row, Int(truth[row])], least), 1 - least)) })
}

/// Returns the mean squared distance of the probabilities from the truth, as scikit-learn's
/// `brier_score_loss`: halved for two classes, so that it is between 0 and 1.
///
/// The parameters are those of `logLoss`.
public func brierScore(truth: [Int32], probabilities: [Double], classes: Int) throws(CellarError) -> Double {
    let table = try ProbabilityTable(truth: truth, probabilities: probabilities, classes: classes)
    var squares = [Double](repeating: 0, count: classes)
    var distances: [Double] = []
    distances.reserveCapacity(truth.count)
    for row in truth.indices {
        for column in 0..<classes {
            let difference = (truth[row] == Int32(column) ? 1 : 0) - table[row, column]
            squares[column] = difference * difference
        }
        distances.append(pairwiseSum(squares))
    }
    return classes == 2 ? mean(distances) * 0.5 : mean(distances)
}

/// The validated probability of each class for each row.
private struct ProbabilityTable {
    private let probabilities: [Double]
    /// 1 if only the probability of the second of two classes is given.
    private let columns: Int

    init(truth: [Int32], probabilities: [Double], classes: Int) throws(CellarError) {
        columns = classes == 2 && probabilities.count == truth.count ? 1 : classes
        self.probabilities = probabilities
        guard columns > 0, probabilities.count == truth.count * columns else {
            throw CellarError(
                .badData,
                "\(probabilities.count) probabilities for \(truth.count) rows of \(classes) classes. Each row "
                    + "needs one for each class.")
        }
        try requireRows(
            ("true labels", truth.count), ("rows of probabilities", probabilities.count / columns))
        if let row = truth.firstIndex(where: { !(0..<classes).contains(Int($0)) }) {
            throw codeOutOfRange(row: row, truth: Int(truth[row]), prediction: 0, classes: classes)
        }
        if let place = probabilities.firstIndex(where: { !(0...1).contains($0) }) {
            throw CellarError(
                .badData, "Row \(place / columns + 1): \(probabilities[place]) is not a probability (0 to 1)."
            )
        }
    }

    subscript(row: Int, column: Int) -> Double {
        if columns > 1 { return probabilities[row * columns + column] }
        return column == 1 ? probabilities[row] : 1 - probabilities[row]
    }
}
