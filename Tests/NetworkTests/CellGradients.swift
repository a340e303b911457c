import Base
import Tensors
import Testing

@testable import Network

private func layer(_ className: String, _ config: JSONObject = [:]) throws -> any Layer {
    try LayerTable.make(className: className, config: config, strict: true)
}

private func cell(_ className: String, _ config: JSONObject) -> JSON {
    ["class_name": .string(className), "config": .object(config)]
}

extension GradientCase {
    /// Behind a Masking, which finds about a third of the steps to be padding.
    private static func masked(_ className: String, _ config: JSONObject) -> GradientCase {
        GradientCase(
            description: "\(className) \(JSON.object(config).text())",
            layers: {
                [
                    ActivationLayer(.hardShrink), Masking(), Dense(units: 4), try layer(className, config),
                    Flatten(), Dense(units: 2),
                ]
            }, shape: [5, 1])
    }

    private static func einsum(_ equation: String, _ output: JSON, bias: JSON, _ activation: JSON)
        -> GradientCase
    {
        GradientCase(
            description: "EinsumDense \(equation)",
            layers: {
                [
                    Dense(units: 3),
                    try layer(
                        "EinsumDense",
                        [
                            "equation": .string(equation), "output_shape": output, "bias_axes": bias,
                            "activation": activation,
                        ]), Flatten(), Dense(units: 2),
                ]
            }, shape: [2, 4, 2])
    }

    private static let stack: JSON = cell(
        "StackedRNNCells",
        [
            "cells": [
                cell("LSTMCell", ["units": 3]), cell("SimpleRNNCell", ["units": 2, "dropout": 0.3]),
                cell("GRUCell", ["units": 3, "reset_after": false]),
            ]
        ])

    static let cells: [GradientCase] = [
        masked("RNN", ["cell": cell("LSTMCell", ["units": 3])]),
        masked("RNN", ["cell": stack]),
        masked("RNN", ["cell": stack, "return_sequences": true, "go_backwards": true]),
        masked(
            "GRU",
            [
                "units": 3, "return_sequences": true, "go_backwards": true, "unroll": true,
                "zero_output_for_mask": true,
            ]),
        einsum("abcd,de->abce", [.null, .null, 3], bias: "e", "softsign"),
        einsum("abcd,bdef->acef", [4, 2, 3], bias: "ce", "tanh"),
        einsum("abcd,cde->abec", [.null, 2, 4], bias: .null, "linear"),
        einsum("...x,xy->...y", 2, bias: "y", "softmax"),
        GradientCase(
            description: "BatchNormalization over axes",
            layers: {
                [
                    Dense(units: 3), try layer("BatchNormalization", ["axis": [1, 3]]), Dense(units: 2),
                    try layer("BatchNormalization", ["axis": [2, 3], "trainable": false]), Dense(units: 2),
                ]
            }, shape: [2, 3, 2]),
        GradientCase(
            description: "OrthogonalRegularizer",
            layers: {
                [
                    Dense(units: 20),
                    try layer(
                        "Dense",
                        [
                            "units": 3,
                            "kernel_regularizer": cell("OrthogonalRegularizer", ["factor": 0.3]),
                        ]), Dense(units: 2),
                ]
            }),
    ]
}

@Test("gradients of cells, equations and normalizing over several axes", arguments: GradientCase.cells)
func cellGradients(given: GradientCase) throws { try finiteDifferences(given: given) }

/// The states of one layer are where another begins.
@Test("gradients through states that go out and in", arguments: ["LSTM", "GRU", "SimpleRNN"])
func stateGradients(className: String) throws {
    let isLSTM = className == "LSTM"
    let source = try layer(
        className, ["units": 3, "return_state": true, "return_sequences": true, "name": "source"])
    let target = try layer(className, ["units": 3, "name": "target"])
    let join = try layer("Concatenate", ["name": "join"])
    let flat = try layer("Flatten", ["name": "flat"])
    var dense = Dense(units: 4)
    dense.name = "dense"
    let layers: [any Layer] = [InputLayer(name: "in", shape: [4, 2]), dense, source, target, flat, join]
    typealias Source = Container.Source
    let states: [Source] = [.node(2, output: 1)] + (isLSTM ? [.node(2, output: 2)] : [])
    let nodes = [
        Container.Node(member: 0, inputs: []), Container.Node(member: 1, inputs: [.node(0, output: 0)]),
        Container.Node(member: 2, inputs: [.node(1, output: 0)]),
        Container.Node(member: 3, inputs: [.node(1, output: 0)] + states),
        Container.Node(member: 4, inputs: [.node(2, output: 0)]),
        Container.Node(member: 5, inputs: [.node(3, output: 0), .node(4, output: 0), .node(2, output: 1)]),
    ]
    let model = try Model(
        structure: Container(
            name: "states", form: .functional, members: layers.indices.map { .layer($0) }, nodes: nodes,
            inputs: [0], outputs: [.node(5, output: 0)]), layers: layers)
    try expectSlopes(in: model, className)
}

