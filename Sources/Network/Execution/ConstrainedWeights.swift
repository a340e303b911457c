import Tensors

/// The trained weights that have a constraint, which is applied after each step.
struct ConstrainedWeights {
    private var weights: [(window: Floats, shape: [Int], rowStride: Int, constraint: Constraint)] = []
    var isEmpty: Bool { weights.isEmpty }

    init(_ model: Model, _ parameters: Parameters) {
        for layer in model.layers.indices {
            let windows = zip(model.weightSpecs[layer], parameters.weights(of: layer))
            for (index, (spec, window)) in windows.enumerated() {
                guard let constraint = spec.constraint, model.isTrainable(layer: layer, weight: index) else {
                    continue
                }
                // The rows of a matrix may be padded.
                let isMatrix = spec.shape.count == 2
                weights.append(
                    (
                        window, spec.shape, isMatrix ? window.count / spec.shape[0] : spec.shape.last ?? 1,
                        constraint
                    ))
            }
        }
    }

    func apply() {
        for (window, shape, rowStride, constraint) in weights {
            constraint.apply(window, shape: shape, rowStride: rowStride)
        }
    }
}
