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
    /// The certainty of the answer about a picture of digits; nil for other samples.
    public var status: PictureStatus?
    /// The two likeliest classes, if the answer is not sure.
    public var alternatives: [String] = []
    /// The number of things beside the digits of a picture that are none: letters, signs, parts of digits that its sides cut.
    public var others = 0
    /// The classes that contain the true one with the probability that was asked for.
    public var set: [String]?
    /// The digits of a picture that has several, from left to right.
    public var digits: [DigitAnswer] = []
    /// The picture after each step of its preparation, if they were to be kept.
    public var steps: [PictureStep] = []

    /// For a blank picture.
    init(noDigitIn file: String, model: String) {
        (self.file, self.model, status) = (file, model, .noDigit)
    }

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

    /// The predicted class or labels, or the predicted values separated by spaces; of a picture without a sure answer, why.
    public var answer: String {
        switch status {
        case .unsure where digits.isEmpty:
            return "not sure: \(alternatives.joined(separator: " or "))"
                + (others > 0 ? ", beside something else" : "")
        case .notDigit: return "this is not a digit"
        case .noDigit: return "no digit found"
        case .several: return "more than one digit (\(digits.count))"
        case .sure, .unsure, nil: break
        }
        return label ?? labels.map { $0.isEmpty ? "-" : $0.joined(separator: ", ") }
            ?? values.map { "\($0)" }.joined(separator: " ")
    }

    /// True if the answer names a predicted class, labels or values; of a picture of digits, if it is sure of them.
    public var isSure: Bool { status == nil || status == .sure }

    public var json: JSON {
        var object: JSONObject = [:]
        object["file"] = file.map { .string($0) }
        object["model"] = .string(model)
        if status == .noDigit {
            object["status"] = .string(PictureStatus.noDigit.rawValue)
            object["prediction"] = .null
            return .object(object)
        }
        guard let kind else {
            let values = values.map { JSON($0) }
            object["prediction"] = values.count == 1 ? values[0] : .array(values)
            return .object(object)
        }
        object["prediction"] = label.map { .string($0) } ?? .array((labels ?? []).map { .string($0) })
        object[kind.rawValue] = score.map { JSON($0) }
        object[plural] = .object(JSONObject(scores.map { ($0.name, JSON($0.score)) }))
        guard let status else { return .object(object) }
        object["status"] = .string(status.rawValue)
        func strings(_ words: [String]) -> JSON { .array(words.map { .string($0) }) }
        if !alternatives.isEmpty { object["alternatives"] = strings(alternatives) }
        if others > 0 { object["others"] = .integer(others) }
        object["set"] = set.map(strings)
        if !digits.isEmpty { object["digits"] = .array(digits.map(\.json)) }
        if !steps.isEmpty {
            object["steps"] = .array(
                steps.map {
                    [
                        "name": .string($0.name), "width": .integer($0.picture.width),
                        "height": .integer($0.picture.height),
                    ]
                })
        }
        object["pixels"] = image.map { image in
            .array(
                (0..<image.height).map { row in
                    .array(
                        image.pixels[row * image.width..<(row + 1) * image.width].map { .integer(Int($0)) })
                })
        }
        return .object(object)
    }
}

/// The score of one class: its predicted probability, or its logit, margin or value.
public struct ClassScore: Equatable, Sendable {
    public var name: String
    public var score: Float
}
