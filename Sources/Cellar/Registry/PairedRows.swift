import Base
import Infer
import Metrics

/// The predictions of two models for the same labelled rows.
public struct PairedRows: Sendable {
    public let names: (first: String, second: String)
    public let classes: [String]
    /// The number of each row in the data, from 1.
    public let rows: [Int]
    public let truth: [Int32]
    let first, second: RowResults
    /// The second model's predictions as indices into `classes`.
    let secondPrediction: [Int32]
    /// True for rows that one of the models was trained on; nil if these are unknown for a model.
    public let seen: [Bool]?

    /// Throws unless both models predict one of the same classes for the same rows.
    init(_ first: Evaluation, _ second: Evaluation) throws(CellarError) {
        guard let one = first.rowResults, let other = second.rowResults else {
            let name = first.rowResults == nil ? first.model : second.model
            throw CellarError(
                .badData, "\(name) does not predict one class for each row; only such models are compared.",
                file: first.data)
        }
        guard one.classes.hasSameElements(as: other.classes), one.classes.count == other.classes.count else {
            throw CellarError(
                .badData,
                "\(first.model) and \(second.model) have different classes: "
                    + "\(one.classes.joined(separator: ", ")), and \(other.classes.joined(separator: ", ")).",
                file: first.data)
        }
        // The classes may be in another order.
        let codes = other.classes.map { name in Int32(one.classes.firstIndex(ofSame: name) ?? 0) }
        secondPrediction = other.prediction.map { codes[Int($0)] }
        guard one.rows == other.rows, one.truth == other.truth.map({ codes[Int($0)] }) else {
            throw CellarError(
                .badData, "\(first.model) and \(second.model) were evaluated on different rows.",
                file: first.data, remedy: "Omit --split.")
        }
        (self.first, self.second) = (one, other)
        (names, classes, rows, truth) = ((first.model, second.model), one.classes, one.rows, one.truth)
        if let a = one.seen, let b = other.seen { seen = zip(a, b).map { $0 || $1 } } else { seen = nil }
    }

    /// Tests the second model against the first.
    ///
    /// - onlyUnseen: Leaves out rows that a model was trained on, as far as they are known.
    func verdict(
        _ metric: PairedVerdict.Score, _ rule: PromotionRule, onlyUnseen: Bool
    ) throws(CellarError) -> PairedVerdict {
        let chosen = rows.indices.filter { !onlyUnseen || !(seen?[$0] ?? false) }
        guard !chosen.isEmpty else {
            throw CellarError(
                .badData,
                "all \(rows.count) rows were seen in training by \(names.first) or \(names.second).",
                remedy: "Use rows that neither model was trained on.")
        }
        let excluded = rows.count - chosen.count
        let names = (current: names.first, candidate: names.second)
        let labels = chosen.map { truth[$0] }
        switch metric {
        case .accuracy:
            return try PairedVerdict(
                accuracy: labels, current: chosen.map { first.prediction[$0] },
                candidate: chosen.map { secondPrediction[$0] }, rule: rule, excluded: excluded, names: names)
        case .macroF1:
            return try PairedVerdict(
                macroF1: labels, current: chosen.map { first.prediction[$0] },
                candidate: chosen.map { secondPrediction[$0] }, rule: rule, excluded: excluded, names: names)
        case .area:
            guard classes.count == 2, first.classes == second.classes else {
                throw CellarError(.usage, "auc is for models of two classes in the same order.")
            }
            return try PairedVerdict(
                area: labels.map { $0 == 1 }, current: chosen.map { Double(first.secondScore[$0]) },
                candidate: chosen.map { Double(second.secondScore[$0]) }, rule: rule, excluded: excluded,
                names: names)
        }
    }

    /// The rows that the models predict differently, the most confident first: by the higher of the two confidences.
    var disagreements: [Disagreement] {
        rows.indices.filter { first.prediction[$0] != secondPrediction[$0] }.map { index in
            Disagreement(
                row: rows[index], truth: classes[Int(truth[index])],
                first: classes[Int(first.prediction[index])],
                second: classes[Int(secondPrediction[index])], firstConfidence: first.confidence[index],
                secondConfidence: second.confidence[index], seen: seen?[index])
        }.sorted { one, other in
            one.confidence == other.confidence ? one.row < other.row : one.confidence > other.confidence
        }
    }
}

/// A row that two models predict differently.
public struct Disagreement: Equatable, Sendable {
    /// The number of the row in the data, from 1.
    public let row: Int
    /// Names of classes.
    public let truth, first, second: String
    /// The score of each model's prediction.
    public let firstConfidence, secondConfidence: Float
    /// True if a model was trained on the row; nil if unknown.
    public let seen: Bool?

    var confidence: Float { max(firstConfidence, secondConfidence) }

    var json: JSON {
        [
            "row": .integer(row), "truth": .string(truth), "first": .string(first), "second": .string(second),
            "first_confidence": JSON(firstConfidence), "second_confidence": JSON(secondConfidence),
            "seen": seen.map { .bool($0) } ?? .null,
        ]
    }
}
