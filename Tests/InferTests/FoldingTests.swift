import Network
import Tensors
import Testing

private func random(_ shape: [Int], _ seed: Int, from low: Float = -1, to high: Float = 1) -> Tensor {
    var numbers = RandomNumbers(seed: seed, stream: 1)
    return Tensor(
        shape: shape,
        values: (0..<shape.reduce(1, *)).map { _ in low + (high - low) * Float(numbers.uniform()) })
}

/// Draws random weights for every layer, with positive variances.
private func filled(_ model: Model, seed: Int) throws -> Model {
    var model = model
    for layer in model.layers.indices {
        let tensors = model.weightSpecs[layer].enumerated().map { index, spec in
            spec.name == "moving_variance"
                ? random(spec.shape, seed + 10 * layer + index, from: 0.1, to: 4)
                : random(spec.shape, seed + 10 * layer + index)
        }
        try model.setWeights(tensors, layer: layer)
    }
    return model
}

private func named(_ layers: [any Layer]) -> [any Layer] {
    layers.enumerated().map { index, layer in
        var layer = layer
        layer.name = "layer\(index)"
        return layer
    }
}

private let input = InputLayer(name: "in", shape: [5])
private var plainNormalization: BatchNormalization {
    var layer = BatchNormalization()
    (layer.scale, layer.center) = (false, false)
    return layer
}

private let chains: [(layers: [any Layer], foldedClasses: [String])] = [
    // After a linear Dense, without and with a bias; the following activation is fused into the Dense too.
    (
        [input, Dense(units: 4), BatchNormalization(), ActivationLayer(.relu), Dense(units: 3)],
        ["InputLayer", "Dense", "Dense"]
    ),
    // A second activation is kept.
    (
        [input, Dense(units: 4, activation: .relu), ActivationLayer(.tanh), ReLU()],
        ["InputLayer", "Dense", "Activation", "ReLU"]
    ),
    ([input, Dense(units: 4, useBias: false), BatchNormalization()], ["InputLayer", "Dense"]),
    // Before a Dense, with an activation between it and the previous Dense.
    (
        [
            input, Dense(units: 4, activation: .relu), BatchNormalization(),
            Dense(units: 3, activation: .softmax),
        ],
        ["InputLayer", "Dense", "Dense"]
    ),
    (
        [
            input, Dense(units: 4, activation: .tanh), plainNormalization, Dropout(rate: 0.5),
            Dense(units: 3, useBias: false),
        ],
        ["InputLayer", "Dense", "Dense"]
    ),
    // Two in a row, and one at the start.
    (
        [input, Dense(units: 4), BatchNormalization(), BatchNormalization(), Dense(units: 2)],
        ["InputLayer", "Dense", "Dense"]
    ),
    ([input, BatchNormalization(), Dense(units: 2)], ["InputLayer", "Dense"]),
    // No layer to fold it into: kept.
    (
        [input, Dense(units: 4, activation: .relu), BatchNormalization()],
        ["InputLayer", "Dense", "BatchNormalization"]
    ),
    ([input, Dropout(rate: 0.3), Dense(units: 4), Dropout(rate: 0.3)], ["InputLayer", "Dense"]),
]

@Test("a folded chain gives the same outputs", arguments: chains.indices)
func foldedChain(_ index: Int) throws {
    let model = try filled(Model(chain: named(chains[index].layers)), seed: index)
    let folded = try model.foldedForInference()
    #expect(folded.layers.map(\.className) == chains[index].foldedClasses)
    try expectSame(model, folded, [Samples(shape: [5], floats: random([40, 5], 99).values)])
}

@Test("layers that are shared or are outputs are not folded")
func foldedGraph() throws {
    // Dense a is a model output; Dense b is called twice.
    let layers = named([input, Dense(units: 5), BatchNormalization(), Dense(units: 5), BatchNormalization()])
    let model = try filled(
        Model(
            name: "graph", form: .functional, layers: layers,
            calls: [
                .init(layer: 0, inputs: []), .init(layer: 1, inputs: [0]), .init(layer: 2, inputs: [1]),
                .init(layer: 3, inputs: [2]), .init(layer: 3, inputs: [3]), .init(layer: 4, inputs: [4]),
            ], inputs: [0], outputs: [1, 5]), seed: 7)
    let folded = try model.foldedForInference()
    #expect(folded.layers.count == 5)
    try expectSame(model, folded, [Samples(shape: [5], floats: random([20, 5], 98).values)])
}

@Test("a normalization with two consumers is not folded")
func twoReaders() throws {
    let layers = named([input, BatchNormalization(), Dense(units: 2), Dense(units: 3)])
    let model = try filled(
        Model(
            name: "fork", form: .functional, layers: layers,
            calls: [
                .init(layer: 0, inputs: []), .init(layer: 1, inputs: [0]), .init(layer: 2, inputs: [1]),
                .init(layer: 3, inputs: [1]),
            ], inputs: [0], outputs: [2, 3]), seed: 8)
    let folded = try model.foldedForInference()
    #expect(folded.layers.count == 4)
    try expectSame(model, folded, [Samples(shape: [5], floats: random([20, 5], 97).values)])
}

private func expectSame(_ model: Model, _ folded: Model, _ samples: [Samples]) throws {
    let expected = try Predictor(model).predict(samples)
    let found = try Predictor(folded).predict(samples)
    #expect(found.map(\.shape) == expected.map(\.shape))
    for (found, expected) in zip(found, expected) {
        // Relative to the largest output: single outputs may be near zero by cancellation.
        let size = max(1, expected.values.map { abs($0) }.max() ?? 0)
        let worst = zip(found.values, expected.values).map { abs($0 - $1) }.max() ?? 0
        #expect(worst <= 1e-6 * size, "off by \(worst) of \(size)")
        #expect(found.values.contains { $0 != found.values[0] }, "the outputs depend on the sample")
    }
}
