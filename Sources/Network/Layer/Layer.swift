import Base

/// A layer as a value: its options, shapes, weights and arithmetic. Weights are not stored here but in the
/// network (as tensors, for files) or in an executor's arenas (for computation).
///
/// The requirements are grouped by concern, and most have defaults. Other code queries a layer only through
/// requirements: a cast such as `layer as? any LinearLayer` makes the run-time system search all conformances
/// of the program, which takes longer than planning a small network.
///
/// Shapes never include the batch. Source of names, options, defaults and weight order: Keras 2.10.
public protocol Layer: LayerOptions, LayerShapes, LayerWeights, LayerArithmetic, LayerPlanning {}

extension Layer {
    /// The class and name for messages, such as `Dense "hiddenLayer1"`.
    public var subject: String { "\(Self.className) \"\(name)\"" }

    /// The layer inside all wrappers.
    public var innermost: any Layer { wrapped?.innermost ?? self }

    public var keepsNumbers: Bool { isView(training: false) }

    /// Returns the shape of the only input. Only merging layers have several inputs.
    func onlyShape(_ inputs: [[Int]]) throws(CellarError) -> [Int] {
        guard inputs.count == 1 else {
            throw CellarError("takes one input, but \(inputs.count) are wired to it", subject: subject)
        }
        return inputs[0]
    }
}
