import Network
import Tensors

extension Training {
    /// The number of samples of a step.
    public var batchSize: Int { min(options.batchSize, data.train.count) }

    /// Times some batches of training, whose results are not kept, and the validation.
    public func secondsPerEpoch() -> Double {
        let clock = ContinuousClock()
        let before = executor.checkpoint
        let state = executor.optimizerState
        let rows = Array(0..<data.train.count)
        let steps = (rows.count + batchSize - 1) / batchSize
        func run(_ step: Int) {
            let first = step % steps * batchSize
            _ = executor.trainBatch(
                data.train.inputs, data.train.targets, weights: data.train.weights,
                rows: rows[first..<min(first + batchSize, rows.count)])
        }
        // The first batches also fill caches.
        for step in 0..<min(3, steps) { run(step) }
        var done = 0
        let begin = clock.now
        while done < steps, done < 5 || clock.now - begin < .milliseconds(400) {
            run(done)
            done += 1
        }
        var seconds = Self.seconds(clock.now - begin) / Double(max(done, 1)) * Double(steps)
        if let validation = data.validation {
            let some = validation.selecting(0..<min(validation.count, 4096))
            let begin = clock.now
            _ = executor.evaluate(some.inputs, some.targets)
            seconds += Self.seconds(clock.now - begin) * Double(validation.count) / Double(some.count)
        }
        executor.restore(before)
        try? executor.restore(state)
        return seconds
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    /// Bytes of weights, gradients, the optimizer's state and the outputs of all layers of a batch with their gradients.
    public var memoryBytes: Int {
        let model = model
        let trained = model.trainableParameters * (2 + threads + recipe.compile.optimizer.slotNames.count)
        let outputs = model.shapes.reduce(0) { $0 + $1.reduce(1, *) } * 2 * batchSize
        return 4 * (trained + 2 * model.nonTrainableParameters + outputs)
    }
}

extension PreparedData {
    /// Bytes of all samples.
    public var bytes: Int {
        [train, validation, test].compactMap { $0 }.flatMap(\.inputs).reduce(0) { sum, samples in
            switch samples.storage {
            case .bytes(let bytes): sum + bytes.count
            case .floats(let floats): sum + 4 * floats.count
            case .texts(let texts): sum + texts.bytes.count + 8 * texts.count
            }
        }
    }
}
