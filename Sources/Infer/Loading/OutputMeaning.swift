import Base
import KerasFile
import Network

/// The meaning of the numbers of a model's one output.
public enum OutputMeaning: Equatable, Sendable {
    /// One number per class.
    case classes([String], Link)
    /// One number: the probability of the second of two classes.
    case binary([String], Link)
    /// This number of values (regression).
    case values(Int)

    /// The function from the network's number to a probability.
    public enum Link: Sendable {
        /// The number is a probability.
        case identity
        /// The number is a logit.
        case softmax, sigmoid
        /// The number is the logarithm of a probability.
        case exp
    }

    /// Class names in the order of their numbers; nil for regression.
    public var classes: [String]? {
        switch self {
        case .classes(let names, _), .binary(let names, _): names
        case .values: nil
        }
    }

    /// The network's numbers per sample.
    public var width: Int {
        switch self {
        case .classes(let names, _): names.count
        case .binary: 1
        case .values(let width): width
        }
    }
}

extension OutputMeaning {
    /// - Parameter given: The user's class names, which override those in the file.
    init(of file: ModelFile, classes given: [String]?, name: String) throws(CellarError) {
        let width = file.model.outputShapes[0].reduce(1, *)
        let activation = lastActivation(of: file.model)
        let names = given ?? file.facts.map(\.classes) ?? []
        guard !OutputMeaning.isRegression(file, activation, names: names) else {
            self = .values(width)
            return
        }
        let wanted = width == 1 ? 2 : width
        guard names.count == wanted else {
            let advice = width == 1 ? "--classes bad,good (the negative class first)" : "--classes cat,dog,…"
            throw CellarError(
                .usage,
                names.isEmpty
                    ? "\(name): the model has no names for its \(wanted) classes."
                    : "\(name): the model has \(wanted) classes, found \(names.count) names "
                        + "(\(names.prefix(12).joined(separator: ", "))).",
                remedy: "Name all \(wanted), for example \(advice).")
        }
        // No hash table: the first one of a process takes as long to set up as the preparation of a picture.
        let sorted = names.sorted()
        if let twice = zip(sorted, sorted.dropFirst()).first(where: { $0 == $1 })?.0 {
            throw CellarError(
                .usage, "\(name): two classes are called \"\(twice)\".",
                remedy: "Give each class a unique name.")
        }
        let isLogit = file.compiled?.loss?.fromLogits == true || activation == nil || activation == .linear
        if width == 1 {
            self = .binary(names, isLogit && activation != .sigmoid ? .sigmoid : .identity)
        } else if activation == .logSoftmax {
            self = .classes(names, .exp)
        } else {
            self = .classes(names, isLogit && activation != .softmax ? .softmax : .identity)
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

/// Returns the activation of the model's one output. Layers that do not change values are skipped.
func lastActivation(of model: Model) -> Activation? {
    var call = model.outputs[0]
    while true {
        let layer = model.layers[model.calls[call].layer]
        if let activation = layer.finalActivation, activation != .linear { return activation }
        guard layer.keepsNumbers, let input = model.calls[call].inputs.first else { return nil }
        call = input
    }
}
