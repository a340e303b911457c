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
    /// An answer with a lower probability is not sure; 0 takes everything for a digit. Nil: the model decides.
    public var minimumConfidence: Double?
    /// Gives for each picture the set of digits that contains the true one with this probability.
    public var coverage: Double?
    /// Reads all digits of a picture, from left to right.
    public var readsAll = false
    /// Keeps the picture after each step of its preparation.
    public var keepsSteps = false

    public init() {}

    /// The first option that only a reader of digits can follow; nil if there is none.
    var digitOption: String? {
        readsAll
            ? "--all" : coverage != nil ? "--coverage" : minimumConfidence != nil ? "--min-confidence" : nil
    }
}

/// One of several digits in a picture, or with `--all` something else among them.
public struct DigitAnswer: Sendable {
    /// The predicted class; `?` for something that is no digit.
    public var label: String
    /// Nil for something that is no digit.
    public var probability: Float?
    public var isSure: Bool
    /// The digit as the network saw it; nil for a dot or a bar.
    public var image: GrayImage?
    /// Its place in the picture, each as a share of the picture's width or height.
    public var left, top, width, height: Double

    var json: JSON {
        [
            "prediction": probability == nil ? .null : .string(label),
            "probability": probability.map { JSON($0) } ?? .null, "sure": .bool(isSure),
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

    /// The model's probabilities of one digit, calibrated, and what they say.
    struct Opinion {
        var predictions: Predictions
        /// The predicted class. A threshold may choose another one than the likeliest.
        var label: Int
        /// The probability of each class. A network with one output for two classes gives two as well.
        var values: [Float]
        /// The classes, the likeliest first.
        var order: [Int]

        init(_ predictions: Predictions, classes: Int) {
            self.predictions = predictions
            label = predictions.label(0)
            values = (0..<classes).map { predictions.score(0, of: $0) }
            let values = values
            order = values.indices.sorted { values[$0] > values[$1] }
        }

        /// The probability of the predicted class.
        var best: Float { values[label] }
        var firstTwo: Float { order.prefix(2).reduce(0) { $0 + values[$1] } }
    }

    func opinion(_ image: GrayImage, by model: LoadedModel) throws(CellarError) -> Opinion {
        let predictions = try model.finitePredictions(for: form.prepared(image).samples)
        return Opinion(predictions.calibrated(for: form), classes: predictions.meaning.classes?.count ?? 0)
    }

    var minimumConfidence: Float {
        Float(reading.minimumConfidence ?? limits?.minimumConfidence ?? 0)
    }

    private var leastDigit: Float {
        reading.minimumConfidence == 0 ? 0 : Float(limits?.leastDigit ?? 0)
    }

    private func isDigit(_ opinion: Opinion) -> Bool { opinion.firstTwo >= leastDigit }

    private func isSure(_ opinion: Opinion) -> Bool { opinion.best >= minimumConfidence }

    /// Returns what the form of the ink says against the predicted digit: details that 28 × 28 pixels do not show the network.
    ///
    /// Measured on MNIST's 60,000 training pictures: none has two pieces in holes, 0.02 % have more holes than their digit may have,
    /// and 0.05 % of the nines have a stem as the handle of a magnifier.
    func doubt(_ label: String, _ structure: InkStructure) -> PictureStatus {
        // A switch, as the first table with names in a process costs 0.4 million instructions. Other classes are no digits.
        let mostHoles =
            switch label {
            case "1": 0
            case "4", "5", "7": 1
            case "0", "2", "3", "6", "9": 2
            case "8": 3
            default: Int.max
            }
        if structure.enclosed.count > 1 || structure.enclosed.contains(where: \.hasHole) { return .notDigit }
        // A zero may have a dot or a stroke in it.
        if let piece = structure.enclosed.first,
            label != "0" || piece.aspect > 1.5 && piece.width > 0.25
        {
            return .notDigit
        }
        if structure.holes.count > mostHoles { return .notDigit }
        // A thick bar with sharp corners is more often a thing than a one.
        if structure.isBlock, label == "1" { return .unsure }
        if let stem = structure.stem, label == "9", stem.offset < 0.12, stem.length > 2.2, stem.x > 0.5 {
            return .unsure
        }
        return .sure
    }

    /// The certainty of the answer about one digit.
    func status(_ opinion: Opinion, of digit: PreparedDigit, names: [String]) -> PictureStatus {
        guard isDigit(opinion) else { return .notDigit }
        guard isWary else { return isSure(opinion) ? .sure : .unsure }
        let (label, structure) = (names[opinion.label], digit.structure)
        let doubt = doubt(label, structure)
        guard doubt == .sure else { return doubt }
        let isOpen = label == "0" && structure.holes.isEmpty && !digit.isNearlyRing
        return isSure(opinion) && !isOpen ? .sure : .unsure
    }

    /// Returns true if what was found is too much for a digit, whatever the network says.
    func isClutter(_ found: DigitPicture) -> Bool {
        isWary
            && (found.pieces > PictureDecision.mostPieces && !reading.readsAll || found.rest > 0.6)
    }

    /// True if what is beside a digit, and what its network does not see, counts.
    var isWary: Bool { limits != nil && reading.minimumConfidence != 0 }

    /// True if the model can give sets of classes: it needs the quantiles 0 % to 100 %.
    var hasQuantiles: Bool { limits?.missing.count == 101 }

    /// The classes of a set that contains the true one with the probability asked for.
    func set(_ opinion: Opinion, names: [String], coverage: Double) -> [String]? {
        guard let limits, hasQuantiles else { return nil }
        let limit = limits.missing[min(Int((coverage * 100).rounded(.up)), 100)]
        let chosen = opinion.order.filter { 1 - Double(opinion.values[$0]) <= limit }
        return (chosen.isEmpty ? [opinion.order[0]] : chosen).map { names[$0] }
    }
}
