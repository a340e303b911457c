import Base
import Tensors

/// What Keras calls an activity regularizer: a penalty on what a layer answers, the mean over the samples of a batch.
public struct ActivityPenalty: Equatable, Sendable {
    public var regularizer: Regularizer
    /// What the penalty looks through, where the layer has lost its activation to a loss on logits.
    private var activation = Activation.linear

    public init(_ regularizer: Regularizer) { self.regularizer = regularizer }

    public var json: JSON { regularizer.json }

    /// The same penalty for the layer without that activation.
    func behind(_ activation: Activation) -> ActivityPenalty {
        var copy = self
        if activation != .linear { copy.activation = activation }
        return copy
    }

    /// Room for an answer and its gradient, of that many numbers each.
    func scratch(size: Int) -> Int { activation == .linear ? 0 : 2 * size }

    /// The answers of the call, for which there is `room`.
    private func answers(_ call: CallMemory, _ room: Floats) -> Floats {
        activation == .linear ? call.y : room.prefix(call.y.count)
    }

    /// Adds the penalty to the loss, after the layer's own forward.
    func forward(_ call: CallMemory, room: Floats) {
        let y = answers(call, room)
        if activation != .linear { activation.forward(call.y, into: y, width: call.outputShape.last ?? 1) }
        // A loss is summed over the batch's samples; inside TimeDistributed, Keras has more of them.
        call.addLoss(regularizer.penalty(y) * Double(call.worker.batchRows) / Double(call.batchRows))
    }

    /// Adds the penalty's gradient to `call.dy`, before the layer's own backward.
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
    /// Whether answers of any layer add to the loss.
    public var hasActivityPenalty: Bool {
        layers.contains { layer in
            let entry: JSON = ["class_name": .string(layer.className), "config": .object(layer.config)]
            return entry.namesPenalty
        }
    }
}

extension JSON {
    /// In a layer's words, or those of a layer inside it.
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
