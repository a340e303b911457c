import Base
import Tensors

/// The common options of SimpleRNN, LSTM and GRU.
public struct RecurrentOptions: Sendable {
    public var units: Int
    public var activation = Activation.tanh
    /// The activation of the gates; SimpleRNN has none.
    public var recurrentActivation = Activation.sigmoid
    public var useBias = true
    public var kernel = WeightOptions(.glorotUniform)
    public var recurrentKernel = WeightOptions(.orthogonal)
    public var bias = WeightOptions(.zeros)
    /// A penalty on the output.
    public var activityPenalty: ActivityPenalty?
    /// The dropout rates of the input and of the state in training. All time steps share the same mask.
    public var dropout = 0.0
    public var recurrentDropout = 0.0
    /// Whether the layer returns the outputs of all time steps, or only the last one.
    public var returnSequences = false
    /// Whether the sequence is processed in reverse. A whole sequence is then also returned in reverse order.
    public var goBackwards = false
    /// Whether the output at a masked step is zero. Otherwise it is the previous output.
    public var zeroOutputForMask = false
    /// Whether the layer also returns its state, after the output.
    public var returnState = false
    /// Whether Keras unrolls the time steps instead of running a loop. The results are the same, with one
    /// exception: for a sequence processed in reverse, Keras zeroes the outputs at the positions of masked
    /// steps counted from the other end.
    public var unroll = false

    /// The effect of a mask on a call with initial states.
    var masksWithStates = InitialStateMask.zeroesLeading

    /// Whether the mask is in reverse order relative to the input, as in a sequence after a cell that runs
    /// backwards.
    var turnsMask = false

    /// Whether outputs at leading masked steps are zero. They are in all Keras releases if the layer is
    /// unrolled.
    var zeroesLeading: Bool {
        masksWithStates == .zeroesLeading || masksWithStates == .repeatsState && unroll
    }
    var readsMaskBackwards: Bool { goBackwards != turnsMask }
    /// Whether the zeros of `zeroOutputForMask` are in the order of the samples, not in that of the outputs.
    var zeroesInSampleOrder: Bool { unroll && readsMaskBackwards && returnSequences }

    public init(units: Int) { self.units = units }

    init(from config: inout LayerConfig, hasGates: Bool) throws(CellarError) {
        units = try config.int("units", in: 1...1 << 20)
        activation = try Self.activation("activation", default: .tanh, &config)
        if hasGates {
            recurrentActivation = try Self.activation("recurrent_activation", default: .sigmoid, &config)
        }
        useBias = try config.bool("use_bias", default: true)
        kernel = try config.weight("kernel", initializer: .glorotUniform)
        recurrentKernel = try config.weight("recurrent", initializer: .orthogonal)
        bias = try config.weight("bias", initializer: .zeros)
        dropout = try config.double("dropout", default: 0, in: 0...1)
        recurrentDropout = try config.double("recurrent_dropout", default: 0, in: 0...1)
        returnSequences = try config.bool("return_sequences", default: false)
        goBackwards = try config.bool("go_backwards", default: false)
        zeroOutputForMask = try config.bool("zero_output_for_mask", default: false)
        for (key, why) in [
            (
                "stateful",
                "what a prediction says would depend on the ones before it; save the model with stateful=False"
            ),
            ("time_major", "samples come first here; save the model with time_major=False"),
        ] where try config.bool(key, default: false) {
            throw config.error("\(key) is true, which is not supported: \(why)", key: key)
        }
        returnState = try config.bool("return_state", default: false)
        unroll = try config.bool("unroll", default: false)
        masksWithStates =
            try InitialStateMask(
                rawValue: config.string(
                    InitialStateMask.key, default: InitialStateMask.zeroesLeading.rawValue,
                    oneOf: InitialStateMask.allCases.map(\.rawValue))) ?? .zeroesLeading
        activityPenalty = try config.activityPenalty()
        if returnState && activityPenalty != nil {
            throw config.error(
                "activity_regularizer beside return_state is not supported", key: "activity_regularizer")
        }
        try config.refuse("num_constants")
        // These options change how Keras computes, not the result.
        config.ignore("implementation", "seed", "use_cudnn", "input_dim", "input_length")
    }

    /// Reads an activation: a null means no activation, an absent key the default one.
    private static func activation(
        _ key: String, default standard: Activation, _ config: inout LayerConfig
    ) throws(CellarError) -> Activation {
        guard config.object[key] != nil else {
            config.ignore(key)
            return standard
        }
        let activation = try config.activation(key)
        guard activation != .glu else {
            throw config.error("\(key) is glu, which halves the units: that is not possible here", key: key)
        }
        return activation
    }

    /// The config with the keys that both Keras 2.10 and Keras 3 accept.
    func json(hasGates: Bool) -> JSONObject {
        var config: JSONObject = ["units": .integer(units), "activation": activation.json]
        if hasGates { config["recurrent_activation"] = recurrentActivation.json }
        config["use_bias"] = .bool(useBias)
        kernel.write("kernel", to: &config)
        recurrentKernel.write("recurrent", to: &config)
        bias.write("bias", to: &config)
        config["activity_regularizer"] = activityPenalty?.json ?? .null
        config["dropout"] = .number(dropout)
        config["recurrent_dropout"] = .number(recurrentDropout)
        config["return_sequences"] = .bool(returnSequences)
        config["return_state"] = .bool(returnState)
        config["go_backwards"] = .bool(goBackwards)
        config["stateful"] = false
        config["unroll"] = .bool(unroll)
        if zeroOutputForMask { config["zero_output_for_mask"] = true }
        return config
    }

    /// The C loop's gate for these activations, if there is one.
    var gateKernel: GateKernel? {
        guard activation == .tanh else { return nil }
        return switch recurrentActivation {
        case .sigmoid: .sigmoid
        case .hardSigmoid: .hard(slope: 0.2)
        case .hardSigmoid3: .hard(slope: 1 / 6)
        default: nil
        }
    }
}
