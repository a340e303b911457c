import Base
import KerasFile
import Network

/// The meaning of the numbers of a model's one output.
public enum OutputMeaning: Equatable, Sendable {
    /// One number per class, of which one is right.
    case classes([String], OutputScore)
    /// One number: that of the second of two classes.
    case binary([String], OutputScore)
    /// One number per label, each right or wrong by itself (several labels per sample).
    case labels([String], OutputScore)
    /// This number of values (regression).
    case values(Int)

    /// Class names in the order of their numbers; nil for regression.
    public var classes: [String]? {
        switch self {
        case .classes(let names, _), .binary(let names, _), .labels(let names, _): names
        case .values: nil
        }
    }

    /// The kind of the numbers; nil for regression.
    public var score: OutputScore? {
        switch self {
        case .classes(_, let score), .binary(_, let score), .labels(_, let score): score
        case .values: nil
        }
    }

    /// True if each sample has exactly one class.
    public var hasOneClass: Bool {
        switch self {
        case .classes, .binary: true
        case .labels, .values: false
        }
    }

    /// The network's numbers per sample.
    public var width: Int {
        switch self {
        case .classes(let names, _), .labels(let names, _): names.count
        case .binary: 1
        case .values(let width): width
        }
    }

    /// The meaning with another score, and the same decision.
    func with(_ score: OutputScore) -> OutputMeaning {
        var score = score
        score.decision = score.decision ?? self.score?.decision
        return switch self {
        case .classes(let names, _): .classes(names, score)
        case .binary(let names, _): .binary(names, score)
        case .labels(let names, _): .labels(names, score)
        case .values: self
        }
    }
}

/// The rule by which one of two classes is predicted: the positive one if its score is at least the threshold.
public struct ClassDecision: Equatable, Sendable {
    /// The number of the positive class.
    public let positive: Int
    public let threshold: Float
}

extension OutputMeaning {
    /// The meaning with a rule by which one of two classes is predicted.
    func deciding(
        positive: String?, threshold: Double, name: String
    ) throws(CellarError) -> OutputMeaning {
        guard hasOneClass, let names = classes, names.count == 2, let score else {
            throw CellarError(.usage, "\(name): a threshold is for a model of two classes.")
        }
        let number = positive.map { name in names.firstIndex { $0.hasSameBytes(as: name) } } ?? 1
        guard let number else {
            throw CellarError(
                .usage,
                "\(name): the positive class \"\(positive ?? "")\" is none of \(names[0]) and \(names[1]).",
                remedy: positive.flatMap { nearest($0, in: names) }.map { "Did you mean \"\($0)\"?" })
        }
        guard threshold.isFinite, score.kind != .probability || (0...1).contains(threshold) else {
            throw CellarError(
                .usage, "\(name): the threshold is \(threshold); expected a probability from 0 to 1.")
        }
        var other = score
        other.decision = ClassDecision(positive: number, threshold: Float(threshold))
        return with(other)
    }
}

/// The kind of a number that decides between classes, and how it is made from the network's number.
public struct OutputScore: Equatable, Sendable {
    public enum Kind: String, Sendable {
        case probability
        /// The logarithm of the odds, of a loss that is not known.
        case logit
        /// The distance from the border between two classes, as of a hinge loss: its sign decides.
        case margin
        /// Another number, as of a loss for numbers.
        case value
    }

    /// The function from the network's number.
    enum Link: Sendable { case identity, softmax, sigmoid, exp }

    public let kind: Kind
    let link: Link
    /// The rule by which one of two classes is predicted, if it is not the usual one.
    var decision: ClassDecision?

    static let probability = OutputScore(kind: .probability, link: .identity)
    static let softmax = OutputScore(kind: .probability, link: .softmax)
    static let sigmoid = OutputScore(kind: .probability, link: .sigmoid)
    static let exponential = OutputScore(kind: .probability, link: .exp)
    static let logit = OutputScore(kind: .logit, link: .identity)
    static let margin = OutputScore(kind: .margin, link: .identity)
    static let value = OutputScore(kind: .value, link: .identity)

