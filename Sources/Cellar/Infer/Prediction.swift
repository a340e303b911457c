import Base
import Datasets
import Infer

/// One model's prediction for one sample.
public struct Prediction: Sendable {
    /// The picture; `x.npy[3]` for a sample of an array; nil for a row by hand.
    public var file: String?
    /// The model's reference, or its file's path.
    public var model: String
    /// The predicted class; nil for a regression and for several labels per sample.
    public var label: String?
    /// The predicted labels of a model with several labels per sample.
    public var labels: [String]?
    /// The kind of the numbers in `scores`; nil for a regression.
    public var kind: OutputScore.Kind?
    /// The score of the predicted class: its probability, or else its logit, margin or value.
    public var score: Float?
    /// The score of each class, in the order of the model's outputs.
    public var scores: [ClassScore] = []
    /// The values that a regression predicts; empty for classes.
    public var values: [Float] = []
    /// The picture as the network saw it; nil for colour pictures, arrays and rows.
    public var image: GrayImage?

    init(_ predictions: Predictions, row: Int, model: String, file: String? = nil, image: GrayImage? = nil) {
        (self.file, self.model, self.image) = (file, model, image)
        guard let classes = predictions.meaning.classes, let kind = predictions.meaning.score else {
            values = Array(predictions.values(row))
            return
        }
        self.kind = kind.kind
        plural = kind.plural
        if predictions.meaning.hasOneClass {
            let predicted = predictions.label(row)
            label = classes[predicted]
            score = predictions.score(row, of: predicted)
        } else {
            labels = predictions.labels(row).map { classes[$0] }
        }
        scores.reserveCapacity(classes.count)
        for index in classes.indices {
            scores.append(ClassScore(name: classes[index], score: predictions.score(row, of: index)))
        }
    }

    private var plural = ""

    /// The predicted probability of the class; nil if its score is none.
    public var probability: Float? { kind == .probability ? score : nil }

    /// The predicted class or labels, or the predicted values separated by spaces.
    public var answer: String {
        label ?? labels.map { $0.isEmpty ? "-" : $0.joined(separator: ", ") }
            ?? values.map { "\($0)" }.joined(separator: " ")
    }

    public var json: JSON {
        var object: JSONObject = [:]
        object["file"] = file.map { .string($0) }
        object["model"] = .string(model)
        guard let kind else {
            let values = values.map { JSON($0) }
            object["prediction"] = values.count == 1 ? values[0] : .array(values)
            return .object(object)
        }
        object["prediction"] = label.map { .string($0) } ?? .array((labels ?? []).map { .string($0) })
        object[kind.rawValue] = score.map { JSON($0) }
        object[plural] = .object(JSONObject(scores.map { ($0.name, JSON($0.score)) }))
        return .object(object)
    }
}

/// The score of one class: its predicted probability, or its logit, margin or value.
public struct ClassScore: Equatable, Sendable {
    public var name: String
    public var score: Float
}
