import JSONText
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

    public init(units: Int, activation: Activation = .linear, useBias: Bool = true) {
        (self.units, self.activation, self.useBias) = (units, activation, useBias)
    }

    public init(from config: inout LayerConfig) throws(ConfigError) {
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

    public func outputShape(for inputs: [[Int]]) throws(ConfigError) -> [Int] {
        let input = try onlyShape(inputs)
        guard !input.isEmpty else { throw ConfigError("needs an input with a last axis", subject: subject) }
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

    // Scratch: pre-activations, where backward needs them or they do not fit the output; while training, also room for
    // the input's gradient.
    private func preactivations(vectors: Int, training: Bool) -> Int {
        activation == .glu || training && activation.needsInput ? vectors * units : 0
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let vectors = rows * inputs[0].dropLast().reduce(1, *)
        return preactivations(vectors: vectors, training: training)
            + (training ? vectors * (units + (inputs[0].last ?? 1)) : 0)
            + (activityPenalty?.scratch(size: vectors * units) ?? 0)
    }

    /// What forward and backward share: sizes, and where the pre-activations lie.
    private struct Sizes {
        let inputs, vectors, stride: Int
        let z: Floats
        let room: Floats
    }

    private func sizes(_ step: Step) -> Sizes {
        let inputs = step.inputShapes[0].last ?? 1
        let vectors = step.x().count / inputs
        let separate = preactivations(vectors: vectors, training: step.isForTraining)
        return Sizes(
            inputs: inputs, vectors: vectors, stride: step.weights[0].count / inputs,
            z: separate == 0 ? step.y : step.scratch.prefix(separate),
            room: step.scratch[separate..<step.scratch.count])
    }

    public func forward(_ step: Step) {
        let (x, kernel, sizes) = (step.x(), step.weights[0], sizes(step))
        let relu = activation == .relu
        let finish = Finish(bias: useBias ? step.weights[1] : nil, relu: relu)
        if let places = step.nonzeroInput {
            places.multiply(x, kernel, into: sizes.z, n: units, wStride: sizes.stride, finish: finish)
        } else {
            multiply(
                x, kernel, into: sizes.z, m: sizes.vectors, n: units, k: sizes.inputs, bStride: sizes.stride,
                finish: finish)
        }
        if !relu { activation.forward(sizes.z, into: step.y, width: units) }
        if step.isForTraining { activityPenalty?.forward(step, room: sizes.room) }
    }

    public func backward(_ step: Step) {
        let (x, kernel, sizes) = (step.x(), step.weights[0], sizes(step))
        activityPenalty?.backward(step, room: sizes.room)
        // The gradient at the pre-activation takes the place of the one at the output; glu's is wider, and z is free.
        let dz = activation == .glu ? sizes.z : step.dy
        activation.backward(step.dy, z: sizes.z, y: step.y, into: dz, width: units)
        if let dx = step.dx() {
            multiplyByTransposed(
                dz, kernel, into: dx, m: sizes.vectors, n: sizes.inputs, k: units, bStride: sizes.stride,
                scratch: sizes.room)
        }
        if useBias, let dBias = step.weightGradients[1] { columnSums(dz, into: dBias) }
        guard let dKernel = step.weightGradients[0] else { return }
        if let adam = step.deferredAdam, adam.isStepping, let places = step.nonzeroInput {
            return adam.step(x, dz, places)
        }
        // With plain gradient descent, gradient and update of the kernel are one: w −= rate · xᵀ · dz.
        let update = step.fusedRate
        let target = update == nil ? dKernel : kernel
        let (alpha, accumulate) = (update.map { -$0 } ?? 1, update != nil)
        if let places = step.nonzeroInput {
            places.multiplyTransposed(
                x, dz, into: target, n: units, gStride: sizes.stride, alpha: alpha, accumulate: accumulate)
        } else {
            multiply(
                x, dz, into: target, m: sizes.inputs, n: units, k: sizes.vectors, transposed: true,
                cStride: sizes.stride, finish: Finish(accumulate: accumulate, alpha: alpha))
        }
    }
}
