import Base

/// Precision, recall and F1 by class with their averages, as scikit-learn's `classification_report`.
///
/// Source: sklearn/metrics/_classification.py of scikit-learn 1.9. Averages are summed in NumPy's order.
public struct ClassificationReport: Equatable, Sendable {
    /// The value of a score with a zero denominator (a class that was never predicted has no precision).
    public enum ZeroDivision: Equatable, Sendable {
        /// 0, with a line in `warnings`.
        case warn
        case zero
        case one
        /// Not a number; averages ignore it.
        case nan
    }

    public struct Scores: Equatable, Sendable {
        public let precision: Double
        public let recall: Double
        public let f1: Double
        /// The rows with that true class, or the sum of their weights.
        public let support: Double
    }

    public struct ClassScores: Equatable, Sendable {
        public let name: String
        public let scores: Scores
    }

    public let rows: [ClassScores]
    /// The fraction of correct predictions; nil if `labels` omits a class that occurs, or if rows may have several labels.
    public let accuracy: Double?
    /// All hits divided by all predictions or true labels of the reported classes.
    public let micro: Scores
    /// The unweighted mean over classes.
    public let macro: Scores
    /// The mean over classes, weighted by support.
    public let weighted: Scores
    /// The mean over rows that may have several labels; nil for one class per row.
    public let samples: Scores?
    /// The warnings of `ZeroDivision.warn`, one line per score.
    public let warnings: [String]
    /// True if scikit-learn prints supports as `3.0`, not `3`: with weights, or if no prediction is correct.
    let hasFractionalSupport: Bool

    /// - Parameter labels: The classes to report, in order. Nil reports the classes that occur.
    public init(
        _ counts: ClassCounts, labels: [Int]? = nil, zeroDivision: ZeroDivision = .warn
    ) throws(CellarError) {
        try self.init(ClassTotals(counts), labels: labels, zeroDivision: zeroDivision)
    }

    /// Creates the report of rows that may have several labels.
    public init(_ sets: LabelSets, zeroDivision: ZeroDivision = .warn) throws(CellarError) {
        try self.init(ClassTotals(sets), zeroDivision: zeroDivision, sets: sets)
    }

    /// - Parameter labels: The classes to report, in order. Nil reports the classes that occur.
    public init(
        _ totals: ClassTotals, labels: [Int]? = nil, zeroDivision: ZeroDivision = .warn,
        sets: LabelSets? = nil
    ) throws(CellarError) {
        let present = totals.present
        let labels = labels ?? present
        guard !present.isEmpty, !labels.isEmpty else {
            throw CellarError(.badData, "There are no rows for a report.")
        }
        if let unknown = labels.first(where: { !totals.classes.indices.contains($0) }) {
            throw CellarError(
                .badData,
                "Class number \(unknown) does not exist: there are \(totals.classes.count) classes.")
        }
        let hits = labels.map { totals.hits[$0] }
        let predicted = labels.map { totals.prediction[$0] }
        let support = labels.map { totals.truth[$0] }
        let precision = shares(of: hits, in: predicted, zeroDivision)
        let recall = shares(of: hits, in: support, zeroDivision)
        // scikit-learn's computation: 2pr / (p + r) without its separate division by zero.
        let f1 = shares(of: hits.map { 2 * $0 }, in: zip(support, predicted).map(+), zeroDivision)

        let total = pairwiseSum(support)
        func average(_ mean: ([Double]) -> Double) -> Scores {
            Scores(precision: mean(precision), recall: mean(recall), f1: mean(f1), support: total)
        }
        macro = average { meanIgnoringNaN($0) }
        weighted = average { weightedMeanIgnoringNaN($0, support) }
        let (allHits, allPredicted) = (pairwiseSum(hits), pairwiseSum(predicted))
        func micro(_ part: Double, _ whole: Double) -> Double {
            shares(of: [part], in: [whole], zeroDivision)[0]
        }
        self.micro = Scores(
            precision: micro(allHits, allPredicted), recall: micro(allHits, total),
            f1: micro(2 * allHits, total + allPredicted), support: total)
        // scikit-learn prints F1 in the line of the accuracy, which rounds differently from precision with weights.
        let isWhole = !totals.isMultiLabel && Set(labels).isSuperset(of: present)
        accuracy = isWhole ? self.micro.precision : nil
        rows = labels.indices.map { i in
            ClassScores(
                name: totals.classes[labels[i]],
                scores: Scores(precision: precision[i], recall: recall[i], f1: f1[i], support: support[i]))
        }
        samples = sets.map { sampleScores($0, total, zeroDivision) }
        hasFractionalSupport =
            totals.isWeighted || !totals.isMultiLabel && !totals.hits.contains { $0 > 0 }
        let names = rows.map(\.name)
        warnings =
            zeroDivision != .warn
            ? []
            : [
                warning("Precision", "without predictions", names, predicted),
                warning("Recall", "without rows", names, support),
                warning("F1", "without predictions and rows", names, zip(support, predicted).map(+)),
            ].compactMap { $0 }
    }

