import Base
import Tensors

/// The last operations of a layer with a kernel: bias, then activation, then the penalty on the output.
struct BiasActivation: Sendable {
    var activation: Activation
    var useBias: Bool
    var bias: WeightOptions
    var penalty: ActivityPenalty?

    init(from config: inout LayerConfig) throws(CellarError) {
        activation = try config.activation()
        useBias = try config.bool("use_bias", default: true)
        bias = try config.weight("bias", initializer: .zeros)
        penalty = try config.activityPenalty()
    }

    func write(to json: inout JSONObject) {
        json["activation"] = activation.json
        json["use_bias"] = .bool(useBias)
        bias.write("bias", to: &json)
        json["activity_regularizer"] = penalty?.json ?? .null
    }

    /// The output's shape from the pre-activation's: some activations halve the last axis.
    func outputShape(_ shape: [Int], subject: String) throws(CellarError) -> [Int] {
        try checkSize(shape, "the output", subject: subject)
        let last = shape[shape.count - 1]
        guard activation.outputWidth(last) > 0, activation != .glu || last % 2 == 0 else {
            throw CellarError("cannot halve the last axis of \(shape) for glu", subject: subject)
        }
        return shape.dropLast() + [activation.outputWidth(last)]
    }

    func withoutActivation() -> BiasActivation {
        var copy = self
        copy.activation = .linear
        copy.penalty = penalty?.behind(activation)
        return copy
    }

    /// Scratch size for an output of `count` numbers: the pre-activations that are kept, and a buffer for the
    /// penalty, which may share the buffer of the products.
    func scratch(_ count: Int, products: Int, training: Bool) -> Int {
        kept(count, training: training) + max(products, training ? penalty?.scratch(size: count) ?? 0 : 0)
    }

    /// The number of pre-activations that are stored separately from the output: all, if the backward pass
    /// needs them or they do not fit the output.
    func kept(_ count: Int, training: Bool) -> Int {
        activation == .glu || training && activation.needsInput ? count : 0
    }

    /// The buffer of the pre-activations.
    func preactivations(_ call: CallMemory, _ count: Int) -> Floats {
        let kept = kept(count, training: call.isForTraining)
        return kept == 0 ? call.y : call.scratch.prefix(kept)
    }

    /// The epilogue of the product that computes the pre-activations; the bias is the last of the weights.
    func epilogue(_ call: CallMemory) -> Epilogue {
        Epilogue(bias: useBias ? call.weights.last : nil, relu: activation == .relu)
    }

    /// The scratch that is not kept for the backward pass.
    func room(_ call: CallMemory, _ count: Int) -> Floats {
        call.scratch[kept(count, training: call.isForTraining)..<call.scratch.count]
    }

    /// Computes the output from the pre-activations.
    func forward(_ z: Floats, _ call: CallMemory) {
        if activation != .relu { activation.forward(z, into: call.y, width: width(call)) }
        if call.isForTraining { penalty?.forward(call, room: room(call, z.count)) }
    }

    /// Computes the gradient of the pre-activations from that of the output, in place if it fits.
    func backward(_ z: Floats, _ call: CallMemory) -> Floats {
        penalty?.backward(call, room: room(call, z.count))
        let dz = activation == .glu ? z : call.dy
        activation.backward(call.dy, z: z, y: call.y, into: dz, width: width(call))
        return dz
    }

    /// Computes the bias' gradient: the sum over all positions of each channel.
    func biasGradient(_ dz: Floats, channels: Int, channelsFirst: Bool, _ call: CallMemory) {
        guard useBias, let target = call.weightGradients.last.flatMap({ $0 }) else { return }
        guard channelsFirst else { return columnSums(dz, into: target) }
        target.fill(0)
        guard call.rows > 0 else { return }
        let places = dz.count / call.rows / channels
        for plane in 0..<call.rows * channels {
            target[plane % channels] += sum(dz[plane * places..<(plane + 1) * places])
        }
    }

    // Row-wise activations work along the last axis of the layer's shape, even if that axis is not the
    // channels.
    private func width(_ call: CallMemory) -> Int {
        let width = call.outputShape.last ?? 1
        return activation == .glu ? 2 * width : width
    }
}
