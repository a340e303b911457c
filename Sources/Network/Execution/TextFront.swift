import Base
import Tensors

/// The part of a model that reads texts: it runs before the network, once for all rows, so that the network itself
/// computes with numbers only.
///
/// The calls of text readers become inputs of the network. Layers keep their indices, so that weights and optimizer
/// state of the network are those of the model.
public struct TextFront: Sendable {
    /// The model without its texts: where it reads texts, it has inputs of numbers.
    let numeric: Model
    private let sources: [Source]
    private let inputs: Int

    /// The source of an input of the network.
    private enum Source: Sendable {
        case input(Int)
        case reader(any TextReader, [Int], shape: [Int])
    }

    /// Nil for a model without inputs of texts.
    init?(_ model: Model) throws(CellarError) {
        guard model.inputs.contains(where: { model.layers[model.calls[$0].layer].isText }) else { return nil }
        guard !model.layers.contains(where: { $0.outputCount > 1 }) else {
            throw CellarError("a model of texts with layers of several outputs is not supported")
        }
        inputs = model.inputs.count
        var layers = model.layers
        var sources: [Source] = []
        var calls: [Model.Call] = []
        var numbers = model.calls.map { _ in -1 }
        var newInputs: [Int] = []
        var taken: Set<Int> = []
        for (index, call) in model.calls.enumerated() {
            let layer = model.layers[call.layer]
            if layer.isText { continue }
            let areTexts = call.inputs.map { model.layers[model.calls[$0].layer].isText }
            if areTexts.contains(true) {
                guard let reader = layer.textReader, !areTexts.contains(false) else {
                    throw CellarError(
                        layer.textReader == nil
                            ? "takes texts, which only lookups and hashes can read"
                            : "takes texts and numbers together, which is not supported",
                        subject: layer.subject)
                }
                let place = taken.insert(call.layer).inserted ? call.layer : layers.count
                let name = place == call.layer ? layer.name : "\(layer.name)_\(index)"
                let input = InputLayer(name: name, shape: model.shapes[index])
                if place < layers.count { layers[place] = input } else { layers.append(input) }
                sources.append(
                    .reader(
                        reader, call.inputs.map { text in model.inputs.firstIndex(of: text) ?? 0 },
                        shape: model.shapes[index]))
                numbers[index] = calls.count
                newInputs.append(calls.count)
                calls.append(Model.Call(layer: place, inputs: []))
                continue
            }
            if layer.textReader != nil, !layer.readsNumbersToo {
                throw CellarError("looks up texts, but its input is of numbers", subject: layer.subject)
            }
            numbers[index] = calls.count
            if let place = model.inputs.firstIndex(of: index) {
                sources.append(.input(place))
                newInputs.append(calls.count)
            }
            calls.append(
                Model.Call(
                    layer: call.layer, inputs: call.inputs.map { numbers[$0] }, atInference: call.atInference,
                    recordsMask: call.recordsMask))
        }
        guard model.outputs.allSatisfy({ numbers[$0] >= 0 }) else {
            throw CellarError("a model that gives texts out is not supported")
        }
        var numeric = try Model(
            name: model.name, form: .functional, layers: layers, calls: calls, inputs: newInputs,
            outputs: model.outputs.map { numbers[$0] })
        for layer in model.layers.indices where model.weights[layer].count == numeric.weightSpecs[layer].count
        {
            try numeric.setWeights(model.weights[layer], layer: layer)
        }
        (self.numeric, self.sources) = (numeric, sources)
    }

    /// Returns the samples of the network's inputs.
    func numbers(of samples: [Samples]) throws(CellarError) -> [Samples] {
        var all: [Samples] = []
        for source in sources {
            switch source {
            case .input(let place): all.append(samples[place])
            case .reader(let reader, let places, let shape):
                var texts: [Texts] = []
                var size = 1
                for place in places {
                    guard case .texts(let found) = samples[place].storage else {
                        throw CellarError("the model takes texts, but numbers are given")
                    }
                    texts.append(found)
                    size = samples[place].size
                }
                all.append(Samples(shape: shape, floats: try reader.numbers(of: texts, size: size)))
            }
        }
        return all
    }
}

extension Model {
    /// True if an input takes texts.
    public var readsTexts: Bool { inputs.contains { layers[calls[$0].layer].isText } }

    /// Throws an error if the samples are texts where the model takes numbers, or the reverse.
    func checkKinds(_ samples: [Samples]) throws(CellarError) {
        for (samples, input) in zip(samples, inputs) {
            let layer = layers[calls[input].layer]
            guard samples.areTexts == layer.isText else {
                throw CellarError(
                    "takes \(layer.isText ? "texts" : "numbers"), but \(samples.areTexts ? "texts" : "numbers") are given",
                    subject: layer.subject)
            }
        }
    }
}
