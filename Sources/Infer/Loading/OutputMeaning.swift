import Base
import KerasFile
import Network

/// The meaning of the numbers of a model's one output.
public enum OutputMeaning: Equatable, Sendable {
    /// One number for each class.
    case classes([String], Link)
    /// One number: how likely the second of two classes is.
    case binary([String], Link)
    /// So many measured values (regression).
    case values(Int)

    /// What makes a probability of the network's number.
    public enum Link: Sendable {
        /// It is one already.
        case identity
        /// It is a logit.
        case softmax, sigmoid
        /// It is a probability's logarithm.
        case exp
    }

    /// Names of the classes, in the order of their numbers; nil for measured values.
    public var classes: [String]? {
        switch self {
        case .classes(let names, _), .binary(let names, _): names
        case .values: nil
        }
    }

    /// Numbers that the network gives for a sample.
    public var width: Int {
        switch self {
        case .classes(let names, _): names.count
        case .binary: 1
        case .values(let width): width
        }
    }
}

extension OutputMeaning {
    /// - Parameter given: the user's names, which go before those in the file.
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
            let advice = width == 1 ? "--classes bad,good: the negative one first" : "--classes cat,dog,…"
            throw CellarError(
                .usage,
                names.isEmpty
                    ? "\(name): the model does not name its classes. Name the \(wanted), as \(advice)."
                    : "\(name): the model tells \(wanted) classes apart, but \(names.count) are named "
                        + "(\(names.prefix(12).joined(separator: ", "))). Name all, as \(advice).")
        }
        // Without a hash table: a process' first one takes as long to set up as all of a picture's preparation.
        let sorted = names.sorted()
        if let twice = zip(sorted, sorted.dropFirst()).first(where: { $0 == $1 })?.0 {
            throw CellarError(
                .usage, "\(name): two classes are called \"\(twice)\". Each needs a name of its own.")
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

/// The activation of the one output, perhaps before layers that change no number; nil for none.
func lastActivation(of model: Model) -> Activation? {
    var call = model.outputs[0]
    while true {
        let layer = model.layers[model.calls[call].layer]
        if let activation = layer.finalActivation, activation != .linear { return activation }
        guard layer.keepsNumbers, let input = model.calls[call].inputs.first else { return nil }
        call = input
    }
}
