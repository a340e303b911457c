import Base
import Tensors
import Testing

@testable import Network

@Test("the gradient by the input is that of differences, in inference mode")
func inputGradient() throws {
    // Dropout and BatchNormalization compute otherwise while training.
    var model = try Model(chain: [
        InputLayer(name: "in", shape: [4, 4, 1]),
        LayerTable.make(
            className: "Conv2D",
            config: ["filters": 3, "kernel_size": [3, 3], "activation": "tanh", "name": "c"], strict: true),
        LayerTable.make(className: "BatchNormalization", config: ["name": "n"], strict: true),
        LayerTable.make(className: "Dropout", config: ["rate": 0.5, "name": "d"], strict: true),
        Flatten(), Dense(units: 3, activation: .linear),
    ])
    try model.initialize(seed: 3)
    let sample = (0..<16).map { Float($0 % 5) / 4 - 0.3 }
    let gradients = try InputGradients(model)
    let predictor = try Predictor(model, batchSize: 1)
    func output(_ values: [Float], _ index: Int) throws -> Float {
        try predictor.predict([Samples(shape: [4, 4, 1], floats: values)])[0].values[index]
    }
    for index in 0..<3 {
        let found = try gradients.gradient(sample, output: index)
        for pixel in sample.indices {
            var (more, less) = (sample, sample)
            more[pixel] += 0.01
            less[pixel] -= 0.01
            let slope = (try output(more, index) - output(less, index)) / 0.02
            // Differences of Floats have four digits.
            #expect(abs(found[pixel] - slope) < 5e-3, "output \(index), pixel \(pixel)")
        }
    }
}

@Test("a model through which no gradient passes is refused")
func noGradient() throws {
    let model = try Model(chain: [
        InputLayer(name: "in", shape: [3]),
        LayerTable.make(
            className: "Embedding", config: ["input_dim": 5, "output_dim": 2, "name": "e"], strict: true),
        Flatten(), Dense(units: 1),
    ])
    var weighted = model
    try weighted.initialize(seed: 1)
    #expect(throws: CellarError.self) { _ = try InputGradients(weighted) }
}

@Test("gradients of weights are those of differences, and leave the model as it is")
func gradientsOfWeights() throws {
    var model = try Model(chain: [
        InputLayer(name: "in", shape: [3]), Dense(units: 4, activation: .tanh), Flatten(),
        LayerTable.make(
            className: "Dense", config: ["units": 1, "activation": "sigmoid", "name": "last"], strict: true),
    ])
    try model.initialize(seed: 5)
    let samples = [Samples(shape: [3], floats: [0.5, -1, 2, 1, 0, -0.5])]
    let targets = [Targets.classes([1, 0])]
    let objective = Objective(Loss(.binaryCrossentropy), metrics: [])
    let found = try weightGradients(of: model, objective, samples, targets)
    #expect(found.map(\.layer) == [1, 1, 3, 3] && found.map(\.weight) == [0, 1, 0, 1])
    func loss(_ model: Model) throws -> Double {
        let executor = try TrainingExecutor(model, objective: objective, optimizer: SGD(), batchSize: 2)
        return executor.evaluate(samples, targets).lossSum / 2
    }
    for gradient in found {
        for place in gradient.gradient.values.indices {
            func changed(_ by: Float) throws -> Double {
                var copy = model
                var weights = copy.weights[gradient.layer]
                var values = weights[gradient.weight].values
                values[place] += by
                weights[gradient.weight] = Tensor(shape: weights[gradient.weight].shape, values: values)
                try copy.setWeights(weights, layer: gradient.layer)
                return try loss(copy)
            }
            let slope = (try changed(0.01) - changed(-0.01)) / 0.02
            #expect(abs(Double(gradient.gradient.values[place]) - slope) < 1e-3)
        }
    }
}
