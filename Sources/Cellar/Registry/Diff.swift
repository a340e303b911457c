import Base
import Infer
import KerasFile
import Metrics
import Network
import Registry

/// Asks for the differences between two models: versions or files.
public struct DiffRequest: Sendable {
    public var first, second: String
    /// Labelled data, as of an `EvaluateRequest`, to compare the predictions on; nil for none. Its models are ignored.
    public var on: EvaluateRequest?

    public init(first: String, second: String, on: EvaluateRequest? = nil) {
        (self.first, self.second, self.on) = (first, second, on)
    }
}

/// The differences between two models.
public struct ModelDifference: Sendable {
    public let facts: Comparison
    public let weights: [WeightChange]
    /// Nil without data.
    public let predictions: PredictionDifference?

    /// - limit: The number of disagreements; 0 for all.
    public func json(limit: Int) -> JSON {
        var object = facts.json.object ?? [:]
        object["weights"] = .array(weights.map(\.json))
        object["on"] = predictions?.json(limit: limit) ?? .null
        return .object(object)
    }
}

/// The differences between two models' predictions for the same rows.
public struct PredictionDifference: Sendable {
    public let evaluations: [Evaluation]
    public let bothRight, onlyFirstRight, onlySecondRight, bothWrong: Int
    /// The rows with different predictions, the most confident first.
    public let disagreements: [Disagreement]
    /// The second model against the first on all rows; with the verdict on rows that neither was trained on, nil if these are
    /// unknown or none.
    public let allRows: PairedVerdict
    public let unseenRows: PairedVerdict?

    init(_ evaluations: [Evaluation]) throws(CellarError) {
        let pairs = try PairedRows(evaluations[0], evaluations[1])
        let counts = try PairedComparison(
            truth: pairs.truth, first: pairs.first.prediction, second: pairs.secondPrediction)
        (bothRight, bothWrong) = (counts.bothRight, counts.bothWrong)
        (onlyFirstRight, onlySecondRight) = (counts.onlyFirstRight, counts.onlySecondRight)
        let rule = try PromotionRule()
        allRows = try pairs.verdict(.accuracy, rule, onlyUnseen: false)
        unseenRows =
            pairs.seen?.contains(false) ?? false
            ? try pairs.verdict(.accuracy, rule, onlyUnseen: true) : nil
        (self.evaluations, disagreements) = (evaluations, pairs.disagreements)
    }

    func json(limit: Int) -> JSON {
        let shown = limit == 0 ? disagreements[...] : disagreements.prefix(limit)
        return [
            "data": .string(evaluations[0].data), "rows": .integer(allRows.rows),
            "metrics": .array(
                evaluations.map { .object(JSONObject($0.figures.map { ($0.name, JSON.number($0.value)) })) }),
            "both_right": .integer(bothRight), "only_first_right": .integer(onlyFirstRight),
            "only_second_right": .integer(onlySecondRight), "both_wrong": .integer(bothWrong),
            "all_rows": allRows.json, "unseen_rows": unseenRows?.json ?? .null,
            "disagreements": .integer(disagreements.count), "rows_that_differ": .array(shown.map(\.json)),
        ]
    }
}

extension Store {
    public func diff(
        _ request: DiffRequest, progress: ProgressReporter = .none
    ) throws(CellarError) -> ModelDifference {
        var described: [Comparison.Side] = []
        var networks: [Model] = []
        for reference in [request.first, request.second] {
            let (location, trusted) = try trusted(reference)
            let file = try readModel(trusted, forTraining: false)
            networks.append(file.model)
            let facts = indexFacts(of: file, path: location.path)
            described.append(
                .init(
                    reference: location.reference, facts: facts, sha256: try digest(of: location),
                    size: FileSystem.size(ofFile: location.path)))
        }
        var predictions: PredictionDifference?
        if let on = request.on {
            predictions = try PredictionDifference(
                evaluateBoth(request.first, request.second, on, progress))
        }
        return ModelDifference(
            facts: Comparison(described), weights: weightChanges(networks[0], networks[1]),
            predictions: predictions)
    }

    /// Evaluates two models on the same rows, with the outcome of each row.
    func evaluateBoth(
        _ first: String, _ second: String, _ request: EvaluateRequest, _ progress: ProgressReporter
    ) throws(CellarError) -> [Evaluation] {
        var request = request
        request.models.references = [first, second]
        request.collectsRows = true
        // Warnings of rows that a model has seen are not needed: they are counted apart.
        let quiet = ProgressReporter(report: progress.report, isCancelled: progress.isCancelled)
        return try evaluate(request, progress: quiet).evaluations
    }
}
