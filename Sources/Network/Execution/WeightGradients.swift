import Base
import Tensors

/// The gradient of the loss with respect to one trained weight.
public struct WeightGradient: Sendable {
    public let layer: Int
    /// The index among the layer's weights.
    public let weight: Int
    public let gradient: Tensor
}

/// Computes the gradients of the mean loss over samples in training mode, without penalties. The model is left as it is.
public func weightGradients(
    of model: Model, _ objective: Objective, _ samples: [Samples], _ targets: [Targets],
    weights: [Float]? = nil
) throws(CellarError) -> [WeightGradient] {
    let count = samples.first?.count ?? 0
    let executor = try TrainingExecutor(model, objective: objective, optimizer: SGD(), batchSize: count)
    try executor.check(samples, targets, weights: weights)
    let tensors = executor.gradients(samples, targets, weights: weights, rows: Array(0..<count)[...]).tensors
    let places = model.layers.indices.flatMap { layer in
        model.weightSpecs[layer].indices.filter { model.isTrainable(layer: layer, weight: $0) }.map {
            (layer, $0)
        }
    }
    return zip(places, tensors).map { WeightGradient(layer: $0.0, weight: $0.1, gradient: $1) }
}
