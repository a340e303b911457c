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
        let inputs, vectors: Int
        let z: Floats
        let room: Floats
    }

    private func sizes(_ step: Step) -> Sizes {
        let inputs = step.inputShapes[0].last ?? 1
        let vectors = step.rows * step.inputShapes[0].dropLast().reduce(1, *)
        let separate = preactivations(vectors: vectors, training: step.isForTraining)
        return Sizes(
            inputs: inputs, vectors: vectors,
            z: separate == 0 ? step.y : step.scratch.prefix(separate),
            room: step.scratch[separate..<step.scratch.count])
    }

    /// From one row of the kernel to the next.
    private func stride(_ kernel: Floats, _ sizes: Sizes) -> Int { kernel.count / sizes.inputs }

    public func forward(_ step: Step) {
        let (kernel, sizes) = (step.weights[0], sizes(step))
        let relu = activation == .relu
        if let search = step.zeroSearch {
            step.places = search.look(in: step.x(), training: step.lane.training)
        }
        let finish = Finish(bias: useBias ? step.weights[1] : nil, relu: relu)
        if let places = step.places {
            places.multiply(
                step.x(), kernel, into: sizes.z, n: units, wStride: stride(kernel, sizes), cStride: units,
                finish: finish)
        } else {
            multiply(
                step.x(), kernel, into: sizes.z, m: sizes.vectors, n: units, k: sizes.inputs,
                bStride: stride(kernel, sizes), cStride: units, whole: step.wholeUnits, finish: finish)
        }
        if !relu { activation.forward(sizes.z, into: step.y, width: units) }
        if step.isForTraining { activityPenalty?.forward(step, room: sizes.room) }
    }

    public func backward(_ step: Step) {
        let (kernel, sizes) = (step.weights[0], sizes(step))
        let dz = backwardToSums(step, sizes)
        if let dx = step.dx() {
            multiplyByTransposed(
                dz, kernel, into: dx, m: sizes.vectors, n: sizes.inputs, k: units,
                bStride: stride(kernel, sizes), scratch: sizes.room)
        }
        if useBias, let dBias = step.weightGradients[1] { columnSums(dz, into: dBias) }
        guard let dKernel = step.weightGradients[0] else { return }
        if let adam = step.adam, adam.isStepping, let places = step.places {
            return adam.step(step.x(), dz, dStride: units, places)
        }
        // With plain gradient descent, gradient and update of the kernel are one: w −= rate · xᵀ · dz.
        let update = step.fusedRate
        let (target, alpha) = (update == nil ? dKernel : kernel, update.map { -$0 } ?? 1)
        if let places = step.places {
            places.multiplyTransposed(
                step.x(), dz, into: target, n: units, dStride: units, gStride: stride(target, sizes),
                alpha: alpha, accumulate: update != nil)
        } else {
            multiply(
                step.x(), dz, into: target, m: sizes.inputs, n: units, k: sizes.vectors, transposed: true,
                bStride: units, cStride: stride(target, sizes), whole: step.wholeUnits,
                finish: Finish(accumulate: update != nil, alpha: alpha))
        }
    }

    /// The gradient at the pre-activations. It takes the place of the one at the output; glu's is wider, and z is free.
    private func backwardToSums(_ step: Step, _ sizes: Sizes) -> Floats {
        activityPenalty?.backward(step, room: sizes.room)
        let dz = activation == .glu ? sizes.z : step.dy
        activation.backward(step.dy, z: sizes.z, y: step.y, into: dz, width: units)
        return dz
    }

    /// Where the parts of a `ColumnSplit` add up: the pre-activations of all samples that there is room for.
    func sums(_ step: Step) -> Floats {
        activation.needsInput ? step.scratch.prefix(step.capacity * units) : step.memory.output
    }

    /// What is left of `forward` where the first part's product, with the bias, is there, and the others' are to be added.
    func forward(_ step: Step, adding summands: [Floats]) {
        let sizes = sizes(step)
        for summand in summands { add(summand.prefix(sizes.z.count), to: sizes.z) }
        activation.forward(sizes.z, into: step.y, width: units)
        activityPenalty?.forward(step, room: sizes.room)
    }

    /// What comes before the parts' own `backward`: they take the gradient at the sum from `dy`.
    func backwardToParts(_ step: Step) { _ = backwardToSums(step, sizes(step)) }
}
