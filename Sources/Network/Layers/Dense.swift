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
    public var kernelInitializer, biasInitializer: Initializer
    public var kernelRegularizer, biasRegularizer: Regularizer?

    public init(units: Int, activation: Activation = .linear, useBias: Bool = true) {
        (self.units, self.activation, self.useBias) = (units, activation, useBias)
        (kernelInitializer, biasInitializer) = (.glorotUniform, .zeros)
    }

    public init(from config: inout LayerConfig) throws(ConfigError) {
        units = try config.int("units")
        activation = try config.activation()
        useBias = try config.bool("use_bias", default: true)
        kernelInitializer = try config.initializer("kernel_initializer", default: .glorotUniform)
        biasInitializer = try config.initializer("bias_initializer", default: .zeros)
        kernelRegularizer = try config.regularizer("kernel_regularizer")
        biasRegularizer = try config.regularizer("bias_regularizer")
        try config.refuse("activity_regularizer", "kernel_constraint", "bias_constraint", "lora_rank")
    }

    public var config: JSONObject {
        [
            "units": .integer(units), "activation": .string(activation.name), "use_bias": .bool(useBias),
            "kernel_initializer": kernelInitializer.json, "bias_initializer": biasInitializer.json,
            "kernel_regularizer": kernelRegularizer?.json ?? .null,
            "bias_regularizer": biasRegularizer?.json ?? .null, "activity_regularizer": .null,
            "kernel_constraint": .null, "bias_constraint": .null,
        ]
    }

    public func outputShape(for inputs: [[Int]]) throws(ConfigError) -> [Int] {
        let input = try onlyShape(inputs)
        guard !input.isEmpty else { throw ConfigError("needs an input with a last axis", subject: subject) }
        return input.dropLast() + [activation.outputWidth(units)]
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let kernel = WeightSpec(
            "kernel", shape: [inputs[0].last ?? 1, units], initializer: kernelInitializer,
            regularizer: kernelRegularizer)
        let bias = WeightSpec(
            "bias", shape: [units], initializer: biasInitializer, regularizer: biasRegularizer)
        return useBias ? [kernel, bias] : [kernel]
    }

    public var finalActivation: Activation? { activation }

    public func withoutActivation() -> Dense {
        var copy = self
        copy.activation = .linear
        return copy
    }

    /// Pre-activations, where backward needs them or they do not fit the output.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let separate = activation == .glu || training && activation.needsInput
        return separate ? rows * inputs[0].dropLast().reduce(1, *) * units : 0
    }

    public func forward(_ step: Step) {
        let (x, kernel) = (step.x(), step.weights[0])
        let inputs = kernel.count / units
        let vectors = x.count / inputs
        let z = step.scratch.count == 0 ? step.y : step.scratch.prefix(vectors * units)
        multiply(x, kernel, into: z, m: vectors, n: units, k: inputs)
        if useBias { addRow(step.weights[1], to: z, relu: activation == .relu) }
        if activation != .relu || !useBias { activation.forward(z, into: step.y, width: units) }
    }

    public func backward(_ step: Step) {
        let (x, kernel) = (step.x(), step.weights[0])
        let inputs = kernel.count / units
        let vectors = x.count / inputs
        let z = step.scratch.count == 0 ? step.y : step.scratch.prefix(vectors * units)
        // The gradient at the pre-activation takes the place of the one at the output; glu's is wider, and z is free.
        let dz = activation == .glu ? z : step.dy
        activation.backward(step.dy, z: z, y: step.y, into: dz, width: units)
        if let dKernel = step.weightGradients[0] {
            multiply(x, dz, into: dKernel, m: inputs, n: units, k: vectors, transposed: .first)
        }
        if useBias, let dBias = step.weightGradients[1] { columnSums(dz, into: dBias) }
        if let dx = step.dx() {
            multiply(dz, kernel, into: dx, m: vectors, n: inputs, k: units, transposed: .second)
        }
    }
}