    /// One number above it means the second of two classes.
    public var threshold: Float {
        switch kind {
        case .probability, .value: 0.5
        case .logit, .margin: 0
        }
    }

    /// The number of the first of two classes, from that of the second.
    func opposite(_ number: Float) -> Float {
        switch kind {
        case .probability, .value: 1 - number
        case .logit, .margin: -number
        }
    }

    /// The key of all numbers in JSON: `probabilities`.
    public var plural: String { kind == .probability ? "probabilities" : kind.rawValue + "s" }

    /// - Parameters:
    ///   - activation: The model's last activation; nil for none.
    ///   - loss: The compiled loss; nil if unknown.
    ///   - isOneNumber: True if one number stands for two classes.
    init(_ activation: Activation?, _ loss: Loss?, isOneNumber: Bool) {
        switch activation {
        case .softmax where !isOneNumber, .sparsemax, .sigmoid, .hardSigmoid, .hardSigmoid3, .sparseSigmoid:
            // Keras itself ignores from_logits behind a softmax or sigmoid.
            self = .probability
        case .logSoftmax where !isOneNumber: self = .exponential
        case .tanh, .hardTanh, .softsign: self = .margin
        default:
            guard let loss else {
                self = activation == nil || activation == .linear ? .logit : .value
                return
            }
            if loss.fromLogits {
                self = isOneNumber || loss.isForEachOutput ? .sigmoid : .softmax
            } else if loss.isForMargins {
                self = .margin
            } else {
                self = .value
            }
        }
    }

    private init(kind: Kind, link: Link) { (self.kind, self.link) = (kind, link) }
}

extension OutputMeaning {
    /// - Parameter given: The user's class names, which override those in the file. Without names, classes are
    ///   called 0, 1, 2 and so on.
    init(of file: ModelFile, classes given: [String]?, name: String) throws(CellarError) {
        let shape = file.model.outputShapes[0]
        let width = shape.reduce(1, *)
        let activation = file.model.lastActivation()
        let loss = file.compiled?.loss
        var names = given ?? file.facts.map(\.classes) ?? []
        let positions = shape.dropLast().reduce(1, *)
        if OutputMeaning.isRegression(file, activation, names: names) || names.isEmpty && positions > 1 {
            self = .values(width)
            return
        }
        let wanted = width == 1 ? 2 : width
        if names.isEmpty { for number in 0..<wanted { names.append("\(number)") } }
        guard names.count == wanted else {
            let advice = width == 1 ? "--classes bad,good (the negative class first)" : "--classes cat,dog,…"
            throw CellarError(
                .usage,
                "\(name): the model has \(wanted) classes, found \(names.count) names "
                    + "(\(names.prefix(12).joined(separator: ", "))).",
                remedy: "Name all \(wanted), for example \(advice).")
        }
        // No hash table: the first one of a process takes as long to set up as the preparation of a picture.
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        if let twice = zip(sorted, sorted.dropFirst()).first(where: { $0.hasSameBytes(as: $1) })?.0 {
            throw CellarError(
                .usage, "\(name): two classes are called \"\(twice)\".",
                remedy: "Give each class a unique name.")
        }
        let score = OutputScore(activation, loss, isOneNumber: width == 1)
        if width == 1 {
            self = .binary(names, score)
        } else if activation == .sigmoid && loss == nil
            || loss?.isForEachOutput == true && activation != .softmax
                && activation != .logSoftmax && activation != .sparsemax
        {
            self = .labels(names, score)
        } else {
            self = .classes(names, score)
        }
    }

    private static func isRegression(
        _ file: ModelFile, _ activation: Activation?, names: [String]
    ) -> Bool {
        if !names.isEmpty { return false }
        if let task = file.facts?.task { return task == .regression }
        if let loss = file.compiled?.loss { return loss.isForNumbers && activation != .softmax }
        let endings: [Activation?] = [.softmax, .logSoftmax, .sparsemax, .sigmoid]
        return !endings.contains(activation)
    }
}
