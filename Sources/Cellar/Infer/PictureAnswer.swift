import Base
import Datasets
import Infer
import Tensors

/// The certainty of an answer about a picture of digits.
public enum PictureStatus: String, Sendable {
    case sure
    /// Two or more classes are likely.
    case unsure
    /// There is something else than a digit.
    case notDigit = "not-a-digit"
    /// The picture is blank.
    case noDigit = "no-digit"
    /// There is more than one digit.
    case several
}

/// Options of answers about pictures of digits.
public struct PictureReading: Sendable {
    /// An answer with a lower probability is not sure; 0 answers whatever there is. Nil: the model decides.
    public var minimumConfidence: Double?
    /// Gives for each picture the set of digits that contains the true one with this probability.
    public var coverage: Double?
    /// Reads all digits of a picture, from left to right.
    public var readsAll = false
    /// Keeps the picture after each step of its preparation.
    public var keepsSteps = false

    public init() {}
}

/// One of several digits in a picture.
public struct DigitAnswer: Sendable {
    public var label: String
    public var probability: Float
    public var isSure: Bool
    /// The digit as the network saw it.
    public var image: GrayImage
    /// Its place in the picture, each as a share of the picture's width or height.
    public var left, top, width, height: Double

    var json: JSON {
        [
            "prediction": .string(label), "probability": JSON(probability), "sure": .bool(isSure),
            "box": .array([left, top, width, height].map { .number(($0 * 10_000).rounded() / 10_000) }),
        ]
    }
}

/// Decides what a picture of digits shows, from what was found in it and what the network says about it.
struct PictureDecision {
    let reading: PictureReading
    let limits: ModelFacts.Picture.Abstention?
    let form: ModelFacts.Picture

    /// Pictures of text and textures have more pieces than that.
    private static let mostPieces = 25
    /// Not more digits are read in one picture.
    static let mostDigits = 200

    /// The model's probabilities of one digit, calibrated, and what they say.
    struct Opinion {
        var predictions: Predictions
        var order: [Int]
        var values: [Float]
        var best: Float { values[order[0]] }
        var firstTwo: Float { values[order[0]] + (order.count > 1 ? values[order[1]] : 0) }
    }

    func opinion(_ image: GrayImage, by model: LoadedModel) throws(CellarError) -> Opinion {
        var predictions = try model.predictions(for: form.prepared(image).samples)
        if let limits { predictions = predictions.calibrated(temperature: limits.temperature) }
        let values = predictions.values
        let order = values.indices.sorted { values[$0] > values[$1] }
        return Opinion(predictions: predictions, order: order, values: values)
    }

    var minimumConfidence: Float {
        Float(reading.minimumConfidence ?? limits?.minimumConfidence ?? 0)
    }

    private var leastDigit: Float {
        reading.minimumConfidence == 0 ? 0 : Float(limits?.leastDigit ?? 0)
    }

    func isDigit(_ opinion: Opinion) -> Bool { opinion.firstTwo >= leastDigit }

    func isSure(_ opinion: Opinion) -> Bool { isDigit(opinion) && opinion.best >= minimumConfidence }

    /// Returns true if what was found is too much for a digit, whatever the network says.
    func isClutter(_ found: DigitPicture) -> Bool {
        limits != nil && reading.minimumConfidence != 0
            && (found.pieces > PictureDecision.mostPieces && !reading.readsAll || found.rest > 0.6)
    }

    /// The classes of a set that contains the true one with the probability asked for.
    func set(_ opinion: Opinion, names: [String], coverage: Double) -> [String]? {
        guard let missing = limits?.missing, missing.count == 101 else { return nil }
        let limit = missing[min(Int((coverage * 100).rounded(.up)), 100)]
        let chosen = opinion.order.filter { 1 - Double(opinion.values[$0]) <= limit }
        return (chosen.isEmpty ? [opinion.order[0]] : chosen).map { names[$0] }
    }
}