    /// Creates the report of a labels file.
    public init(_ pairs: LabelPairs, zeroDivision: ZeroDivision = .warn) throws(CellarError) {
        let counts = try ClassCounts(
            truth: pairs.truth, prediction: pairs.prediction, classes: pairs.classes)
        try self.init(counts, zeroDivision: zeroDivision)
    }
}

/// The scores of each row, averaged.
private func sampleScores(
    _ sets: LabelSets, _ support: Double, _ zeroDivision: ClassificationReport.ZeroDivision
) -> ClassificationReport.Scores {
    var (hits, predicted, truth) = ([Double](), [Double](), [Double]())
    for row in 0..<sets.rows {
        let weight = sets.weights?[row] ?? 1
        var counts = (hits: 0.0, predicted: 0.0, truth: 0.0)
        for label in sets.labels.indices {
            if sets.truth[row, label] { counts.truth += 1 }
            if sets.prediction[row, label] { counts.predicted += 1 }
            if sets.truth[row, label] && sets.prediction[row, label] { counts.hits += 1 }
        }
        let hit = counts.hits * weight
        hits.append(hit)
        predicted.append(hit + (counts.predicted * weight - hit))
        truth.append(hit + (counts.truth * weight - hit))
    }
    func average(_ parts: [Double], _ wholes: [Double]) -> Double {
        let values = shares(of: parts, in: wholes, zeroDivision)
        return sets.weights.map { weightedMeanIgnoringNaN(values, $0) } ?? meanIgnoringNaN(values)
    }
    return .init(
        precision: average(hits, predicted), recall: average(hits, truth),
        f1: average(hits.map { 2 * $0 }, zip(truth, predicted).map(+)), support: support)
}

private func shares(
    of parts: [Double], in wholes: [Double], _ zeroDivision: ClassificationReport.ZeroDivision
) -> [Double] {
    zip(parts, wholes).map { part, whole in
        if whole != 0 { return part / whole }
        return switch zeroDivision {
        case .warn, .zero: 0
        case .one: 1
        case .nan: .nan
        }
    }
}

/// `numpy.nanmean`, which replaces NaN by 0 and sums all elements.
private func meanIgnoringNaN(_ values: [Double]) -> Double {
    let count = values.count { !$0.isNaN }
    if count == 0 { return .nan }
    return pairwiseSum(values.map { $0.isNaN ? 0 : $0 }) / Double(count)
}

/// scikit-learn's `_nanaverage`, which removes NaN elements; the unweighted mean if all weights are 0.
private func weightedMeanIgnoringNaN(_ values: [Double], _ weights: [Double]) -> Double {
    let pairs = zip(values, weights).filter { !$0.0.isNaN }
    if pairs.isEmpty { return .nan }
    let weight = pairwiseSum(pairs.map(\.1))
    if weight == 0 { return mean(pairs.map(\.0)) }
    return pairwiseSum(pairs.map { $0.0 * $0.1 }) / weight
}

private func warning(_ score: String, _ why: String, _ names: [String], _ wholes: [Double]) -> String? {
    let affected = zip(names, wholes).filter { $0.1 == 0 }.map { "'\($0.0)'" }
    if affected.isEmpty { return nil }
    let shown = affected.prefix(5).joined(separator: ", ") + (affected.count > 5 ? ", …" : "")
    return
        "\(score) is set to 0 for \(affected.count == 1 ? "a class" : "\(affected.count) classes") \(why): \(shown)."
}
