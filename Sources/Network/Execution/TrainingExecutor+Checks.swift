import Base
import Tensors

// Samples, before they are trained on.
extension TrainingExecutor {
    /// Returns the samples as the executor takes them: with numbers in place of texts, which are read once.
    public func prepared(_ samples: [Samples]) throws(CellarError) -> [Samples] {
        guard let front else { return samples }
        guard samples.count == network.inputs.count else {
            throw CellarError("the model has \(network.inputs.count) inputs, but \(samples.count) are given")
        }
        return try front.numbers(of: samples)
    }

    /// Throws an error if the samples, targets or weights do not fit the network.
    public func check(
        _ samples: [Samples], _ targets: [Targets], weights: [Float]? = nil
    ) throws(CellarError) {
        let network = front?.numeric ?? network
        try network.checkKinds(samples)
        guard samples.count == network.inputs.count else {
            throw CellarError("the model has \(network.inputs.count) inputs, but \(samples.count) are given")
        }
        guard targets.count == network.outputs.count else {
            throw CellarError(
                "the model has \(network.outputs.count) outputs, but there are targets for \(targets.count)")
        }
        for (samples, shape) in zip(samples, network.inputShapes) {
            guard samples.size == shape.reduce(1, *) else {
                throw CellarError(
                    "the model takes samples of shape \(shape), but the data's are \(samples.shape)")
            }
            for (targets, loss) in zip(targets, objective.losses) where loss != nil {
                guard samples.count == targets.count else {
                    throw CellarError("there are \(samples.count) samples, but \(targets.count) labels")
                }
            }
            guard weights.map({ $0.count == samples.count }) ?? true else {
                throw CellarError("there are \(samples.count) samples, but \(weights?.count ?? 0) weights")
            }
        }
        for (index, loss) in objective.losses.enumerated() {
            try loss?.check(targets[index], shape: network.outputShapes[index])
        }
    }

    public func check(_ samples: [Samples], _ targets: Targets) throws(CellarError) {
        try check(samples, [targets])
    }
}
