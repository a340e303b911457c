import Tensors
import Testing

@testable import Network

/// Adam's steps that wait for their rows: whoever looks at the weights in between sees them done, and changes nothing.
struct DeferredStepsTests {
    private let samples: Samples
    private let targets: Targets
    private let model: Model

    init() throws {
        var random = RandomNumbers(seed: 3)
        // Every fourth batch of 16 is of samples without zeros.
        let bytes = (0..<160 * 100).map { i -> UInt8 in
            let isDense = i / 100 / 16 % 4 == 3
            return isDense || random.uniform() < 0.1 && i % 100 % 9 != 0
                ? UInt8(1 + Int(random.uniform() * 200)) : 0
        }
        samples = Samples(shape: [100], bytes: bytes)
        targets = .classes((0..<160).map { Int32($0 % 10) })
        var layers: [any Layer] = [
            InputLayer(name: "input", shape: [100]), Rescaling(scale: 1 / 255.0, offset: 0),
            Dense(units: 40, activation: .relu), Dense(units: 10, activation: .softmax),
        ]
        for index in layers.indices.dropFirst() { layers[index].name = "layer\(index)" }
        var model = try Model(chain: layers)
        try model.initialize(seed: 1)
        self.model = model
    }

    private func executor() throws -> TrainingExecutor {
        try TrainingExecutor(
            model, loss: Loss(.sparseCategoricalCrossentropy), optimizer: Adam(learningRate: 0.01),
            batchSize: 16)
    }

    private func train(_ executor: TrainingExecutor, steps: Range<Int>, _ after: () throws -> Void) rethrows {
        let rows = Array(0..<160)
        for step in steps {
            let first = step % 10 * 16
            _ = executor.trainBatch([samples], targets, rows: rows[first..<first + 16])
            try after()
        }
    }

    @Test("looking at weights and state after every step changes nothing")
    func looking() throws {
        let (one, other) = (try executor(), try executor())
        train(one, steps: 0..<150) {}
        train(other, steps: 0..<150) {
            _ = other.optimizerState
            _ = other.evaluate([samples], targets)
        }
        #expect(one.optimizerState == other.optimizerState)
        #expect(one.trainedNetwork.weights == other.trainedNetwork.weights)
    }

    @Test("a run that is resumed from its state gives the same bits")
    func resuming() throws {
        let whole = try executor()
        train(whole, steps: 0..<100) {}
        let first = try executor()
        train(first, steps: 0..<37) {}
        let second = try executor()
        second.restore(first.checkpoint)
        try second.restore(first.optimizerState)
        train(second, steps: 37..<100) {}
        #expect(whole.optimizerState == second.optimizerState)
        #expect(whole.trainedNetwork.weights == second.trainedNetwork.weights)
    }
}
