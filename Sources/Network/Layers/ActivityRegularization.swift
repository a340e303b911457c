import Base
import Tensors

/// Passes on its input and penalizes it: l1 · Σ|x| + l2 · Σx² is added to the loss of each sample.
public struct ActivityRegularization: TrainingLayer {
    public static let className = "ActivityRegularization"
    public var name = "activity_regularization"
    public var trainable = true
    public var l1, l2: Double

    public init(l1: Double = 0, l2: Double = 0) { (self.l1, self.l2) = (l1, l2) }

    public init(from config: inout LayerConfig) throws(CellarError) {
        l1 = try config.double("l1", default: 0)
        l2 = try config.double("l2", default: 0)
        config.ignore("activity_regularizer")
    }

    public var config: JSONObject { ["l1": .number(l1), "l2": .number(l2)] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { try onlyShape(inputs) }

    public func isView(training: Bool) -> Bool { !training }
    public func returnsItsInput(training: Bool) -> Bool { true }
    // The penalty is part of every loss, in training and evaluation.
    public var dependsOnTraining: Bool { false }

    private var penalty: ActivityPenalty { ActivityPenalty(Regularizer(l1: Float(l1), l2: Float(l2))) }

    public func forward(_ call: CallMemory) {
        call.y.copy(from: call.x())
        penalty.forward(call, room: call.scratch)
    }

    public func backward(_ call: CallMemory) {
        penalty.backward(call, room: call.scratch)
        call.dx()?.copy(from: call.dy)
    }
}
