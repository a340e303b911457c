import Base

/// The sums by class from which precision, recall and F1 follow: numbers of rows, or of their weights.
public struct ClassTotals: Equatable, Sendable {
    public let classes: [String]
    /// By class: the rows with that true class, with that predicted class, and with both.
    public let truth, prediction, hits: [Double]
    /// True if rows have weights. scikit-learn then prints supports as floating-point numbers.
    public let isWeighted: Bool
    /// True if a row may have several labels, so that there is no accuracy.
    public let isMultiLabel: Bool

    /// The share of the rows, or of their weights, that is predicted right.
    public var accuracy: Double { pairwiseSum(hits) / pairwiseSum(truth) }

    /// The classes that occur as truth or as prediction; of several labels, all.
    var present: [Int] {
        isMultiLabel
            ? Array(classes.indices) : classes.indices.filter { occurs[$0] }
    }
    private let occurs: [Bool]

    public init(_ counts: ClassCounts) {
        classes = counts.classes
        (truth, prediction) = (counts.truth.map(Double.init), counts.prediction.map(Double.init))
        hits = counts.hits.map(Double.init)
        (isWeighted, isMultiLabel) = (false, false)
        occurs = classes.indices.map { counts.truth[$0] > 0 || counts.prediction[$0] > 0 }
    }

    /// Adds up weights, row by row in NumPy's order.
    ///
    /// - weights: One for each row: finite, and not negative.
    public init(_ pairs: LabelPairs, weights: [Double]) throws(CellarError) {
        try requireRows(("true labels", pairs.truth.count), ("predictions", pairs.prediction.count))
        try requireWeights(weights, rows: pairs.truth.count)
        var sums = [[Double]](repeating: [Double](repeating: 0, count: pairs.classes.count), count: 3)
        var occurs = [Bool](repeating: false, count: pairs.classes.count)
        for (row, weight) in weights.enumerated() {
            let (t, p) = (Int(pairs.truth[row]), Int(pairs.prediction[row]))
            sums[0][t] += weight
            sums[1][p] += weight
            if t == p { sums[2][t] += weight }
            (occurs[t], occurs[p]) = (true, true)
        }
        classes = pairs.classes
        self.occurs = occurs
        hits = sums[2]
        // As scikit-learn has them: hits plus false negatives or positives, which rounds otherwise.
        truth = zip(sums[0], hits).map { $1 + ($0 - $1) }
        prediction = zip(sums[1], hits).map { $1 + ($0 - $1) }
        (isWeighted, isMultiLabel) = (true, false)
    }

    /// Adds up the labels of rows that may have several.
    public init(_ sets: LabelSets) throws(CellarError) {
        var sums = [[Double]](repeating: [Double](repeating: 0, count: sets.labels.count), count: 3)
        for row in 0..<sets.rows {
            let weight = sets.weights?[row] ?? 1
            for label in sets.labels.indices {
                let (t, p) = (sets.truth[row, label], sets.prediction[row, label])
                if t { sums[0][label] += weight }
                if p { sums[1][label] += weight }
                if t && p { sums[2][label] += weight }
            }
        }
        (classes, hits) = (sets.labels, sums[2])
        truth = zip(sums[0], hits).map { $1 + ($0 - $1) }
        prediction = zip(sums[1], hits).map { $1 + ($0 - $1) }
        (isWeighted, isMultiLabel) = (sets.weights != nil, true)
        occurs = [Bool](repeating: true, count: sets.labels.count)
    }
}

func requireWeights(_ weights: [Double], rows: Int) throws(CellarError) {
    try requireRows(("true labels", rows), ("weights", weights.count))
    if let row = weights.firstIndex(where: { !($0.isFinite && $0 >= 0) }) {
        throw CellarError(
            .badData, "Row \(row + 1): the weight is \(weights[row]); expected a number of at least 0.")
    }
    guard weights.contains(where: { $0 > 0 }) else {
        throw CellarError(.badData, "All weights are 0, so no row counts.")
    }
}
