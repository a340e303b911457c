import Base

/// A layer as a value: its options, shapes, weights and arithmetic. It owns no numbers: these lie in the network (as
/// tensors, to be saved) or in an executor's arenas (to be computed with).
///
/// The requirements are grouped by concern, and most have defaults. All questions that other code asks a layer are
/// requirements: a cast such as `layer as? any LinearLayer` makes the run-time system walk over all conformances of the
/// program, which costs more than to plan a small network.
///
/// Shapes never include the batch. Source of names, options, defaults and weight order: Keras 2.10.
public protocol Layer: LayerOptions, LayerShapes, LayerWeights, LayerArithmetic, LayerPlanning {}

extension Layer {
    /// `Dense "hiddenLayer1"`, for messages.
    public var subject: String { "\(Self.className) \"\(name)\"" }

    public var keepsNumbers: Bool { isView(training: false) }

    /// The one input's shape; only merging layers take several.
    func onlyShape(_ inputs: [[Int]]) throws(CellarError) -> [Int] {
        guard inputs.count == 1 else {
            throw CellarError("takes one input, but \(inputs.count) are wired to it", subject: subject)
        }
        return inputs[0]
    }
}
