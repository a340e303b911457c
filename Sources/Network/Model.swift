import Base
import Tensors

/// A model: a graph of layers in Keras' terms, with their weights. It does not compute; a `Predictor` or a
/// `TrainingExecutor` is created from it for that.
public struct Model: Sendable {
    /// One call of a layer. Its output is identified by the call's index.
    public struct Call: Equatable, Sendable {
        /// The index of the layer. A shared layer is called more than once.
        public var layer: Int
        /// The calls whose outputs are the inputs; empty for an InputLayer.
        public var inputs: [Int]
        /// True if the call computes as at inference while the rest of the network is trained.
        public var atInference: Bool
        /// True if Keras 3 records the mask of the input as an argument of the call (see `MaskRemovals`).
        var recordsMask: Bool
        /// The number of the model in the file that contains the call.
        var container: Int
        public init(
            layer: Int, inputs: [Int], atInference: Bool = false, recordsMask: Bool = false,
            container: Int = 0
        ) {
            (self.layer, self.inputs, self.atInference) = (layer, inputs, atInference)
            (self.recordsMask, self.container) = (recordsMask, container)
        }
    }

    public var name: String { structure.name }
    /// The structure of the model in the file, where models may be nested.
    public let structure: Container
    /// All layers, including those of nested models.
    public private(set) var layers: [any Layer]
    /// The calls in topological order.
    public let calls: [Call]
    /// The calls of the input layers, and the calls whose outputs are the network's, in Keras' order.
    public let inputs: [Int]
    public let outputs: [Int]
    /// The output shape of each call, without the batch.
    public let shapes: [[Int]]
    /// The shape of the mask of each call's output, and the use of masks by each call.
    let maskShapes: [[Int]?]
    public let maskUses: [MaskUse]
    /// The generations whose rules make the masks behind models inside TimeDistributed, where they differ.
    let stepModelForms: [MaskForm]
    /// The first layer that computes with another mask because MultiHeadAttention ended that of a tensor, and whether masks are
    /// others in training; nil if there is none.
    private let removals: (layer: Int, differInTraining: Bool)?
    /// The weight specifications and the weights of each layer, parallel to `layers`.
    public let weightSpecs: [[WeightSpec]]
    public private(set) var weights: [[Tensor]]

    /// Connects layers and infers all shapes. The model has no weights until `initialize` or `setWeights` is
    /// called.
    public init(structure: Container, layers: [any Layer]) throws(CellarError) {
        try self.init(structure: structure, layers: layers, removals: nil)
        if let removals = try MaskRemovals(self) {
            self = try Model(structure: structure, layers: layers, removals: removals)
        }
    }

    private init(structure: Container, layers given: [any Layer], removals: MaskRemovals?) throws(CellarError)
    {
        // Layers that are in no file are recreated after all others.
        var layers = given.prefix(structure.layers.count) + (removals?.added ?? [])
        self.structure = structure
        var calls: [Call] = []
        var stepModels: [StepModel] = []
        var nextPart = layers.count
        if let removals {
            (calls, inputs, outputs) = (removals.calls, removals.inputs, removals.outputs)
            nextPart = removals.layerCount
        } else {
            (inputs, outputs) = try structure.flattened(
                feeds: nil, into: &calls, stepModels: &stepModels, nextPart: &nextPart,
                outputCount: { layers[$0].outputCount }, isInput: { layers[$0].isInput })
        }
        self.calls = calls
        self.removals = removals.map { ($0.layer, $0.differInTraining) }

        var shapes: [[Int]] = []
        var (maskShapes, maskUses): ([[Int]?], [MaskUse]) = ([], [])
        var dropped: Set<Int> = []
        var specs: [[WeightSpec]?] = Array(repeating: nil, count: nextPart)
        for (index, call) in calls.enumerated() {
            precondition(call.inputs.allSatisfy { $0 < index }, "calls are in order")
            let layer = layers[call.layer]
            let inputShapes = call.inputs.map { shapes[$0] }
            let shape = try layer.outputShape(for: inputShapes)
            guard shape.allSatisfy({ $0 > 0 }), shape.reduce(1.0, { $0 * Double($1) }) <= 0x1p31 else {
                throw CellarError(
                    "makes an output of shape \(shape), which is not possible", subject: layer.subject)
            }
            shapes.append(shape)
            if layer.outputCount > 1 {
                let parts = try layer.outputShapes(for: inputShapes)
                layers += layer.outputParts(parts)
            }
            let masks = call.inputs.map { maskShapes[$0] }
            var use = layer.mask(for: inputShapes, masks: masks)
            if stepModels.contains(where: { $0.ends(mask: use.shape(masks), of: index) }) {
                use = .ends
                dropped.insert(index)
            }
            maskUses.append(use)
            maskShapes.append(use.shape(masks))
            let needed = layer.weights(for: inputShapes)
            for spec in needed { try checkSize(spec.shape, "its \(spec.name)", subject: layer.subject) }
            for spec in needed {
                do {
                    try spec.constraint?.check(spec.name, shape: spec.shape)
                    try spec.regularizer?.check(spec.name, shape: spec.shape)
                } catch {
                    throw CellarError(error.message, subject: layer.subject, key: error.place.key)
                }
            }
            if let earlier = specs[call.layer], earlier.map(\.shape) != needed.map(\.shape) {
                throw CellarError("is shared by inputs of different shapes", subject: layer.subject)
            }
            specs[call.layer] = needed
        }
        for model in stepModels {
            try model.check(masks: maskShapes, uses: maskUses, all: calls, dropped: dropped)
        }
        stepModelForms = stepModels.compactMap { $0.form(maskShapes, dropped: dropped) }
        self.layers = Array(layers)
        (self.shapes, self.maskShapes, self.maskUses) = (shapes, maskShapes, maskUses)
        weightSpecs = specs.map { $0 ?? [] }
        // Nothing is allocated for a shape that is only declared in a file.
        weights = weightSpecs.map { _ in [] }
    }

