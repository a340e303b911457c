import Tensors

/// The steps of an optimizer on a matrix whose rows are updated only when a batch uses them. Missed steps are
/// computed then, with identical bits.
///
/// The calls of one step: `begin`, `prepare`, then `step` or, for a batch without zeros, the optimizer's step
/// on the whole matrix, and `end`.
public protocol DeferredUpdates: AnyObject {
    /// True between `begin` and `end`.
    var isStepping: Bool { get }
    /// True if this step was computed.
    var hasStepped: Bool { get }

    /// Begins a step with the step size `Optimizer.stepSize`.
    func begin(stepSize: Float)
    /// Applies the missed steps to the rows that a batch uses, or to all rows if `places` is nil.
    func prepare(for places: NonzeroPlaces?)
    /// Computes the gradient xᵀ · d and updates the rows that the batch uses. The row stride of d is
    /// `dStride`.
    func step(_ x: Floats, _ d: Floats, dStride: Int, _ places: NonzeroPlaces)
    func end()
    /// Restarts after `steps` steps with any slot values.
    func reset(steps: Int)
}

/// A matrix among the trainable weights, with its optimizer slots: `rows` rows of `columns` numbers with row
/// stride `stride`.
public struct DeferrableMatrix {
    var weights: Floats
    var slots: [Floats]
    var rows, columns, stride: Int
}

extension DeferredAdam: DeferredUpdates {
    public func begin(stepSize: Float) { begin(alpha: stepSize) }
}
