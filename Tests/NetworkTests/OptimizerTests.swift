import Base
import TestSupport
import Tensors
import Testing

@testable import Network

/// Nine steps of an optimizer of Keras 2.10 (`legacy`), of later Keras 2 (`tfk`) or 3, as it was saved.
struct OptimizerCase: CustomStringConvertible, Sendable {
    let json: JSON
    let data: JSON
    var description: String { "\(json["tag"]?.string ?? "") \(json["optimizer"]?.text() ?? "")" }

    static func all() throws -> [OptimizerCase] {
        let cases = try Recorded.cases("optimizers")
        return cases.dropFirst().map { OptimizerCase(json: $0, data: cases[0]) }
    }

    func optimizer() throws -> any Optimizer {
        var optimizer = try OptimizerTable.make(from: json["optimizer"] ?? .null, strict: true)
        if json["tag"] != "legacy" { optimizer.newer = true }
        return optimizer
    }

    func network() throws -> Model {
        var layers: [any Layer] = [
            InputLayer(name: "x", shape: [3]), Dense(units: 4, activation: .tanh), Dense(units: 2),
        ]
        for index in layers.indices { layers[index].name = "layer\(index)" }
        var model = try Model(chain: layers)
        var values = Recorded.floats(data["start"])[...]
        for layer in model.layers.indices {
            let tensors = model.weightSpecs[layer].map { spec in
                defer { values = values.dropFirst(spec.count) }
                return Tensor(shape: spec.shape, values: Array(values.prefix(spec.count)))
            }
            try model.setWeights(tensors, layer: layer)
        }
        return model
    }
}

@Test("steps of every optimizer with every option equal Keras'", arguments: try OptimizerCase.all())
func optimizerSteps(given: OptimizerCase) throws {
    let samples = Recorded.samples(given.data["x"])
    let targets = Targets.values(Recorded.floats(given.data["t"]), width: 2)
    let rows = Array(0..<samples.count)
    let losses = Recorded.floats(given.json["losses"])
    for threads in [1, 2] {
        let executor = try TrainingExecutor(
            given.network(), loss: Loss(.meanSquaredError), optimizer: given.optimizer(), batchSize: 8,
            threads: threads)
        for (step, loss) in losses.enumerated() {
            let start = 8 * (step % 3)
            let result = executor.trainBatch([samples], targets, rows: rows[start..<start + 8])
            // Float32 rounding over nine steps.
            #expect(abs(Float(result.lossSum / 8) - loss) <= 1e-5 * max(1, loss), "\(given), step \(step)")
        }
        let weights = executor.trainedNetwork.weights.flatMap { $0.flatMap(\.values) }
        // An adaptive step has the size of the rate, whatever the gradient's; small gradients' rounding shows in it.
        let difference = compare(weights, Recorded.floats(given.json["weights"]), atol: 1e-5, rtol: 1e-5)
        #expect(difference.within, "\(given), \(threads) threads: weights off by \(difference.worst)")
    }
}

@Test("a run that goes on from its state has the same bits", arguments: try OptimizerCase.all())
func resumedSteps(given: OptimizerCase) throws {
    let samples = Recorded.samples(given.data["x"])
    let targets = Targets.values(Recorded.floats(given.data["t"]), width: 2)
    let rows = Array(0..<8)[...]
    func executor(_ model: Model) throws -> TrainingExecutor {
        try TrainingExecutor(
            model, loss: Loss(.meanSquaredError), optimizer: given.optimizer(), batchSize: 8)
    }
    let first = try executor(given.network())
    for _ in 0..<3 { _ = first.trainBatch([samples], targets, rows: rows) }
    let second = try executor(first.trainedNetwork)
    try second.restore(first.optimizerState)
    for _ in 0..<3 {
        #expect(
            first.trainBatch([samples], targets, rows: rows).lossSum
                == second.trainBatch([samples], targets, rows: rows).lossSum)
    }
    #expect(first.trainedNetwork.weights == second.trainedNetwork.weights, "\(given)")
}

@Test("optimizers survive being written and read")
func optimizersRoundTrip() throws {
    for given in try OptimizerCase.all() {
        let optimizer = try OptimizerTable.make(from: given.json["optimizer"] ?? .null)
        let again = try OptimizerTable.make(from: optimizer.json, strict: true)
        #expect(again.json == optimizer.json, "\(given)")
    }
}

@Test("schedules give Keras' rates")
func schedules() throws {
    for json in try Recorded.cases("schedules") {
        let schedule = try LearningRateSchedule(from: json["schedule"] ?? .null, strict: true)
        let steps = json["steps"]?.array?.compactMap(\.int) ?? []
        let rates = steps.map { schedule.rate(after: $0) }
        // TensorFlow's float32 powers and cosines differ from the C library's in the last bits; after 123,456 steps a
        // restarted cosine has lost four digits of its place.
        let expected = Recorded.floats(json["rates"])
        for (step, (rate, wanted)) in zip(steps, zip(rates, expected)) {
            #expect(
                abs(rate - wanted) <= (step < 1000 ? 2e-7 + 2e-5 * wanted : 2e-4),
                "\(json["schedule"]?.text() ?? "") after \(step): \(rate), Keras \(wanted)")
        }
        #expect(try LearningRateSchedule(from: schedule.json, strict: true) == schedule)
    }
}

@Test("options of optimizers that make no sense are errors")
func badOptimizers() {
    func make(_ name: String, _ config: JSONObject) throws {
        _ = try OptimizerTable.make(
            from: ["class_name": .string(name), "config": .object(config)], strict: true)
    }
    #expect(throws: CellarError.self) { try make("Adam", ["use_ema": true]) }
    #expect(throws: CellarError.self) { try make("Adam", ["clipnrm": 1]) }
    #expect(throws: CellarError.self) { try make("Adam", ["clipnorm": -1]) }
    #expect(throws: CellarError.self) { try make("Adam", ["clipnorm": 1, "global_clipnorm": 1]) }
    #expect(throws: CellarError.self) { try make("SGD", ["gradient_accumulation_steps": 4]) }
    func schedule(_ name: String, _ config: JSONObject) throws {
        try make("SGD", ["learning_rate": ["class_name": .string(name), "config": .object(config)]])
    }
    #expect(throws: CellarError.self) { try schedule("ExponentialDeca", [:]) }
    #expect(throws: CellarError.self) {
        try schedule("ExponentialDecay", ["initial_learning_rate": 0.1, "decay_steps": 0, "decay_rate": 0.5])
    }
    #expect(throws: CellarError.self) { try schedule("ExponentialDecay", ["initial_learning_rate": 0.1]) }
    #expect(throws: CellarError.self) {
        try schedule("PiecewiseConstantDecay", ["boundaries": [1, 2], "values": [0.1, 0.2]])
    }
    #expect(throws: CellarError.self) {
        try schedule("PiecewiseConstantDecay", ["boundaries": [2, 1], "values": [0.1, 0.2, 0.3]])
    }
}

@Test("a product of momenta comes to an end where it never falls")
func endlessMomenta() throws {
    var optimizer = Nadam()
    (optimizer.beta1, optimizer.newer) = (1, true)
    let product = optimizer.momentumProduct(after: 1 << 26)
    #expect(product > 0 && product == optimizer.momentumProduct(after: 1 << 20))
}
