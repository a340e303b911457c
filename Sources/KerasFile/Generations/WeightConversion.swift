import Base
import Network
import Tensors

/// The conversion of the arrays stored for a layer to the weights of the 2.10 layer.
struct WeightConversion {
    /// True if the conversion only permutes values, so that optimizer slots can be converted too.
    private(set) var rearranges = true
    private var steps: [([Tensor]) throws -> [Tensor]] = []

    mutating func then(rearranges: Bool = true, _ step: @escaping ([Tensor]) throws -> [Tensor]) {
        steps.append(step)
        self.rearranges = self.rearranges && rearranges
    }

    /// Converts only the first array, the kernel.
    mutating func kernel(_ change: @escaping (Tensor) throws -> Tensor) {
        then { tensors in try tensors.prefix(1).map(change) + tensors.dropFirst() }
    }

    func callAsFunction(_ tensors: [Tensor]) throws -> [Tensor] {
        try steps.reduce(tensors) { try $1($0) }
    }

    var isNothing: Bool { steps.isEmpty }
}

/// The arrays stored for one layer, before they are read.
struct StoredWeights {
    var names: [String]
    var shapes: [[Int]]

    func part(_ range: Range<Int>) -> StoredWeights {
        StoredWeights(names: Array(names[range]), shapes: Array(shapes[range]))
    }
}

extension Generation {
    /// Returns the conversion of a layer's arrays; nil if none is needed. The class and options are those of
    /// 2.10.
    func conversion(of className: String, _ config: JSONObject, _ stored: StoredWeights) -> WeightConversion?
    {
        var conversion = WeightConversion()
        switch className {
        case "TimeDistributed":
            guard let inner = config["layer"], let name = inner["class_name"]?.string else { return nil }
            return self.conversion(of: name, inner["config"]?.object ?? [:], stored)
        case "Bidirectional":
            guard let inner = config["layer"], let name = inner["class_name"]?.string else { return nil }
            let half = stored.names.count / 2
            let parts = [stored.part(0..<half), stored.part(half..<stored.names.count)].map {
                self.conversion(of: name, inner["config"]?.object ?? [:], $0)
            }
            guard let forward = parts[0], let backward = parts[1] else { return nil }
            conversion.then(rearranges: forward.rearranges && backward.rearranges) {
                try forward(Array($0[..<half])) + backward(Array($0[half...]))
            }
        default:
            if major < 2 { Keras1.convert(className, config, stored, &conversion) }
            if major < 3 {
                Keras2Early.convertCuDNN(className, config, stored, &conversion)
                if isTheanos(stored) { Keras2Early.mirror(className, &conversion) }
            }
        }
        return conversion.isNothing ? nil : conversion
    }

    func isTheanos(_ stored: StoredWeights) -> Bool {
        if let backend { return backend == "theano" }
        return major < 2 && Self.backend(naming: stored.names) != "tensorflow"
    }

    /// Guesses the backend of a Keras 1 file, which does not record it: TensorFlow appends `:0` to weight
    /// names, Theano nothing. Nil without names.
    static func backend(naming names: [String]) -> String? {
        names.isEmpty ? nil : names.contains { $0.hasSuffix(":0") } ? "tensorflow" : "theano"
    }
}

extension Generation {
    /// Returns the number of stored arrays for a layer with `weights` weights.
    func storedCount(of className: String, _ config: JSONObject, weights: Int) -> Int {
        switch className {
        case "TimeDistributed", "Bidirectional":
            guard let inner = config["layer"], let name = inner["class_name"]?.string else { return weights }
            let copies = className == "Bidirectional" ? 2 : 1
            return copies
                * storedCount(of: name, inner["config"]?.object ?? [:], weights: weights / copies)
        case "LSTM" where major < 2 && weights == 3: return 12
        case "GRU" where major < 2 && weights == 3: return 9
        default: return weights
        }
    }
}