    /// Creates a model from layers and their calls, without nested models.
    public init(
        name: String, form: Container.Form, layers: [any Layer], calls: [Call], inputs: [Int], outputs: [Int]
    ) throws(CellarError) {
        try self.init(
            structure: Container(
                name: name, form: form, members: layers.indices.map { .layer($0) },
                nodes: calls.map { call in
                    Container.Node(
                        member: call.layer, inputs: call.inputs.map { .node($0, output: 0) },
                        atInference: call.atInference, recordsMask: call.recordsMask)
                },
                inputs: inputs, outputs: outputs.map { .node($0, output: 0) }), layers: layers)
    }

    /// Creates a chain. The first layer must be an InputLayer.
    public init(name: String = "sequential", chain layers: [any Layer]) throws(CellarError) {
        guard layers.first?.isInput == true else {
            throw CellarError(
                "the input's shape is not known: the first layer must be an InputLayer", subject: name)
        }
        try self.init(
            structure: Container(
                name: name, chain: layers.indices.map { .layer($0) }, startsWithInput: true), layers: layers)
        try checkNames()
    }

    /// Throws an error if two members of one model have the same name, which is not possible in a file.
    public func checkNames() throws(CellarError) { try check(names: structure) }

    private func check(names container: Container) throws(CellarError) {
        var seen = SeenNames()
        for member in container.members {
            let (name, subject) =
                switch member {
                case .layer(let layer): (layers[layer].name, layers[layer].subject)
                case .model(let inside): (inside.memberName, "model \"\(inside.name)\"")
                }
            guard seen.insert(name) else {
                throw CellarError("two layers are called \"\(name)\"; names must differ", subject: subject)
            }
            if case .model(let inside) = member { try check(names: inside) }
        }
    }

    /// The first call of each layer; nil for a layer that is not called.
    public var firstCalls: [Int?] {
        var first = [Int?](repeating: nil, count: layers.count)
        for index in calls.indices.reversed() { first[calls[index].layer] = index }
        return first
    }

    /// The path of each layer, such as `backbone/conv1`: the names of the models that contain it, and its own
    /// name.
    public var paths: [String] {
        var paths = layers.map(\.name)
        func walk(_ container: Container, _ prefix: String) {
            for member in container.members {
                switch member {
                case .layer(let layer): paths[layer] = prefix + layers[layer].name
                case .model(let inside): walk(inside, prefix + inside.memberName + "/")
                }
            }
        }
        walk(structure, "")
        return paths
    }

    /// Returns the same model with its layers replaced by others of the same kinds.
    public func replacing(layers: [any Layer]) throws(CellarError) -> Model {
        var copy = try Model(structure: structure, layers: layers)
        for layer in layers.indices { try copy.setWeights(weights[layer], layer: layer) }
        return copy
    }

    /// The first layer that computes with another mask because MultiHeadAttention of Keras 3 ended that of a tensor; nil if
    /// there is none, and Keras 2 has the same masks.
    public var layerAfterEndOfMask: (any Layer)? { removals.map { layers[$0.layer] } }

    /// Returns the same model as Keras 3 would run it, without weights.
    public func asInKeras3() throws(CellarError) -> Model {
        var layers = Array(layers.prefix(structure.layers.count))
        for index in layers.indices { layers[index].followKeras3() }
        guard layers.contains(where: \.endsMasksOfInputs) else { return self }
        return try Model(structure: structure.asKeras3RunsIt(layers), layers: layers)
    }

