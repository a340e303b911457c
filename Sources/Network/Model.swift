import JSONText
import Tensors

/// A model: layers in Keras' terms, wired as a graph, and their weights. It describes and does not compute; a
/// `Predictor` or a `TrainingExecutor` is made from it for that.
public struct Model: Sendable {
    /// How Keras' config tells the graph: a chain, or calls that name their inputs.
    public enum Form: Sendable { case sequential, functional }

    /// One use of a layer. Its output is known by the call's index.
    public struct Call: Equatable, Sendable {
        /// Index of the layer; a shared layer is called more than once.
        public var layer: Int
        /// The calls whose outputs go in. Empty for an InputLayer.
        public var inputs: [Int]
        public init(layer: Int, inputs: [Int]) { (self.layer, self.inputs) = (layer, inputs) }
    }

    public var name: String
    public let form: Form
    public private(set) var layers: [any Layer]
    /// In an order in which every call comes after those that feed it.
    public let calls: [Call]
    /// The calls of the input layers, and those whose outputs are the network's, in Keras' order.
    public let inputs: [Int]
    public let outputs: [Int]
    /// The output's shape of each call, without the batch.
    public let shapes: [[Int]]
    /// What each layer needs, and what it has: parallel to `layers`.
    public let weightSpecs: [[WeightSpec]]
    public private(set) var weights: [[Tensor]]

    /// Wires layers and infers every shape. It has no weights until `initialize` or `setWeights`.
    public init(
        name: String, form: Form, layers: [any Layer], calls: [Call], inputs: [Int], outputs: [Int]
    ) throws(ConfigError) {
        (self.name, self.form, self.layers, self.calls) = (name, form, layers, calls)
        (self.inputs, self.outputs) = (inputs, outputs)
        try Self.checkNames(layers)

        var shapes: [[Int]] = []
        var specs: [[WeightSpec]?] = Array(repeating: nil, count: layers.count)
        for (index, call) in calls.enumerated() {
            precondition(call.inputs.allSatisfy { $0 < index }, "calls are in order")
            let layer = layers[call.layer]
            let inputShapes = call.inputs.map { shapes[$0] }
            shapes.append(try layer.outputShape(for: inputShapes))
            let needed = layer.weights(for: inputShapes)
            for spec in needed {
                do { try spec.constraint?.check(spec.name, shape: spec.shape) } catch {
                    throw ConfigError(error.message, subject: layer.subject, key: error.key)
                }
            }
            if let earlier = specs[call.layer], earlier.map(\.shape) != needed.map(\.shape) {
                throw ConfigError("is shared by inputs of different shapes", subject: layer.subject)
            }
            specs[call.layer] = needed
        }
        self.shapes = shapes
        weightSpecs = specs.map { $0 ?? [] }
        // Nothing is allocated for a shape that a file merely declares.
        weights = weightSpecs.map { _ in [] }
    }

    /// A chain: the first layer must be an InputLayer.
    public init(name: String = "sequential", chain layers: [any Layer]) throws(ConfigError) {
        guard layers.first is InputLayer else {
            throw ConfigError(
                "the input's shape is not known: the first layer must be an InputLayer", subject: name)
        }
        try self.init(
            name: name, form: .sequential, layers: layers,
            calls: layers.indices.map { Call(layer: $0, inputs: $0 == 0 ? [] : [$0 - 1]) },
            inputs: [0], outputs: [layers.count - 1])
    }

    private static func checkNames(_ layers: [any Layer]) throws(ConfigError) {
        var seen: Set<String> = []
        for layer in layers where !seen.insert(layer.name).inserted {
            throw ConfigError(
                "two layers are called \"\(layer.name)\"; names must differ", subject: layer.subject)
        }
    }

    public var inputShapes: [[Int]] { inputs.map { shapes[$0] } }
    public var outputShapes: [[Int]] { outputs.map { shapes[$0] } }

    public mutating func setTrainable(_ trainable: Bool, layer: Int) { layers[layer].trainable = trainable }

    /// Replaces one layer's weights. The shapes must be those of its specs.
    public mutating func setWeights(_ tensors: [Tensor], layer: Int) throws(ConfigError) {
        let specs = weightSpecs[layer]
        guard tensors.count == specs.count else {
            throw ConfigError(
                "needs \(specs.count) weights, but there are \(tensors.count)", subject: layers[layer].subject
            )
        }
        for (tensor, spec) in zip(tensors, specs) where tensor.shape != spec.shape {
            throw ConfigError(
                "\(spec.name) must be \(spec.shape), but is \(tensor.shape)", subject: layers[layer].subject)
        }
        weights[layer] = tensors
    }

    /// An error where some layer's weights were never set.
    func requireWeights() throws(ConfigError) {
        for layer in layers.indices where weights[layer].count != weightSpecs[layer].count {
            throw ConfigError("has no weights yet", subject: layers[layer].subject)
        }
    }

    /// Draws all weights anew. The same seed gives the same weights.
    public mutating func initialize(seed: Int) throws(ConfigError) {
        for layer in layers.indices {
            weights[layer] = try weightSpecs[layer].enumerated().map { (index, spec) throws(ConfigError) in
                var random = RandomNumbers(seed: seed, stream: 1000 * (layer + 1) + index)
                return try spec.initializer.tensor(shape: spec.shape, using: &random)
            }
        }
    }

    /// Whether a layer's weight is changed by training: the weight itself and its layer must be trainable.
    public func isTrainable(layer: Int, weight: Int) -> Bool {
        layers[layer].trainable && weightSpecs[layer][weight].trainable
    }

    public var trainableParameters: Int { parameters(trainable: true) }
    public var nonTrainableParameters: Int { parameters(trainable: false) }

    private func parameters(trainable: Bool) -> Int {
        layers.indices.reduce(0) { sum, layer in
            sum
                + weightSpecs[layer].indices.reduce(0) {
                    $0
                        + (isTrainable(layer: layer, weight: $1) == trainable
                            ? weightSpecs[layer][$1].count : 0)
                }
        }
    }
}
