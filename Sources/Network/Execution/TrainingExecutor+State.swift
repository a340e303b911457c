import Base
import Tensors

/// The state of an optimizer between steps. Training that continues from a restored state gives the same
/// results as uninterrupted training.
public struct OptimizerState: Equatable, Sendable {
    public var iterations: Int
    /// For each slot, in the optimizer's order, one tensor for each trained weight, in the network's order.
    public var slots: [[Tensor]]
    public init(iterations: Int, slots: [[Tensor]]) { (self.iterations, self.slots) = (iterations, slots) }
}

/// The weights and the optimizer between steps.
extension TrainingExecutor {
    /// Applies the deferred updates of every weight up to the last step.
    func settle() {
        flushingDenormals { for weight in deferred { weight.updates.prepare(for: nil) } }
    }

    /// The network with the current weights.
    public var trainedNetwork: Model {
        settle()
        return parameters.snapshot(of: network)
    }

    public var optimizerState: OptimizerState {
        settle()
        return OptimizerState(
            iterations: iterations, slots: slots.map { parameters.tensors(in: $0, of: computed) })
    }

    /// Restores the state of an earlier run.
    public func restore(_ state: OptimizerState) throws(CellarError) {
        guard state.slots.count == slots.count else {
            throw CellarError(
                "\(optimizer.className) keeps \(slots.count) arrays for each weight, but the state has \(state.slots.count)"
            )
        }
        for (tensors, slot) in zip(state.slots, slots) {
            try parameters.load(tensors, into: slot, of: computed)
        }
        iterations = state.iterations
        for weight in deferred { weight.updates.reset(steps: iterations) }
    }

    /// Replaces all weights; they are parallel to the network's layers.
    public func setWeights(_ weights: [[Tensor]]) throws(CellarError) {
        settle()
        var copy = front?.numeric ?? network
        for layer in weights.indices { try copy.setWeights(weights[layer], layer: layer) }
        parameters.load(copy)
    }

    /// All weights at one point of the training, for restoring them later.
    public struct Checkpoint: Sendable {
        fileprivate let trainable, fixed: [Float]
    }

    public var checkpoint: Checkpoint {
        settle()
        return Checkpoint(trainable: parameters.trainable.all.array, fixed: parameters.fixed.all.array)
    }

    public func restore(_ checkpoint: Checkpoint) {
        settle()
        parameters.trainable.all.copy(from: checkpoint.trainable)
        parameters.fixed.all.copy(from: checkpoint.fixed)
    }
}
