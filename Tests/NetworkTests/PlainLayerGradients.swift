import Base
import Tensors
import Testing

@testable import Network

/// A layer from its config, as a file has it.
private func made(_ className: String, _ config: JSONObject = [:]) throws -> any Layer {
    try LayerTable.make(className: className, config: config, strict: true)
}

extension GradientCase {
    /// Behind a Dense, so that a gradient must come through, and before another, so that one goes in.
    private static func between(
        _ shape: [Int], _ className: String, _ config: JSONObject = [:], units: Int = 4
    ) -> GradientCase {
        GradientCase(
            description: "\(className) \(JSON.object(config).text())",
            layers: {
                [
                    Dense(units: units), try made(className, config), Dense(units: 3, activation: .tanh),
                    Flatten(),
                ]
            }, shape: shape)
    }

    /// Layers that are neither convolution nor recurrent nor attention, with their options.
    static let plainLayers: [GradientCase] = [
        between([5], "ReLU"),
        between([5], "ReLU", ["max_value": 0.5, "negative_slope": 0.1, "threshold": 0.05]),
        between([5], "ReLU", ["threshold": 0.11]), between([5], "LeakyReLU"),
        between([5], "LeakyReLU", ["alpha": 0.1]), between([5], "ELU", ["alpha": 0.7]),
        between([5], "ThresholdedReLU", ["theta": 0.2]),
        between([3, 2], "PReLU", ["alpha_initializer": "random_normal"]),
        between([3, 2], "PReLU", ["shared_axes": [1], "alpha_initializer": "ones"]),
        between([2, 3, 2], "PReLU", ["shared_axes": [1, 3], "alpha_initializer": "random_uniform"]),
        between([3, 2], "Softmax"), between([3, 2], "Softmax", ["axis": 1]),
        between([2, 3, 2], "Softmax", ["axis": [1, 3]]), between([2, 3, 2], "Softmax", ["axis": [-2, -1]]),
        between([6], "Reshape", ["target_shape": [2, -1]]),
        between([2, 3, 2], "Permute", ["dims": [3, 1, 2]]),
        between([2, 3, 2], "Permute", ["dims": [2, 1, 3]]), between([5], "RepeatVector", ["n": 3]),
        between([5], "Identity"), between([5], "GaussianNoise", ["stddev": 0.3]),
        between([5], "GaussianDropout", ["rate": 0.3]), between([5], "AlphaDropout", ["rate": 0.3]),
        between([3, 2], "AlphaDropout", ["rate": 0.3, "noise_shape": [nil, 1, 4]]),
        between([3, 2], "Dropout", ["rate": 0.4, "noise_shape": [nil, 1, nil]]),
        between([3, 2], "Dropout", ["rate": 0.4, "noise_shape": [1, 3, nil]]),
        between([3, 2], "SpatialDropout1D", ["rate": 0.4]),
        between([2, 3, 2], "SpatialDropout2D", ["rate": 0.4]),
        between([2, 3, 2], "SpatialDropout2D", ["rate": 0.4, "data_format": "channels_first"]),
        between([2, 2, 2, 2], "SpatialDropout3D", ["rate": 0.4]),
        between([2, 3, 2], "BatchNormalization", ["axis": 1]),
        between([2, 3, 2], "BatchNormalization", ["axis": [2]]),
        between([2, 3], "BatchNormalization", ["axis": -2, "scale": false]),
        between([2, 3], "BatchNormalization", ["axis": 1, "center": false]),
        GradientCase(
            description: "frozen BatchNormalization of axis 1",
            layers: {
                var frozen = try made("BatchNormalization", ["axis": 1])
                frozen.trainable = false
                return [Dense(units: 4), frozen, Dense(units: 3), Flatten()]
            }, shape: [2, 3]),
        between([3, 2], "LayerNormalization"),
        between([3, 2], "LayerNormalization", ["axis": [1, 2], "epsilon": 1e-5]),
        between([3, 2], "LayerNormalization", ["axis": 1, "center": false]),
        between([2, 3, 2], "LayerNormalization", ["axis": [1, 3], "scale": false]),
        between([2, 3, 2], "LayerNormalization", ["axis": [3, 1]]),
        between([2, 3, 2], "GroupNormalization", ["groups": 2]),
        between([2, 3, 2], "GroupNormalization", ["groups": -1]),
        between([4, 3, 2], "GroupNormalization", ["groups": 2, "axis": 1]),
        between([3, 2], "GroupNormalization", ["groups": 1, "center": false]),
        between([5], "GroupNormalization", ["groups": 2, "scale": false]),
        between([3, 2], "RMSNormalization"), between([2, 3, 2], "RMSNormalization", ["axis": [2, 3]]),
        between([3, 2], "UnitNormalization"), between([2, 3, 2], "UnitNormalization", ["axis": [1, 3]]),
        between([2, 3], "Normalization", ["axis": 1, "mean": [0.1, -0.2], "variance": [1.5, 0.5]]),
        between([2, 3], "Normalization", ["axis": nil, "mean": 0.1, "variance": 1.5, "invert": true]),
        between(
            [2, 3], "Normalization",
            [
                "axis": [1, 2], "mean": [[0.1, 0, 0, 0], [0.2, 0, 0, 1]],
                "variance": [[1, 2, 3, 1], [1, 1, 1, 2]],
            ]),
        between([2, 3, 2], "Rescaling", ["scale": [0.5, 2, 1, -1], "offset": 0.5]),
        between([2, 3, 2], "Rescaling", ["scale": [[[0.5]], [[2]]], "offset": [[[0.5]], [[2]]]]),
        between([5], "ActivityRegularization", ["l1": 0.1, "l2": 0.2]),
        GradientCase(
            description: "activity_regularizer",
            layers: {
                [
                    try made(
                        "Dense",
                        [
                            "units": 5, "activation": "tanh",
                            "activity_regularizer": [
                                "class_name": "L1L2", "config": ["l1": 0.1, "l2": 0.2],
                            ],
                        ]), Dense(units: 3), Flatten(),
                ]
            }, shape: [2, 3]),
        GradientCase(description: "Dense with LeakyReLU as its activation") {
            [
                try made(
                    "Dense",
                    ["units": 5, "activation": ["class_name": "LeakyReLU", "config": ["alpha": 0.1]]]),
                Dense(units: 3),
            ]
        },
    ]
}

