import Base
import Tensors

/// `y = activation(x · kernel + bias)` over the last axis. Weights: kernel [inputs, units], bias [units].
///
/// Source: Keras' Dense; gradients as in Goodfellow et al., "Deep Learning" (2016), 6.5.
public struct Dense: Layer {
    public static let className = "Dense"
    public var name = "dense"
    public var trainable = true
    public var units: Int
    public var activation: Activation
    public var useBias: Bool
    public var kernel = WeightOptions(.glorotUniform)
    public var bias = WeightOptions(.zeros)
    public var activityPenalty: ActivityPenalty?
    /// If this layer is a part of a larger one, the units of the whole layer: they determine how products
    /// round.
    fileprivate var wholeUnits: Int?

    public init(units: Int, activation: Activation = .linear, useBias: Bool = true) {
        (self.units, self.activation, self.useBias) = (units, activation, useBias)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        units = try config.int("units")
        activation = try config.activation()
        useBias = try config.bool("use_bias", default: true)
        kernel = try config.weight("kernel", initializer: .glorotUniform)
        bias = try config.weight("bias", initializer: .zeros)
        activityPenalty = try config.activityPenalty()
        try config.refuse("lora_rank")
    }

    public var config: JSONObject {
        var config: JSONObject = [
            "units": .integer(units), "activation": activation.json, "use_bias": .bool(useBias),
        ]
        kernel.write("kernel", to: &config)
        bias.write("bias", to: &config)
        config["activity_regularizer"] = activityPenalty?.json ?? .null
        return config
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        guard !input.isEmpty else { throw CellarError("needs an input with a last axis", subject: subject) }
        return input.dropLast() + [activation.outputWidth(units)]
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        var kernel = self.kernel.spec("kernel", shape: [inputs[0].last ?? 1, units])
        kernel.alignsRows = true
        return useBias ? [kernel, bias.spec("bias", shape: [units])] : [kernel]
    }

    public var finalActivation: Activation? { activation }

    public func withoutActivation() -> Dense {
        var copy = self
        copy.activation = .linear
        copy.activityPenalty = activityPenalty?.behind(activation)
        return copy
    }

    // Scratch: pre-activations, if the backward pass needs them or they do not fit the output; while training,
    // also the workspace of the input gradient.
    fileprivate func preactivations(vectors: Int, training: Bool) -> Int {
        activation == .glu || training && activation.needsInput ? vectors * units : 0
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let vectors = rows * inputs[0].dropLast().reduce(1, *)
        return preactivations(vectors: vectors, training: training)
            + (training ? vectors * (units + (inputs[0].last ?? 1)) : 0)
            + (activityPenalty?.scratch(size: vectors * units) ?? 0)
    }

    public func makeCall(_ memory: CallMemory) -> any LayerCall { DenseCall(self, memory) }

    public static var isCheap: Bool { true }
    public static var skipsZerosOfSamples: Bool { true }
    public var makesZeros: Bool { activation == .relu }
    public func isElementwise(_ shape: [Int]) -> Bool { activation.isElementwise }
}

extension Dense: LinearLayer {
    public static var hasMatrix: Bool { true }
}

extension Dense: DivisibleLayer {
    public var divisible: (any DivisibleLayer)? { self }
    public var canBeDivided: Bool { activityPenalty == nil }
    public var canAddParts: Bool { activation != .glu }

    public func part(units: Int, of whole: Int?) -> any Layer {
        var part = self
        (part.units, part.wholeUnits) = (units, whole)
        return part
    }

    public func summand(hasBias: Bool) -> any Layer {
        var summand = self
        (summand.activation, summand.activityPenalty) = (.linear, nil)
        summand.useBias = useBias && hasBias
        return summand
    }
}

/// The computation of Dense with its optimizations: products skip zeros of the input, and the kernel may be
/// updated while its gradient is computed.
private final class DenseCall: LayerCall, PartSum {
    let memory: CallMemory
    private let layer: Dense
    private let units, inputs: Int
    /// The number of vectors per sample.
    private let vectors: Int
    /// The distance between rows of the kernel.
    private let stride: Int

    /// Finds zeros in the output of another layer; zeros of samples are found when the samples are copied in.
    private let zeroSearch: ZeroSearch?
    /// The indices of the input's nonzero values, if skipping the zeros is faster.
    private var nonzeros: NonzeroPlaces?
    private var updates: (any DeferredUpdates)?
    private var isFused = false