    public var inputShapes: [[Int]] { inputs.map { shapes[$0] } }
    public var outputShapes: [[Int]] { outputs.map { shapes[$0] } }

    /// Replaces one layer's weights. The shapes must match its specs.
    public mutating func setWeights(_ tensors: [Tensor], layer: Int) throws(CellarError) {
        let specs = weightSpecs[layer]
        guard tensors.count == specs.count else {
            throw CellarError(
                "needs \(specs.count) weights, but there are \(tensors.count)", subject: layers[layer].subject
            )
        }
        for (tensor, spec) in zip(tensors, specs) where tensor.shape != spec.shape {
            throw CellarError(
                "\(spec.name) must be \(spec.shape), but is \(tensor.shape)", subject: layers[layer].subject)
        }
        weights[layer] = tensors
    }

    /// Throws an error if any layer's weights are not set.
    func requireWeights() throws(CellarError) {
        for layer in layers.indices where weights[layer].count != weightSpecs[layer].count {
            throw CellarError("has no weights yet", subject: layers[layer].subject)
        }
    }

    /// Throws an error if a layer does not support training, or if a weight to be trained is before a layer
    /// without a gradient.
    func requireGradients() throws(CellarError) {
        for layer in layers where type(of: layer.innermost).onlyAnswers {
            throw CellarError(
                "changes its input at random while the model is trained, which is not supported: a model with it only "
                    + "answers. Leave it out to go on training.", subject: layer.subject)
        }
        if let layer = layers.first(where: { $0.trainsStepByStep }) {
            throw CellarError(
                "normalizes the batch of each time step by itself while Keras 3 trains it, which is not supported. Freeze it "
                    + "(trainable: false) to go on training.", subject: layer.innermost.subject)
        }
        if let removals, removals.differInTraining {
            throw CellarError(
                "computes with a mask that MultiHeadAttention of Keras 3 ends for it, and for other layers while the model is "
                    + "trained, which is not supported: such a model only answers",
                subject: layers[removals.layer].subject)
        }
        var reaches = calls.map { _ in false }
        for (index, call) in calls.enumerated() {
            let isBehind = call.inputs.contains { reaches[$0] }
            let layer = layers[call.layer]
            if isBehind && !type(of: layer.innermost).propagatesGradients {
                throw CellarError(
                    "passes no gradient on, but weights before it are to be trained. Freeze them (trainable: false), or put "
                        + "it in front.", subject: layer.subject)
            }
            let trains = weightSpecs[call.layer].indices.contains {
                isTrainable(layer: call.layer, weight: $0)
            }
            reaches[index] = isBehind || trains
        }
    }

    /// True if every layer can be trained with, and passes on the gradients that earlier layers need.
    public var isTrainableHere: Bool {
        do {
            try requireGradients()
            return true
        } catch { return false }
    }

    /// Initializes all weights. The same seed gives the same weights.
    public mutating func initialize(seed: Int) throws(CellarError) {
        try checkMemory(numbers: trainableParameters + nonTrainableParameters, for: largestWeights)
        for layer in layers.indices {
            weights[layer] = try weightSpecs[layer].enumerated().map { (index, spec) throws(CellarError) in
                var random = RandomNumbers(seed: seed, stream: 1000 * (layer + 1) + index)
                return try spec.initializer.tensor(shape: spec.shape, using: &random)
            }
        }
    }

    /// Returns true if training changes a weight: the weight itself and its layer must be trainable.
    public func isTrainable(layer: Int, weight: Int) -> Bool {
        layers[layer].trainable && weightSpecs[layer][weight].trainable
    }

    public var trainableParameters: Int { parameters(trainable: true) }
    public var nonTrainableParameters: Int { parameters(trainable: false) }

    /// A description of the weights, for messages about memory.
    var largestWeights: String {
        let sizes = weightSpecs.map { $0.reduce(0) { $0 + $1.count } }
        let largest = sizes.indices.max { sizes[$0] < sizes[$1] }
        return "the model's weights" + (largest.map { ", most of them in \(layers[$0].subject)" } ?? "")
    }

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

/// A set of names. A few names are searched linearly, because creating a process' first hash table of strings
/// takes as long as reading a small model.
private struct SeenNames {
    private var few: [String] = []
    private var many: Set<String>?

    /// Inserts a name. Returns false if it is present already.
    mutating func insert(_ name: String) -> Bool {
        if many != nil { return many?.insert(name).inserted ?? false }
        if few.contains(name) { return false }
        few.append(name)
        if few.count == 64 { many = Set(few) }
        return true
    }
}
