import Base

/// True and predicted labels of rows that may have several labels, or none.
public struct LabelSets: Equatable, Sendable {
    /// A mark for each row and label.
    public struct Marks: Equatable, Sendable {
        let width: Int
        var values: [Bool]

        subscript(row: Int, label: Int) -> Bool { values[row * width + label] }
    }

    public let labels: [String]
    public let truth, prediction: Marks
    /// One for each row; nil if all rows count alike.
    public let weights: [Double]?

    public var rows: Int { labels.isEmpty ? 0 : truth.values.count / labels.count }

    /// - truth, prediction: [rows, labels].
    /// - weights: Finite, not negative, not all 0.
    public init(
        labels: [String], truth: [Bool], prediction: [Bool], weights: [Double]? = nil
    ) throws(CellarError) {
        let width = max(labels.count, 1)
        try requireRows(("true labels", truth.count / width), ("predictions", prediction.count / width))
        guard truth.count % width == 0, prediction.count == truth.count else {
            throw CellarError(.badData, "\(truth.count) marks for \(labels.count) labels.")
        }
        if let weights { try requireWeights(weights, rows: truth.count / width) }
        self.labels = labels
        self.truth = Marks(width: width, values: truth)
        self.prediction = Marks(width: width, values: prediction)
        self.weights = weights
    }

    /// The same rows with some labels, in that order.
    public func selecting(_ chosen: [Int]) throws(CellarError) -> LabelSets {
        func part(_ marks: Marks) -> [Bool] {
            (0..<rows).flatMap { row in chosen.map { marks[row, $0] } }
        }
        return try LabelSets(
            labels: chosen.map { labels[$0] }, truth: part(truth), prediction: part(prediction),
            weights: weights)
    }

    /// The share of the rows, or of their weights, whose labels are all right, as scikit-learn's `accuracy_score`.
    public var subsetAccuracy: Double {
        let right = (0..<rows).map { row in
            labels.indices.allSatisfy { truth[row, $0] == prediction[row, $0] } ? 1.0 : 0
        }
        guard let weights else { return mean(right) }
        return pairwiseSum(zip(right, weights).map { $0 * $1 }) / pairwiseSum(weights)
    }

    /// The share of the single labels that is wrong, as scikit-learn's `hamming_loss`.
    public var hammingLoss: Double {
        var wrong = 0.0
        for row in 0..<rows {
            for label in labels.indices where truth[row, label] != prediction[row, label] {
                wrong += weights?[row] ?? 1
            }
        }
        return wrong / ((weights.map { pairwiseSum($0) } ?? Double(rows)) * Double(labels.count))
    }

    /// The sums of true negatives, false positives, false negatives and true positives of one label.
    public struct Counts: Equatable, Sendable {
        public let label: String
        public let trueNegatives, falsePositives, falseNegatives, truePositives: Double
    }

    /// The two-by-two matrix of each label, as scikit-learn's `multilabel_confusion_matrix`.
    public func counts() throws(CellarError) -> [Counts] {
        let totals = try ClassTotals(self)
        let all = weights.map { pairwiseSum($0) } ?? Double(rows)
        return labels.indices.map { label in
            let hits = totals.hits[label]
            let misses = totals.prediction[label] - hits
            let lost = totals.truth[label] - hits
            return Counts(
                label: labels[label], trueNegatives: all - hits - misses - lost, falsePositives: misses,
                falseNegatives: lost, truePositives: hits)
        }
    }
}
