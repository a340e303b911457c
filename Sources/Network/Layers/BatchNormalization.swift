import JSONText
import Tensors

/// `y = (x − mean) / √(variance + epsilon) · gamma + beta` for each channel of the last axis: over the batch while training,
/// with the moving averages at inference (Ioffe and Szegedy, 2015).
///
/// Weights: gamma, beta (where scale, center), moving_mean, moving_variance: each [channels]. The batch's biased
/// variance normalizes; it also enters the moving average, but for rank 4, where Keras 2's fused kernel gives the unbiased one.
public struct BatchNormalization: Layer {
    public static let className = "BatchNormalization"
    public var name = "batch_normalization"
    public var trainable = true
    public var momentum = 0.99
    public var epsilon = 0.001
    public var center = true
    public var scale = true
    /// As in the file: an axis of the whole batch, or −1 for the last; nil means the last.
    public var axis: Int?
    public var gammaRegularizer, betaRegularizer: Regularizer?

    public init() {}

    public init(from config: inout LayerConfig) throws(ConfigError) {
        if let axes = try config.ints("axis") {
            guard axes.count == 1 else { throw config.error("normalizes one axis, not \(axes)", key: "axis") }
            axis = axes[0]
        }
        momentum = try config.double("momentum", default: 0.99, in: 0...1)
        epsilon = try config.double("epsilon", default: 0.001, in: 0...1)
        center = try config.bool("center", default: true)
        scale = try config.bool("scale", default: true)
        gammaRegularizer = try config.regularizer("gamma_regularizer")
        betaRegularizer = try config.regularizer("beta_regularizer")
        try config.refuse("gamma_constraint", "beta_constraint")
        config.ignore(
            "beta_initializer", "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer",
            "synchronized", "renorm", "renorm_clipping", "renorm_momentum", "virtual_batch_size", "fused")
    }

    public var config: JSONObject {
        [
            "axis": .array([.integer(axis ?? -1)]), "momentum": .number(momentum),
            "epsilon": .number(epsilon),
            "center": .bool(center), "scale": .bool(scale), "beta_initializer": Initializer.zeros.json,
            "gamma_initializer": Initializer.ones.json, "moving_mean_initializer": Initializer.zeros.json,
            "moving_variance_initializer": Initializer.ones.json,
            "beta_regularizer": betaRegularizer?.json ?? .null,
            "gamma_regularizer": gammaRegularizer?.json ?? .null, "beta_constraint": .null,
            "gamma_constraint": .null,
        ]
    }

    public func outputShape(for inputs: [[Int]]) throws(ConfigError) -> [Int] {
        let input = try onlyShape(inputs)
        guard let axis, axis != -1, axis != input.count else { return input }
        throw ConfigError(
            "normalizes axis \(axis) of \(input.count + 1); only the last axis is supported",
            subject: subject, key: "axis")
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let shape = inputs[0].suffix(1).map { $0 }
        var specs: [WeightSpec] = []
        if scale {
            specs.append(WeightSpec("gamma", shape: shape, initializer: .ones, regularizer: gammaRegularizer))
        }
        if center {
            specs.append(WeightSpec("beta", shape: shape, initializer: .zeros, regularizer: betaRegularizer))
        }
        specs.append(WeightSpec("moving_mean", shape: shape, initializer: .zeros, trainable: false))
        specs.append(WeightSpec("moving_variance", shape: shape, initializer: .ones, trainable: false))
        return specs
    }

