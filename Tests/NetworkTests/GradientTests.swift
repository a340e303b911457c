import Base
import Tensors
import Testing

@testable import Network

/// A layer in a small network, to be held against finite differences.
struct GradientCase: CustomStringConvertible, Sendable {
    let description: String
    let layers: @Sendable () throws -> [any Layer]
    var shape = [5]

    static let all: [GradientCase] =
        [
            GradientCase(description: "Dense") { [Dense(units: 4), Dense(units: 3)] },
            GradientCase(description: "Dense without bias") {
                [Dense(units: 4, activation: .tanh, useBias: false)]
            },
            GradientCase(
                description: "Dense over the last axis",
                layers: { [Dense(units: 3, activation: .tanh), Flatten()] }, shape: [3, 5]),
            GradientCase(description: "Flatten", layers: { [Flatten(), Dense(units: 3)] }, shape: [2, 3]),
            GradientCase(
                description: "Flatten, channels first",
                layers: {
                    var flatten = Flatten()
                    flatten.channelsFirst = true
                    return [Dense(units: 4), flatten, Dense(units: 3)]
                }, shape: [2, 3]),
            GradientCase(description: "BatchNormalization") {
                [Dense(units: 4), BatchNormalization(), Dense(units: 3)]
            },
            GradientCase(
                description: "BatchNormalization, rank 3",
                layers: { [Dense(units: 4), BatchNormalization(), Flatten()] }, shape: [3, 2]),
            GradientCase(description: "frozen BatchNormalization") {
                var frozen = BatchNormalization()
                frozen.trainable = false
                return [Dense(units: 4), frozen, Dense(units: 3)]
            },
            GradientCase(description: "Dropout") { [Dense(units: 6), Dropout(rate: 0.4), Dense(units: 3)] },
            GradientCase(description: "Rescaling") {
                [Dense(units: 4), Rescaling(scale: 0.3, offset: 0.1), Dense(units: 3)]
            },
            GradientCase(description: "Normalization") {
                [
                    Dense(units: 3), Normalization(mean: [0.1, -0.2, 0], variance: [1.5, 0.5, 2]),
                    Dense(units: 3),
                ]
            },
        ]
        + Activation.allCases.map { activation in
            GradientCase(description: activation.name) { [Dense(units: 6, activation: activation)] }
        }
        + Activation.allCases.map { activation in
            GradientCase(description: "\(activation.name) as a layer") {
                [Dense(units: 6), ActivationLayer(activation)]
            }
        }
}

/// Central differences of the loss in Float32 with a step of 2e-3: their own error is rounding, some 1e-7 / 4e-3.
@Test("every gradient equals the loss' slope", arguments: GradientCase.all + GradientCase.plainLayers)
func finiteDifferences(given: GradientCase) throws {
    var layers: [any Layer] = [InputLayer(name: "in", shape: given.shape)] + (try given.layers())
    for index in layers.indices { layers[index].name = "layer\(index)" }
    try expectSlopes(in: try Model(chain: layers), "\(given)")
}

/// Holds every trained weight's gradient against finite differences, for random samples and targets.
func expectSlopes(in untrained: Model, _ description: String) throws {
    var model = untrained
    try model.initialize(seed: 7)
    var random = RandomNumbers(seed: 3)
    let rows = 6
    let samples = model.inputShapes.map { shape in
        Samples(
            shape: shape,
            floats: (0..<rows * shape.reduce(1, *)).map { _ in Float(2 * random.uniform() - 1) })
    }
    let width = model.outputShapes[0].reduce(1, *)
    let targets = Targets.values((0..<rows * width).map { _ in Float(random.uniform()) }, width: width)

    func loss(_ model: Model) throws -> Double {
        let executor = try TrainingExecutor(
            model, loss: Loss(.meanSquaredError), optimizer: SGD(), batchSize: rows, seed: 11)
        return executor.gradients(samples, targets, rows: Array(0..<rows)[...]).loss
    }
    let executor = try TrainingExecutor(
        model, loss: Loss(.meanSquaredError), optimizer: SGD(), batchSize: rows, seed: 11)
    var gradients = executor.gradients(samples, targets, rows: Array(0..<rows)[...]).tensors.makeIterator()

    for layer in model.layers.indices {
        for (weight, spec) in model.weightSpecs[layer].enumerated()
        where model.isTrainable(layer: layer, weight: weight) {
            let next = gradients.next()
            let gradient = try #require(next)
            #expect(gradient.shape == spec.shape)
            for index in stride(from: 0, to: spec.count, by: max(1, spec.count / 5)) {
                func shifted(_ by: Float) throws -> Double {
                    var copy = model
                    var values = copy.weights[layer][weight].values
                    values[index] += by
                    var tensors = copy.weights[layer]
                    tensors[weight] = Tensor(shape: spec.shape, values: values)
                    try copy.setWeights(tensors, layer: layer)
                    return try loss(copy)
                }
                let slope = try (shifted(2e-3) - shifted(-2e-3)) / 4e-3
                let here = Double(gradient.values[index])
                #expect(
                    abs(slope - here) < 1e-3 + 2e-2 * abs(slope),
                    "\(description): \(spec.name)[\(index)] \(here), slope \(slope)")
            }
        }
    }
}

/// A layer that is called several times, in a model where `calls` names its inputs by call; layer 1 is the shared one.
private func shared(_ calls: [Model.Call], outputs: [Int]) throws -> Model {
    var layers: [any Layer] = [
        InputLayer(name: "in", shape: [4]), Dense(units: 4, activation: .tanh), Dense(units: 4),
        Concatenate(), Dense(units: 3),
    ]
    for index in layers.indices { layers[index].name = "layer\(index)" }
    return try Model(
        name: "shared", form: .functional, layers: layers, calls: calls, inputs: [0], outputs: outputs)
}

@Test("a layer that is called twice learns from both calls")
func oneLayerTwice() throws {
    // One behind the other, and side by side; then with a call between whose answer nobody wants.
    let (input, joined) = (Model.Call(layer: 0, inputs: []), Model.Call(layer: 3, inputs: [1, 3]))
    let first = Model.Call(layer: 1, inputs: [0])
    let behind: [Model.Call] = [
        input, first, .init(layer: 2, inputs: [1]), .init(layer: 1, inputs: [2]), joined,
        .init(layer: 4, inputs: [4]),
    ]
    try expectSlopes(in: try shared(behind, outputs: [5]), "behind")
    let beside: [Model.Call] = [
        input, first, .init(layer: 2, inputs: [0]), .init(layer: 1, inputs: [2]), joined,
        .init(layer: 4, inputs: [4]),
    ]
    try expectSlopes(in: try shared(beside, outputs: [5]), "beside")
    let unused: [Model.Call] = beside + [.init(layer: 1, inputs: [1])]
    try expectSlopes(in: try shared(unused, outputs: [5]), "unused")
}
