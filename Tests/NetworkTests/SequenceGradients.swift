import Base
import Tensors
import Testing

@testable import Network

private func layer(_ className: String, _ config: JSONObject = [:]) throws -> any Layer {
    try LayerTable.make(className: className, config: config, strict: true)
}

private func nested(_ className: String, _ config: JSONObject) -> JSON {
    ["class_name": .string(className), "config": .object(config)]
}

extension GradientCase {
    /// A recurrent layer behind a Dense, so that a gradient must come through.
    private static func recurrent(_ className: String, _ config: JSONObject) -> GradientCase {
        var changed = config
        changed["units"] = 3
        let config = changed
        return GradientCase(
            description: "\(className) \(JSON.object(config).text())",
            layers: { [Dense(units: 4), try layer(className, config), Flatten(), Dense(units: 2)] },
            shape: [4, 2])
    }

    /// Behind a Masking, which finds about a third of the steps to be padding.
    private static func masked(_ className: String, _ config: JSONObject) -> GradientCase {
        GradientCase(
            description: "masked \(className) \(JSON.object(config).text())",
            layers: {
                [
                    ActivationLayer(.hardShrink), Masking(), Dense(units: 4), try layer(className, config),
                    Flatten(),
                    Dense(units: 2),
                ]
            }, shape: [5, 1])
    }

    /// The activations that have a C loop, those that have not, and one that looks at whole rows.
    private static let activations: [JSONObject] = [
        [:], ["recurrent_activation": "hard_sigmoid"],
        ["activation": "softsign", "recurrent_activation": "swish"],
        ["activation": "softmax"],
    ]

    private static let options: [JSONObject] = [
        ["return_sequences": true], ["return_sequences": true, "go_backwards": true], ["use_bias": false],
        ["dropout": 0.4], ["recurrent_dropout": 0.4, "return_sequences": true],
        ["dropout": 0.3, "recurrent_dropout": 0.4, "go_backwards": true],
    ]

    static let recurrent: [GradientCase] =
        ["SimpleRNN", "LSTM", "GRU"].flatMap { name in
            (name == "SimpleRNN" ? [[:], ["activation": "softsign"]] : activations).map {
                recurrent(name, $0)
            }
                + options.map { recurrent(name, $0) }
                + [
                    masked(name, ["units": 3]), masked(name, ["units": 3, "return_sequences": true]),
                    masked(name, ["units": 3, "return_sequences": true, "zero_output_for_mask": true]),
                    masked(name, ["units": 3, "go_backwards": true, "activation": "softsign"]),
                ]
        }
        + (activations + options).map { config in
            var config = config
            config["reset_after"] = false
            return recurrent("GRU", config)
        }
        + [
            masked("GRU", ["units": 3, "reset_after": false, "return_sequences": true]),
            masked("GRU", ["units": 3, "reset_after": false, "activation": "softsign"]),
            recurrent("LSTM", ["activity_regularizer": ["class_name": "L2", "config": ["l2": 0.1]]]),
        ]

    static let wrappers: [GradientCase] =
        ["concat", "sum", "mul", "ave"].flatMap { merge in
            [false, true].map { sequences in
                let inner = nested("LSTM", ["units": 3, "return_sequences": .bool(sequences)])
                return masked("Bidirectional", ["layer": inner, "merge_mode": .string(merge)])
            }
        } + [
            masked(
                "Bidirectional",
                [
                    "layer": nested("GRU", ["units": 3, "dropout": 0.3]),
                    "backward_layer": nested("SimpleRNN", ["units": 2, "go_backwards": true]),
                ]),
            GradientCase(
                description: "TimeDistributed Dense",
                layers: {
                    [
                        Dense(units: 3),
                        try layer(
                            "TimeDistributed",
                            ["layer": nested("Dense", ["units": 4, "activation": "softsign"])]),
                        Flatten(), Dense(units: 2),
                    ]
                }, shape: [3, 2]),
            GradientCase(
                description: "TimeDistributed view",
                layers: {
                    [
                        Dense(units: 3), try layer("TimeDistributed", ["layer": nested("Flatten", [:])]),
                        try layer("LSTM", ["units": 3]),
                    ]
                }, shape: [3, 2, 2]),
            GradientCase(
                description: "TimeDistributed Dropout and BatchNormalization",
                layers: {
                    [
                        Dense(units: 3),
                        try layer("TimeDistributed", ["layer": nested("Dropout", ["rate": 0.4])]),
                        try layer("TimeDistributed", ["layer": nested("BatchNormalization", [:])]), Flatten(),
                        Dense(units: 2),
                    ]
                }, shape: [3, 2]),
            GradientCase(
                description: "TimeDistributed Bidirectional",
                layers: {
                    [
                        Dense(units: 3),
                        try layer(
                            "TimeDistributed",
                            ["layer": nested("Bidirectional", ["layer": nested("GRU", ["units": 2])])]),
                        try layer("LSTM", ["units": 3]),
                    ]
                }, shape: [2, 3, 2]),
            GradientCase(
                description: "Embedding with a mask",
                layers: {
                    [
                        ActivationLayer(.relu), Rescaling(scale: 6),
                        try layer("Embedding", ["input_dim": 7, "output_dim": 3, "mask_zero": true]),
                        try layer("LSTM", ["units": 3, "return_sequences": true]),
                        try layer("TimeDistributed", ["layer": nested("Dense", ["units": 3])]),
                        try layer("GRU", ["units": 3]),
                    ]
                }, shape: [5]),
        ]
}

