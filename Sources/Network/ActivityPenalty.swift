import Base
import Tensors

/// Keras' activity regularizer: a penalty on a layer's output, averaged over the samples of a batch.
public struct ActivityPenalty: Equatable, Sendable {
    public var regularizer: Regularizer
    /// The activation to apply before the penalty, if it was removed from the layer for a loss on logits.
    private var activation = Activation.linear

    public init(_ regularizer: Regularizer) { self.regularizer = regularizer }

    public var json: JSON { regularizer.json }

    /// Returns the same penalty for the layer without that activation.
    func behind(_ activation: Activation) -> ActivityPenalty {
        var copy = self
        if activation != .linear { copy.activation = activation }
        return copy
    }

    /// Returns the size of the scratch memory for an output and its gradient, of `size` numbers each.
    func scratch(size: Int) -> Int { activation == .linear ? 0 : 2 * size }

    /// Returns the call's output after the activation, in `room` if there is an activation.
    private func answers(_ call: CallMemory, _ room: Floats) -> Floats {
        activation == .linear ? call.y : room.prefix(call.y.count)
    }

    /// Adds the penalty to the loss, after the layer's forward pass.
    func forward(_ call: CallMemory, room: Floats) {
        let y = answers(call, room)
        if activation != .linear { activation.forward(call.y, into: y, width: call.outputShape.last ?? 1) }
        // A loss is summed over the batch's samples. Inside TimeDistributed, Keras has more samples.
        call.addLoss(regularizer.penalty(y) * Double(call.worker.batchRows) / Double(call.batchRows))
    }

    /// Adds the penalty's gradient to `call.dy`, before the layer's backward pass.
    func backward(_ call: CallMemory, room: Floats) {
        let (y, dy) = (answers(call, room), call.dy)
        let share = 1 / Float(max(call.batchRows, 1))
        guard activation != .linear else { return regularizer.addGradient(of: y, to: dy, scale: share) }
        let part = room[y.count..<2 * y.count]
        part.fill(0)
        regularizer.addGradient(of: y, to: part, scale: share)
        activation.backward(part, z: dy, y: y, into: part, width: call.outputShape.last ?? 1)
        add(part, to: dy)
    }
}

extension LayerConfig {
    public mutating func activityPenalty() throws(CellarError) -> ActivityPenalty? {
        guard let found = try regularizer("activity_regularizer") else { return nil }
        guard found.orthogonal == nil else {
            throw error(
                "OrthogonalRegularizer is for weights, not for what a layer answers",
                key: "activity_regularizer")
        }
        return ActivityPenalty(found)
    }
}

extension Model {
    /// True if a penalty on any layer's output adds to the loss.
    public var hasActivityPenalty: Bool {
        layers.contains { layer in
            let entry: JSON = ["class_name": .string(layer.className), "config": .object(layer.config)]
            return entry.namesPenalty
        }
    }
}

extension JSON {
    /// True if the config of a layer, or of a layer inside it, has an activity regularizer.
    fileprivate var namesPenalty: Bool {
        switch self {
        case .array(let items): items.contains(where: \.namesPenalty)
        case .object(let object):
            object["class_name"] == "ActivityRegularization"
                || object.members.contains { key, value in
                    key == "activity_regularizer" ? !value.isNull : value.namesPenalty
                }
        default: false
        }
    }
}