    // Scratch: x̂ [rows, channels], then seven rows of one number a channel (the last two hold a mean or sum in the making).
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let channels = inputs[0].last ?? 1
        return (training ? rows * inputs[0].reduce(1, *) : 0) + 7 * channels
    }

    private struct Room {
        let xhat, inverse, factor, meanDy, meanDyXhat, part, sum: Floats
    }

    private func room(_ step: Step) -> Room {
        let channels = step.weights[0].count
        let start = step.scratch.count - 7 * channels
        func row(_ i: Int) -> Floats { step.scratch[start + i * channels..<start + (i + 1) * channels] }
        let used = step.training ? step.rows * step.outputSize : 0
        return Room(
            xhat: step.scratch.prefix(used), inverse: row(0), factor: row(1), meanDy: row(2),
            meanDyXhat: row(3),
            part: row(4), sum: row(5))
    }

    private var gammaIndex: Int? { scale ? 0 : nil }
    private var betaIndex: Int? { center ? (scale ? 1 : 0) : nil }
    private var movingIndex: Int { (scale ? 1 : 0) + (center ? 1 : 0) }

    public func forward(_ step: Step) {
        let (x, y, room) = (step.x(), step.y, room(step))
        let (movingMean, movingVariance) = (step.weights[movingIndex], step.weights[movingIndex + 1])
        // A frozen layer runs as at inference, as Keras has it.
        guard step.training && trainable else { return forwardInference(step, room) }
        let channels = movingMean.count
        let count = Float(step.batchRows * step.outputSize / channels)
        let mean = room.meanDy
        let variance = room.meanDyXhat

        columnSums(x, into: room.part)
        step.lane.team.sum(room.part, into: room.sum, thread: step.lane.index)
        scaleShift(room.sum, scale: 1 / count, shift: 0, into: mean)
        columnSquares(x, mean: mean, into: room.part)
        step.lane.team.sum(room.part, into: room.sum, thread: step.lane.index)
        scaleShift(room.sum, scale: 1 / count, shift: 0, into: variance)

        let correction = step.outputShape.count == 3 && count > 1 ? count / (count - 1) : 1
        let rate = 1 - Float(momentum)
        for c in 0..<channels {
            room.inverse[c] = 1 / (variance[c] + Float(epsilon)).squareRoot()
            // Each lane has the same sums; one of them writes.
            guard step.lane.index == 0 else { continue }
            movingMean[c] += (mean[c] - movingMean[c]) * rate
            movingVariance[c] += (variance[c] * correction - movingVariance[c]) * rate
        }
        setScaleShift(step, room, scale: { _ in 1 }, shift: { _ in 0 })
        normalize(
            x, mean: mean, inverse: room.inverse, into: room.xhat, scale: room.part, shift: room.sum, into: y)
    }

    private func forwardInference(_ step: Step, _ room: Room) {
        let (mean, variance) = (step.weights[movingIndex], step.weights[movingIndex + 1])
        for c in 0..<mean.count { room.inverse[c] = 1 / (variance[c] + Float(epsilon)).squareRoot() }
        setScaleShift(step, room, scale: { room.inverse[$0] }, shift: { -mean[$0] * room.inverse[$0] })
        scaleShift(step.x(), columnScales: room.part, columnShifts: room.sum, into: step.y)
        // Backward through a frozen layer needs x̂ for gamma only, which is frozen too.
    }

    /// part = scale · gamma, sum = shift · gamma + beta
    private func setScaleShift(_ step: Step, _ room: Room, scale: (Int) -> Float, shift: (Int) -> Float) {
        for c in 0..<room.part.count {
            let gamma = gammaIndex.map { step.weights[$0][c] } ?? 1
            room.part[c] = scale(c) * gamma
            room.sum[c] = shift(c) * gamma + (betaIndex.map { step.weights[$0][c] } ?? 0)
        }
    }

    public func backward(_ step: Step) {
        let (dy, room) = (step.dy, room(step))
        let channels = room.inverse.count
        guard trainable else {
            guard let dx = step.dx() else { return }
            for c in 0..<channels {
                room.factor[c] = room.inverse[c] * (gammaIndex.map { step.weights[$0][c] } ?? 1)
                room.sum[c] = 0
            }
            return scaleShift(dy, columnScales: room.factor, columnShifts: room.sum, into: dx)
        }
        // Each lane's own sums are its part of the weights' gradients; the whole batch's go into dx.
        columnSums(dy, into: room.part, products: room.xhat, into: room.sum)
        if let index = betaIndex { step.weightGradients[index]?.copy(from: room.part) }
        step.lane.team.sum(room.part, into: room.meanDy, thread: step.lane.index)
        if let index = gammaIndex { step.weightGradients[index]?.copy(from: room.sum) }
        step.lane.team.sum(room.sum, into: room.meanDyXhat, thread: step.lane.index)
        guard let dx = step.dx() else { return }
        let count = Float(step.batchRows * step.outputSize / channels)
        for c in 0..<channels {
            room.meanDy[c] /= count
            room.meanDyXhat[c] /= count
            room.factor[c] = room.inverse[c] * (gammaIndex.map { step.weights[$0][c] } ?? 1)
        }
        normalizeBackward(
            dy, xhat: room.xhat, factor: room.factor, meanDy: room.meanDy, meanDyXhat: room.meanDyXhat,
            into: dx)
    }
}
