import Tensors

/// An optimizer's steps of a matrix whose rows are updated when a batch touches them: the steps in between are done
/// then, to the same bits.
///
/// One step: `begin`, `prepare`, then either `step` or, for a batch without zeros, the optimizer's step of the whole
/// matrix, and `end`.
public protocol DeferredUpdates: AnyObject {
    /// Between `begin` and `end`.
    var isStepping: Bool { get }
    /// Whether this step has been computed.
    var hasStepped: Bool { get }

    /// Begins a step of the size `Optimizer.stepSize`.
    func begin(stepSize: Float)
    /// Brings the rows that a batch touches, or all, up to the last step.
    func prepare(for places: NonzeroPlaces?)
    /// Computes the gradient xᵀ · d and the step of the rows that the batch touches. d's rows are `dStride` apart.
    func step(_ x: Floats, _ d: Floats, dStride: Int, _ places: NonzeroPlaces)
    func end()
    /// Starts anew after `steps` steps: the slots may hold anything.
    func reset(steps: Int)
}

/// A matrix among the trainable weights, with its optimizer slots: `rows` rows of `columns` numbers, `stride` apart.
public struct DeferrableMatrix {
    var weights: Floats
    var slots: [Floats]
    var rows, columns, stride: Int
}

extension DeferredAdam: DeferredUpdates {
    public func begin(stepSize: Float) { begin(alpha: stepSize) }
}