@Test("gradients through time", arguments: GradientCase.recurrent)
func recurrentGradients(given: GradientCase) throws { try finiteDifferences(given: given) }

@Test("gradients of wrapped layers", arguments: GradientCase.wrappers)
func wrappedGradients(given: GradientCase) throws { try finiteDifferences(given: given) }

/// Inputs, each through a Dense, into an attention layer.
struct AttentionCase: CustomStringConvertible, Sendable {
    var className: String
    var config: JSONObject = [:]
    /// One shape for self-attention, where all inputs are the same.
    var shapes: [[Int]] = [[3, 2], [4, 2]]
    var units = [3, 3]
    /// Which of the inputs have masks.
    var masked: [Bool] = [false, false, false]
    var isCausal = false
    /// How many times one input is taken.
    var repeated = 1

    var description: String {
        "\(className) \(JSON.object(config).text()) of \(shapes), masks \(masked), causal \(isCausal)"
    }

    static let all: [AttentionCase] = [
        AttentionCase(className: "Attention"),
        AttentionCase(className: "Attention", config: ["use_scale": true], masked: [true, true, false]),
        AttentionCase(
            className: "Attention", config: ["use_scale": true, "score_mode": "concat"],
            masked: [false, true, false]),
        // Of a query whose keys are all masked the slope is lost in float32: with both, there is one.
        AttentionCase(
            className: "Attention", config: ["use_scale": true, "score_mode": "concat"], isCausal: true),
        AttentionCase(className: "Attention", config: ["dropout": 0.4], shapes: [[2, 3, 2], [2, 4, 2]]),
        AttentionCase(className: "Attention", shapes: [[3, 2], [4, 2], [4, 2]], units: [3, 4, 3]),
        AttentionCase(className: "Attention", shapes: [[3, 2]], units: [3], repeated: 2),
        AttentionCase(className: "AdditiveAttention", masked: [true, true, false]),
        AttentionCase(
            className: "AdditiveAttention", config: ["use_scale": false, "dropout": 0.3],
            shapes: [[3, 2], [4, 2], [4, 2]], units: [3, 2, 3], isCausal: true),
        AttentionCase(className: "MultiHeadAttention", config: ["num_heads": 2, "key_dim": 3]),
        AttentionCase(
            className: "MultiHeadAttention",
            config: ["num_heads": 2, "key_dim": 3, "value_dim": 2, "replaces_masked_scores": true],
            shapes: [[3, 2], [4, 2], [4, 3]], units: [3, 4, 2], masked: [true, true, true]),
        AttentionCase(
            className: "MultiHeadAttention",
            config: ["num_heads": 2, "key_dim": 3, "use_bias": false, "replaces_masked_scores": true],
            shapes: [[4, 2]], units: [4], masked: [true], isCausal: true, repeated: 3),
        AttentionCase(
            className: "MultiHeadAttention",
            config: ["num_heads": 2, "key_dim": 2, "output_shape": [2, 2], "dropout": 0.4]),
        AttentionCase(
            className: "MultiHeadAttention", config: ["num_heads": 2, "key_dim": 2, "attention_axes": [1]],
            shapes: [[3, 2, 2], [2, 2, 2]]),
        AttentionCase(
            className: "MultiHeadAttention",
            config: ["num_heads": 2, "key_dim": 2, "attention_axes": 2, "output_shape": 3],
            shapes: [[2, 3, 2], [2, 2, 2], [2, 2, 3]], units: [3, 2, 3]),
        AttentionCase(
            className: "MultiHeadAttention",
            config: ["num_heads": 1, "key_dim": 2, "attention_axes": [1], "sliding_window": 2],
            shapes: [[4, 2]], units: [3], repeated: 2),
    ]

    func model() throws -> Model {
        let count = shapes.count
        var layers: [any Layer] = shapes.map { InputLayer(name: "in", shape: $0) }
        // What comes out of a Masking is what goes into the Dense; without one nothing is changed.
        layers += (0..<count).map { ActivationLayer(masked[$0] ? .hardShrink : .linear) }
        layers += (0..<count).map { (i: Int) -> any Layer in masked[i] ? Masking() : ActivationLayer(.linear)
        }
        layers += units.prefix(count).map { Dense(units: $0) }
        var attention = try layer(className, config)
        if isCausal { try attention.take(callOptions: ["use_causal_mask": true]) }
        layers += [attention, Flatten(), Dense(units: 3, activation: .tanh)]
        for index in layers.indices { layers[index].name = "layer\(index)" }
        var calls = (0..<count).map { Model.Call(layer: $0, inputs: []) }
        calls += (count..<4 * count).map { Model.Call(layer: $0, inputs: [$0 - count]) }
        let inputs = (0..<repeated).flatMap { _ in Array(3 * count..<4 * count) }
        calls.append(Model.Call(layer: 4 * count, inputs: inputs))
        calls += [1, 2].map { Model.Call(layer: 4 * count + $0, inputs: [4 * count + $0 - 1]) }
        return try Model(
            name: "attention", form: .functional, layers: layers, calls: calls, inputs: Array(0..<count),
            outputs: [4 * count + 2])
    }
}

@Test("gradients of attention", arguments: AttentionCase.all)
func attentionGradients(given: AttentionCase) throws { try expectSlopes(in: try given.model(), "\(given)") }
