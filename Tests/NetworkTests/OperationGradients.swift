import Base
import Tensors
import Testing

@testable import Network

private func layer(_ className: String, _ config: JSONObject = [:]) throws -> any Layer {
    try LayerTable.make(className: className, config: config)
}

extension GradientCase {
    /// Behind a Dense, so that a gradient must come through, and before another. Roots and logarithms get positive numbers.
    private static func function(
        _ className: String, _ config: JSONObject, shape: [Int] = [3, 2], isPositive: Bool = false,
        hasKinks: Bool = false
    ) -> GradientCase {
        GradientCase(
            description: "\(className) \(JSON.object(config).text())",
            layers: {
                // Large weights, so that numbers lie further apart than a difference reaches.
                let end: Double = hasKinks ? 60 : 0.7
                let first = try layer(
                    "Dense",
                    [
                        "units": 4, "activation": isPositive ? "exponential" : "linear",
                        "kernel_initializer": [
                            "class_name": "RandomUniform",
                            "config": ["minval": .number(-end), "maxval": .number(end)],
                        ],
                    ])
                return [
                    first, try layer(className, config), Rescaling(scale: hasKinks ? 0.02 : 1),
                    Dense(units: 3, activation: .tanh), Flatten(),
                ]
            }, shape: shape)
    }

    private static let whole: JSON = ["start": .null, "stop": .null, "step": .null]

    static let operations: [GradientCase] =
        Elementwise.Function.allCases.map { kind in
            var config: JSONObject = ["function": .string(kind.rawValue)]
            if kind == .power { config["exponent"] = 1.7 }
            if kind == .clip {
                config["lowest"] = -20
                config["highest"] = 27
            }
            return function(
                "Elementwise", config, isPositive: [.sqrt, .rsqrt, .log, .log1p, .power].contains(kind),
                hasKinks: [.clip, .abs].contains(kind))
        }
        + Reduce.AxisReduction.allCases.flatMap { kind in
            let word = JSON.string(kind.rawValue)
            return [
                function("Reduce", ["function": word, "axis": 1], hasKinks: true),
                function(
                    "Reduce", ["function": word, "axis": [1, -2], "keepdims": true], shape: [3, 2, 2],
                    hasKinks: true),
                function("Reduce", ["function": word, "axis": 2], shape: [3, 2, 2], hasKinks: true),
            ]
        }
        + [
            function("GetItem", ["key": [whole, 1]], shape: [3, 2]),
            function("GetItem", ["key": ["...", ["start": .null, "stop": .null, "step": -2]]]),
            function("GetItem", ["key": [whole, .null, ["start": 1, "stop": .null, "step": .null]]]),
            function(
                "GetItem", ["key": [whole, ["start": -1, "stop": 0, "step": -1], "...", .null, 2]],
                shape: [4, 2]),
        ]
}

@Test("gradients of plain functions", arguments: GradientCase.operations)
func operationGradients(given: GradientCase) throws { try finiteDifferences(given: given) }

@Test("gradients of quotients and products of two tensors")
func pairGradients() throws {
    // a is [4, 3]; b has so many units, and may be turned before.
    let cases: [(className: String, config: JSONObject, units: Int, turned: Bool)] = [
        ("Divide", [:], 3, false), ("Matmul", ["transpose_b": true], 3, false),
        ("Matmul", ["transpose_a": true], 2, false), ("Matmul", [:], 3, true),
        ("Matmul", ["transpose_a": true, "transpose_b": true], 5, true),
    ]
    for given in cases {
        var (a, b, turn, flat) = (
            Dense(units: 3), Dense(units: given.units, activation: .exponential), Permute([1, 2]), Flatten()
        )
        if given.turned { turn = Permute([2, 1]) }
        var pair = try layer(given.className, given.config)
        (a.name, b.name, turn.name, pair.name, flat.name) = ("a", "b", "turn", "pair", "flat")
        let model = try Model(
            name: "pair", form: .functional,
            layers: [InputLayer(name: "in", shape: [4, 2]), a, b, turn, pair, flat],
            calls: [
                .init(layer: 0, inputs: []), .init(layer: 1, inputs: [0]), .init(layer: 2, inputs: [0]),
                .init(layer: 3, inputs: [2]), .init(layer: 4, inputs: [1, 3]), .init(layer: 5, inputs: [4]),
            ], inputs: [0], outputs: [5])
        try expectSlopes(in: model, "\(given)")
    }
}

@Test("plain functions that nobody can mean are errors, whatever the file says")
func badOperations() throws {
    let bad: [(String, JSONObject, [Int])] = [
        ("GetItem", ["key": [0]], [3]), ("GetItem", ["key": [.null, ["start": .null]]], [3]),
        ("GetItem", ["key": ["...", "..."]], [3]), ("GetItem", ["key": ["...", 3]], [3, 3]),
        ("GetItem", ["key": ["...", 1, 1]], [3]), ("GetItem", ["key": ["...", 1]], [3]),
        ("GetItem", ["key": ["...", ["start": 2, "stop": 1, "step": .null]]], [3]),
        ("GetItem", ["key": ["...", ["start": .null, "stop": .null, "step": 0]]], [3]),
        ("GetItem", ["key": ["...", .integer(Int.min)]], [3, 3]), ("GetItem", ["key": ["...", true]], [3]),
        ("Reduce", ["function": "mean"], [3]), ("Reduce", ["function": "mean", "axis": 0], [3, 2]),
        ("Reduce", ["function": "mean", "axis": 1], [3]),
        ("Reduce", ["function": "eval", "axis": 1], [3, 2]),
        ("Elementwise", ["function": "system"], [3]), ("Elementwise", ["function": "power"], [3]),
    ]
    for (className, config, shape) in bad {
        #expect(throws: CellarError.self, "\(className) \(JSON.object(config).text())") {
            try layer(className, config).outputShape(for: [shape])
        }
    }
    #expect(throws: CellarError.self) { try layer("Matmul").outputShape(for: [[3, 2], [3, 2]]) }
    #expect(throws: CellarError.self) { try layer("Matmul").outputShape(for: [[3, 2]]) }
    #expect(throws: CellarError.self) { try layer("Matmul").outputShape(for: [[3], [3]]) }
    // A step as large as a number can be takes the one place that it comes to.
    let far: JSON = ["start": .null, "stop": .null, "step": .integer(Int.max)]
    let back: JSON = ["start": .null, "stop": .null, "step": .integer(Int.min)]
    for range in [far, back] {
        #expect(try layer("GetItem", ["key": ["...", range]]).outputShape(for: [[3]]) == [1])
    }
}
