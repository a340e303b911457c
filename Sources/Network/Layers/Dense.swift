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
        let inputs, vectors: Int
        let z: Floats
        let room: Floats
    }

    private func sizes(_ step: Step) -> Sizes {
        let inputs = step.inputShapes[0].last ?? 1
        let vectors = step.x().count / inputs
        let separate = preactivations(vectors: vectors, training: step.isForTraining)
        return Sizes(
            inputs: inputs, vectors: vectors,
            z: separate == 0 ? step.y : step.scratch.prefix(separate),
            room: step.scratch[separate..<step.scratch.count])
    }

    /// The parts of the kernel, side by side where threads share it.
    private func eachPart(_ step: Step, _ body: (KernelPart) -> Void) {
        guard step.parts.count > 1, let helpers = step.lane.helpers else { return body(step.parts[0]) }
        helpers.share { if $0 < step.parts.count { body(step.parts[$0]) } }
    }

    public func forward(_ step: Step) {
        let (kernel, sizes) = (step.weights[0], sizes(step))
        let relu = activation == .relu
        if let search = step.zeroSearch {
            step.parts[0].places = search.look(in: step.x(), training: step.lane.training)
        }
        eachPart(step) { part in
            let finish = Finish(bias: useBias ? part.part(step.weights[1]) : nil, relu: relu)
            let (x, z) = (part.x?.prefix(step.x().count) ?? step.x(), part.columns(sizes.z))
            let (n, w, stride) = (part.panel.columns.count, part.slice(kernel), part.panel.stride)
            if let places = part.places {
                places.multiply(x, w, into: z, n: n, wStride: stride, cStride: units, finish: finish)
            } else {
                multiply(
                    x, w, into: z, m: sizes.vectors, n: n, k: sizes.inputs, bStride: stride, cStride: units,
                    whole: units, finish: finish)
            }
        }
        if !relu { activation.forward(sizes.z, into: step.y, width: units) }
        if step.isForTraining { activityPenalty?.forward(step, room: sizes.room) }
    }

    public func backward(_ step: Step) {
        let (kernel, sizes) = (step.weights[0], sizes(step))
        activityPenalty?.backward(step, room: sizes.room)
        // The gradient at the pre-activation takes the place of the one at the output; glu's is wider, and z is free.
        let dz = activation == .glu ? sizes.z : step.dy
        activation.backward(step.dy, z: sizes.z, y: step.y, into: dz, width: units)
        if let dx = step.dx() {
            // Only a kernel right behind the samples, whose gradient nobody asks for, is in several parts.
            multiplyByTransposed(
                dz, kernel, into: dx, m: sizes.vectors, n: sizes.inputs, k: units,
                bStride: step.parts[0].panel.stride, scratch: sizes.room)
        }
        if useBias, let dBias = step.weightGradients[1] { columnSums(dz, into: dBias) }
        guard let dKernel = step.weightGradients[0] else { return }
        // With plain gradient descent, gradient and update of the kernel are one: w −= rate · xᵀ · dz.
        let update = step.fusedRate
        let target = update == nil ? dKernel : kernel
        eachPart(step) { part in
            backward(
                part, x: part.x?.prefix(step.x().count) ?? step.x(), dz: part.columns(dz),
                into: part.slice(target), sizes: sizes, alpha: update.map { -$0 } ?? 1,
                accumulate: update != nil)
        }
    }

    /// A part of the kernel's gradient; with Adam, also its step.
    private func backward(
        _ part: KernelPart, x: Floats, dz: Floats, into target: Floats, sizes: Sizes, alpha: Float,
        accumulate: Bool
    ) {
        let (n, stride) = (part.panel.columns.count, part.panel.stride)
        if let adam = part.adam, adam.isStepping, let places = part.places {
            adam.step(x, dz, dStride: units, places)
        } else if let places = part.places {
            places.multiplyTransposed(
                x, dz, into: target, n: n, dStride: units, gStride: stride, alpha: alpha,
                accumulate: accumulate)
        } else {
            multiply(
                x, dz, into: target, m: sizes.inputs, n: n, k: sizes.vectors, transposed: true,
                bStride: units, cStride: stride, whole: units,
                finish: Finish(accumulate: accumulate, alpha: alpha))
        }
    }
}
