import Base
import Metrics

/// The results of a model on labelled data.
public struct Evaluation: Sendable {
    public let model: String
    /// The name of the data.
    public let data: String
    /// The number of samples.
    public let count: Int
    /// The loss and the compiled metrics with Keras' names, as Keras' `evaluate` gives them.
    public let logs: [(name: String, value: Double)]
    /// The loss function of the compiled model, or the usual one for its output, such as `binary_crossentropy`.
    public let lossName: String
    /// Keras' weight of the one output's loss; 1 for several outputs.
    let lossWeight: Double
    public let outcome: Outcome
    /// The figures of the rows that the model was trained on, and of the others; nil if these rows are unknown.
    public let seen: SeenRows?
    /// The outcome of each row, if it was asked for and each row has one class.
    public let rowResults: RowResults?
    /// The rows' outcomes for a report, if they were asked for.
    public let details: EvaluationDetails?
    /// True if the file tells which data the model was trained on.
    let wasTrainedHere: Bool
    /// The parts of the compiled model that are unknown here, such as a custom metric.
    let notComputed: [String]
    /// The number of rows that were left out because they have no target, as before the training.
    public let leftOut: Int

    public enum Outcome: Sendable {
        /// The matrix is nil for too many classes.
        case classes(ConfusionMatrix?, ClassificationReport, accuracy: Double)
        case values(ErrorSums)
        /// Several outputs, several labels per sample, or a class for each position.
        case metrics
    }

    /// The loss as Keras computes it, including penalties of regularizers.
    public var loss: Double { logs.first?.value ?? .nan }

    /// The fraction of samples whose predicted class is right.
    public var accuracy: Double? { if case .classes(_, _, let accuracy) = outcome { accuracy } else { nil } }

    /// Names and values of the scalar results: the compiled ones, and those that the outcome adds.
    public var figures: [(name: String, value: Double)] {
        let more: [(name: String, value: Double)] =
            switch outcome {
            case .classes(_, _, let accuracy):
                [(hasOtherAccuracy ? "class_accuracy" : "accuracy", accuracy)]
            case .values(let errors):
                [
                    ("mean_squared_error", errors.meanSquaredError),
                    ("mean_absolute_error", errors.meanAbsoluteError),
                ] + (errors.r2.map { [("r2", $0)] } ?? [])
            case .metrics: []
            }
        return logs + more.filter { new in !logs.contains { $0.name == new.name } }
    }

    /// True if the compiled accuracy is not that of the predicted classes: Keras compares logits and margins with 0.5.
    private var hasOtherAccuracy: Bool {
        guard let accuracy, let compiled = logs.first(where: { $0.name == "accuracy" }) else { return false }
        return abs(compiled.value - accuracy) > 1e-6
    }

    /// What the user should know about the figures.
    public var warnings: [String] {
        notComputed.map { "\(model): not computed: \($0)" }
            + (leftOut > 0
                ? ["\(leftOut) \(leftOut == 1 ? "row" : "rows") without a target left out, as in training."]
                : [])
            + (hasOtherAccuracy
                ? [
                    "\(model): accuracy is Keras', which divides the classes at 0.5 and not at the model's threshold; "
                        + "class_accuracy is that of the predicted classes."
                ] : [])
    }

    /// The name of the loss, with its weight.
    var shownLoss: String { lossName + (lossWeight == 1 ? "" : " times \(Float(lossWeight))") }

    /// The report as text: figures, confusion matrix, classification report.
    public var text: String { text { reportText($0, $1) } }

    /// The same with a text of the caller's for the confusion matrix, which is nil for too many classes, and for the
    /// classification report.
    public func text(_ results: (ConfusionMatrix?, ClassificationReport) -> String) -> String {
        let facts =
            [("model", model), ("data", data), ("samples", "\(count)")]
            + figures.map { ($0.name, $0.value.measured + ($0.name == "loss" ? " (\(shownLoss))" : "")) }
        let width = facts.map(\.0.count).max() ?? 0
        var text = ""
        for (name, value) in facts {
            text += name + String(repeating: " ", count: width + 2 - name.count) + value + "\n"
        }
        if let seen, seen.seen.rows > 0 { text += seen.text(width: width) }
        if seen == nil, wasTrainedHere {
            text += SeenRows.line("seen", "unknown (the model file has no hashes of its rows)", width: width)
        }
        if case .classes(let matrix, let report, _) = outcome { text += "\n" + results(matrix, report) }
        return text
    }

    public var json: JSON {
        var object = figuresJSON
        if case .classes(let matrix, let report, _) = outcome {
            object["confusion_matrix"] = matrix?.json() ?? .null
            object["classification_report"] = report.json
        }
        return .object(object)
    }

    /// The same for a part of a report, without what other parts have of many classes.
    var partJSON: JSON {
        guard case .classes(let matrix, _, _) = outcome, matrix?.isReadable != true else { return json }
        return .object(figuresJSON)
    }

    private var figuresJSON: JSONObject {
        var object: JSONObject = [
            "model": .string(model), "data": .string(data), "samples": .integer(count),
            "loss_name": .string(lossName),
        ]
        for (name, value) in figures { object[name] = JSON(finite: value) }
        object["seen"] = seen?.seen.json ?? .null
        object["unseen"] = seen?.unseen.json ?? .null
        if leftOut > 0 { object["rows_without_target"] = .integer(leftOut) }
        if !notComputed.isEmpty { object["not_computed"] = .array(notComputed.map { .string($0) }) }
        return object
    }
}