    init(_ layer: Dense, _ memory: CallMemory) {
        let shape = memory.inputShapes[0]
        (self.layer, self.memory, units, inputs) = (layer, memory, layer.units, shape.last ?? 1)
        vectors = shape.dropLast().reduce(1, *)
        stride = memory.weights[0].count / inputs
        // The search costs the same for few units as for many.
        let searches = memory.readsManyZeros && units >= 48 && shape.count == 1 && inputs >= 64
        zeroSearch =
            searches
            ? ZeroSearch(rows: memory.capacity, columns: inputs, forTransposed: memory.isForTraining) : nil
    }

    /// The pre-activations of the current batch, and the rest of the scratch.
    private func buffers() -> (z: Floats, workspace: Floats) {
        let separate = layer.preactivations(vectors: memory.rows * vectors, training: memory.isForTraining)
        return (
            separate == 0 ? memory.y : memory.scratch.prefix(separate),
            memory.scratch[separate..<memory.scratch.count]
        )
    }

    func forward() {
        let (kernel, x, buffers) = (memory.weights[0], memory.x(), buffers())
        let relu = layer.activation == .relu
        if let zeroSearch { nonzeros = zeroSearch.look(in: x, training: memory.worker.training) }
        let epilogue = Epilogue(bias: layer.useBias ? memory.weights[1] : nil, relu: relu)
        if let nonzeros {
            nonzeros.multiply(
                x, kernel, into: buffers.z, n: units, wStride: stride, cStride: units, epilogue: epilogue)
        } else {
            multiply(
                x, kernel, into: buffers.z, m: memory.rows * vectors, n: units, k: inputs, bStride: stride,
                cStride: units, whole: layer.wholeUnits, epilogue: epilogue)
        }
        if !relu { layer.activation.forward(buffers.z, into: memory.y, width: units) }
        if memory.isForTraining { layer.activityPenalty?.forward(memory, room: buffers.workspace) }
    }

    func backward() {
        let (kernel, x, buffers) = (memory.weights[0], memory.x(), buffers())
        let dz = gradientAtSums(buffers.z, buffers.workspace)
        if let dx = memory.dx() {
            multiplyByTransposed(
                dz, kernel, into: dx, m: memory.rows * vectors, n: inputs, k: units, bStride: stride,
                scratch: buffers.workspace)
        }
        if layer.useBias, let dBias = memory.weightGradients[1] { columnSums(dz, into: dBias) }
        guard let dKernel = memory.weightGradients[0] else { return }
        if let updates, updates.isStepping, let nonzeros {
            return updates.step(x, dz, dStride: units, nonzeros)
        }
        // With plain gradient descent, gradient and update of the kernel are one operation: w −= rate · xᵀ ·
        // dz.
        let rate = isFused ? memory.worker.fusedRate : nil
        let (target, alpha) = (rate == nil ? dKernel : kernel, rate.map { -$0 } ?? 1)
        if let nonzeros {
            nonzeros.multiplyTransposed(
                x, dz, into: target, n: units, dStride: units, gStride: stride, alpha: alpha,
                accumulate: rate != nil)
        } else {
            multiply(
                x, dz, into: target, m: inputs, n: units, k: memory.rows * vectors, transposed: true,
                bStride: units, cStride: stride, whole: layer.wholeUnits,
                epilogue: Epilogue(accumulate: rate != nil, alpha: alpha))
        }
    }

    /// Computes the gradient of the pre-activations. It overwrites the output gradient, or z for glu, whose
    /// pre-activations are wider.
    private func gradientAtSums(_ z: Floats, _ workspace: Floats) -> Floats {
        layer.activityPenalty?.backward(memory, room: workspace)
        let dz = layer.activation == .glu ? z : memory.dy
        layer.activation.backward(memory.dy, z: z, y: memory.y, into: dz, width: units)
        return dz
    }

    // MARK: Updates while gradients are computed

    func receive(nonzeros: NonzeroPlaces?) {
        self.nonzeros = nonzeros
        updates?.prepare(for: memory.worker.training ? nonzeros : nil)
    }

    func fuseUpdates() -> [Int] {
        isFused = true
        return [0]
    }

    func deferUpdates(to updates: any DeferredUpdates) { self.updates = updates }

    // MARK: A sum of parts

    var partSum: (any PartSum)? { self }

    var sums: Floats {
        layer.activation.needsInput ? memory.scratch.prefix(memory.capacity * units) : memory.windows.output
    }

    func forward(adding summands: [Floats]) {
        let (z, workspace) = buffers()
        for summand in summands { add(summand.prefix(z.count), to: z) }
        layer.activation.forward(z, into: memory.y, width: units)
        layer.activityPenalty?.forward(memory, room: workspace)
    }

    func backwardToSums() {
        let (z, workspace) = buffers()
        _ = gradientAtSums(z, workspace)
    }
}