@Test("gradients of attention with shared heads")
func groupedGradients() throws {
    for config: JSONObject in [
        ["head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2],
        ["head_dim": 3, "num_query_heads": 3, "num_key_value_heads": 1, "use_bias": false, "dropout": 0.3],
    ] {
        let given = AttentionCase(
            className: "GroupedQueryAttention", config: config, masked: [true, true, false])
        try expectSlopes(in: try given.model(), "\(given)")
    }
}

@Test("training ends with an error that names the layer, the sample and the id")
func wrongIds() throws {
    var model = try Model(chain: [
        InputLayer(name: "in", shape: [2]), Embedding(inputSize: 5, outputSize: 2), Flatten(),
        Dense(units: 1),
    ])
    try model.initialize(seed: 1)
    let before = flat(model)
    let samples = Samples(shape: [2], floats: [0, 1, 2, 3, 4, 0, 1, 7, 2, .nan, 1, 1])
    let targets = Targets.values(Array(repeating: 1, count: 6), width: 1)
    for threads in [1, 2] {
        let executor = try TrainingExecutor(
            model, loss: Loss(.meanSquaredError), optimizer: Adam(), batchSize: 6, threads: threads)
        let order = [5, 3, 0, 1, 2]
        let result = executor.trainBatch([samples], targets, rows: order[...])
        let message = try #require(result.failure).description
        #expect(message.contains("Embedding \"embedding\"") && message.contains("sample 3"), "\(message)")
        #expect(message.contains("7.0") && message.contains("0 to 4"), "\(message)")
        // Nothing was learnt from it, and the next batch is none the worse.
        #expect(flat(executor.trainedNetwork) == before)
        let next = executor.trainBatch([samples], targets, rows: [0, 1, 2])
        #expect(next.failure == nil && next.lossSum.isFinite)
        #expect(executor.evaluate([samples], targets).failure != nil)
    }
    #expect(throws: CellarError.self) { try Predictor(model).predict([samples]) }
}

@Test("a model that augments pictures answers, and is not trained")
func augmentation() throws {
    var model = try Model(chain: [
        InputLayer(name: "in", shape: [2, 2, 3]), try layer("RandomFlip", ["mode": "horizontal"]), Flatten(),
        Dense(units: 1),
    ])
    try model.initialize(seed: 1)
    let samples = Samples(shape: [2, 2, 3], floats: (0..<12).map(Float.init))
    var bare = try Model(chain: [InputLayer(name: "in", shape: [2, 2, 3]), Flatten(), Dense(units: 1)])
    try bare.setWeights(model.weights[3], layer: 2)
    #expect(try Predictor(model).predict([samples]) == Predictor(bare).predict([samples]))
    let error = #expect(throws: CellarError.self) {
        try TrainingExecutor(model, loss: Loss(.meanSquaredError), optimizer: SGD())
    }
    #expect(error?.description.hasPrefix("RandomFlip \"random_flip\": changes its input at random") == true)
}

@Test("whole numbers that a float does not tell from their neighbours are refused, not taken for unknown")
func longIntegers() throws {
    // 123456789 has the float of 123456792, and 2^24 that of 2^24 + 1.
    let lookup = try #require(
        try layer("IntegerLookup", ["vocabulary": [5, 123_456_789, 16_777_216]]) as? IntegerLookup)
    for number: Float in [5, 6, -3, 0x1p24 - 1] { #expect(lookup.takes(number)) }
    for number: Float in [123_456_792, 0x1p24, -0x1p24, .nan, .infinity] { #expect(!lookup.takes(number)) }
    #expect(wholeNumber(0x1p24 - 1) == 16_777_215 && wholeNumber(0x1p24) == nil && wholeNumber(.nan) == nil)
}

@Test("options that nobody can mean are errors")
func badCells() {
    let bad: [(String, JSONObject)] = [
        ("RNN", [:]), ("RNN", ["cell": cell("MyCell", ["units": 3])]),
        ("RNN", ["cell": cell("StackedRNNCells", ["cells": []])]),
        ("RNN", ["cell": cell("LSTMCell", ["units": 3]), "stateful": true]),
        ("EinsumDense", ["equation": "abc,cd", "output_shape": 3]),
        ("EinsumDense", ["equation": "abc,d->ab", "output_shape": 3]),
        ("EinsumDense", ["equation": "ab,ac->bc", "output_shape": 3]),
        ("CategoryEncoding", [:]), ("CategoryEncoding", ["num_tokens": 3, "output_mode": "int"]),
        ("Discretization", ["bin_boundaries": [2, 1]]), ("Discretization", ["num_bins": 3]),
        ("IntegerLookup", ["vocabulary": [1, 1]]), ("IntegerLookup", [:]),
        ("IntegerLookup", ["vocabulary": [1], "output_mode": "tf_idf"]),
        ("BatchNormalization", ["axis": []]),
        ("GroupedQueryAttention", ["head_dim": 2, "num_query_heads": 3, "num_key_value_heads": 2]),
    ]
    for (className, config) in bad {
        #expect(throws: CellarError.self, "\(className) \(JSON.object(config).text())") {
            try layer(className, config)
        }
    }
}