/// Two inputs, each through a Dense, into a layer that joins them.
struct MergeCase: CustomStringConvertible, Sendable {
    var className: String
    var config: JSONObject = [:]
    var shapes: [[Int]] = [[2, 3], [2, 3]]
    var units = [4, 4]

    var description: String { "\(className) \(JSON.object(config).text()) of \(shapes)" }

    static let all: [MergeCase] =
        ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"].flatMap { name in
            [
                MergeCase(className: name),
                MergeCase(className: name, shapes: [[1, 3], [2, 3]]),
                MergeCase(className: name, shapes: [[3, 2], [2]], units: [4, 1]),
            ]
        } + [
            MergeCase(className: "Add", shapes: [[2, 3], [2, 1], [3]], units: [4, 4, 4]),
            MergeCase(className: "Multiply", shapes: [[2, 3], [2, 1], [3]], units: [4, 4, 4]),
            MergeCase(className: "Maximum", shapes: [[2, 3], [2, 1], [3]], units: [4, 4, 4]),
            MergeCase(className: "Concatenate"),
            MergeCase(className: "Concatenate", config: ["axis": 1], shapes: [[2, 3], [4, 3]]),
            MergeCase(className: "Concatenate", config: ["axis": 2], units: [4, 2]),
            MergeCase(
                className: "Concatenate", config: ["axis": -2], shapes: [[2, 3], [1, 2], [3, 1]],
                units: [2, 2, 2]),
            MergeCase(className: "Dot", config: ["axes": 2], shapes: [[2, 3], [3, 3]]),
            MergeCase(className: "Dot", config: ["axes": [1, 2]], shapes: [[4, 3], [2, 3]]),
            MergeCase(className: "Dot", config: ["axes": -1, "normalize": true], shapes: [[3], [3]]),
            MergeCase(
                className: "Dot", config: ["axes": [1, 3], "normalize": true], shapes: [[4, 3], [2, 3, 2]]),
            MergeCase(className: "Dot", config: ["axes": [1, -1]], shapes: [[3], [2, 3]]),
        ]
}

@Test("every gradient through a layer that joins equals the loss' slope", arguments: MergeCase.all)
func mergedFiniteDifferences(given: MergeCase) throws {
    let count = given.shapes.count
    var layers: [any Layer] = given.shapes.map { InputLayer(name: "in", shape: $0) }
    layers += given.units.map { Dense(units: $0) }
    layers += [try made(given.className, given.config), Flatten(), Dense(units: 3, activation: .tanh)]
    for index in layers.indices { layers[index].name = "layer\(index)" }
    var calls = (0..<count).map { Model.Call(layer: $0, inputs: []) }
    calls += (0..<count).map { Model.Call(layer: count + $0, inputs: [$0]) }
    calls.append(Model.Call(layer: 2 * count, inputs: Array(count..<2 * count)))
    calls += [1, 2].map { Model.Call(layer: 2 * count + $0, inputs: [2 * count + $0 - 1]) }
    try expectSlopes(
        in: try Model(
            name: "merge", form: .functional, layers: layers, calls: calls, inputs: Array(0..<count),
            outputs: [2 * count + 2]), "\(given)")
}

@Test("a number that is added to itself has both slopes")
func oneTensorTwice() throws {
    for name in ["Add", "Multiply", "Maximum", "Concatenate"] {
        var layers: [any Layer] = [
            InputLayer(name: "in", shape: [5]), Dense(units: 4), try made(name), Dense(units: 3),
        ]
        for index in layers.indices { layers[index].name = "layer\(index)" }
        try expectSlopes(
            in: try Model(
                name: "twice", form: .functional, layers: layers,
                calls: [
                    .init(layer: 0, inputs: []), .init(layer: 1, inputs: [0]),
                    .init(layer: 2, inputs: [1, 1]),
                    .init(layer: 3, inputs: [2]),
                ], inputs: [0], outputs: [3]), name)
    }
}
