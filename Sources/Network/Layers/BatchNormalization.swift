import Base
import Tensors

/// `y = (x − mean) / √(variance + epsilon) · gamma + beta` for each channel of an axis, or for each position of
/// several axes: with the mean and variance of the batch while training, with the moving averages at inference
/// (Ioffe and Szegedy, 2015).
///
/// Weights: gamma, beta (if scale, center), moving_mean, moving_variance: each [channels]; for several axes,
/// which only Keras 2 supports, they have as many axes as the batch, with size 1 for the other axes. The batch
/// is normalized by its biased variance. The biased variance also updates the moving average, except in Keras
/// 2's fused kernel, which uses the unbiased one, and in files from before Keras was part of TensorFlow.
public struct BatchNormalization: StatelessLayer {
    public static let className = "BatchNormalization"
    public var name = "batch_normalization"
    public var trainable = true
    public var momentum = 0.99
    public var epsilon = 0.001
    public var center = true
    public var scale = true
    /// The value in the file: axes of the whole batch, or −1 for the last.
    public var axes = [-1]
    /// False for files of Keras 3, which has no fused kernel; nil if Keras 2 chooses by the rank.
    public var fused: Bool?
    /// Keras 2.1.4 to 2.3, if not part of TensorFlow: the moving average is updated with variance · n / (n − 1
    /// − epsilon).
    public var hasSampleVariance = false
    /// Keras 1 and 2 on Theano: the variance in the moving average includes epsilon, and if a layer is called
    /// several times, only the first call updates the averages.
    public var hasTheanoAverages = false
    /// Before Keras was part of TensorFlow, a frozen layer also normalized by the batch.
    public var normalizesFrozen = false
    /// In Keras 1, a frozen layer also updated its moving averages.
    public var movesFrozen = false
    /// Until Keras 2.12, mean and variance included masked steps.
    public var ignoresMask = false
    /// The number of times that a training step moves the averages. tf.keras computes a model inside TimeDistributed twice, the
    /// second time for its mask.
    private var moves = 1
    public var gamma = WeightOptions(.ones)
    public var beta = WeightOptions(.zeros)
    public var movingMeanInitializer = Initializer.zeros
    public var movingVarianceInitializer = Initializer.ones

    public init() {}

    public init(from config: inout LayerConfig) throws(CellarError) {
        if let axes = try config.ints("axis") {
            guard !axes.isEmpty else { throw config.error("normalizes no axis", key: "axis") }
            self.axes = axes
        }
        momentum = try config.double("momentum", default: 0.99, in: 0...1)
        epsilon = try config.double("epsilon", default: 0.001, in: 0...1)
        center = try config.bool("center", default: true)
        scale = try config.bool("scale", default: true)
        gamma = try config.weight("gamma", initializer: .ones)
        beta = try config.weight("beta", initializer: .zeros)
        movingMeanInitializer = try config.initializer("moving_mean_initializer", default: .zeros)
        movingVarianceInitializer = try config.initializer("moving_variance_initializer", default: .ones)
        if config.value("fused") != nil { fused = try config.bool("fused", default: true) }
        if try config.bool("synchronized", default: false) { fused = false }
        hasSampleVariance = try config.bool("sample_variance", default: false)
        hasTheanoAverages = try config.bool("theano_averages", default: false)
        normalizesFrozen = try config.bool("normalizes_frozen", default: false)
        movesFrozen = try config.bool("moves_frozen", default: false)
        ignoresMask = try config.bool("ignores_mask", default: false)
        moves = try config.int("moves", default: 1, in: 1...1 << 16)
        if try config.bool("renorm", default: false) {
            throw config.error("batch renormalization (renorm) is not supported", key: "renorm")
        }
        try config.refuse("virtual_batch_size")
        config.ignore("renorm_clipping", "renorm_momentum")
    }

    public var config: JSONObject {
        var config: JSONObject = [
            "axis": .array(axes.map { .integer($0) }), "momentum": .number(momentum),
            "epsilon": .number(epsilon), "center": .bool(center), "scale": .bool(scale),
            "moving_mean_initializer": movingMeanInitializer.json,
            "moving_variance_initializer": movingVarianceInitializer.json,
        ]
        beta.write("beta", to: &config)
        gamma.write("gamma", to: &config)
        return config
    }

    public static var isCheap: Bool { true }
    public static var readsWholeBatch: Bool { true }
    public func isElementwise(_ shape: [Int]) -> Bool {
        weights(for: [shape]).allSatisfy { $0.shape == shape }
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        _ = try sampleAxes(axes, of: input)
        return input
    }

    public var dependsOnTraining: Bool { true }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }
    public var usesMasks: Bool { true }
    public static var hasMaskArgument: Bool { true }

    public func channelAffine(_ shape: [Int], weights: [Tensor]) -> ChannelAffine? {
        guard let axis = place(shape) else { return nil }
        // Weights: gamma and beta if present, then the moving mean and variance.
        let (mean, variance) = (weights[weights.count - 2].values, weights[weights.count - 1].values)
        return ChannelAffine(
            axis: axis,
            factors: mean.indices.map { c in
                let gamma = self.scale ? Double(weights[0].values[c]) : 1
                let beta = center ? Double(weights[self.scale ? 1 : 0].values[c]) : 0
                let scale = gamma / (Double(variance[c]) + epsilon).squareRoot()
                return (scale, beta - Double(mean[c]) * scale)
            })
    }

    /// The channel axes of a sample, in order.
    private func places(_ shape: [Int]) -> [Int] { checkedAxes(axes, of: shape).sorted() }

    /// The channel axis of a sample; nil if there are several.
    private func place(_ shape: [Int]) -> Int? { axes.count == 1 ? places(shape)[0] : nil }

    private func channels(_ shape: [Int]) -> Int { places(shape).reduce(1) { $0 * shape[$1] } }

    /// Keras 2 uses the fused kernel for pictures and volumes, with channels first or last.
    private func isFused(_ shape: [Int]) -> Bool {
        (fused ?? true) && (3...4).contains(shape.count)
            && (place(shape) == 0 || place(shape) == shape.count - 1)
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let (input, places) = (inputs[0], places(inputs[0]))
        let shape =
            places.count == 1
            ? [input[places[0]]] : [1] + input.indices.map { places.contains($0) ? input[$0] : 1 }
        var specs: [WeightSpec] = []
        if scale { specs.append(gamma.spec("gamma", shape: shape)) }
        if center { specs.append(beta.spec("beta", shape: shape)) }
        specs.append(
            WeightSpec("moving_mean", shape: shape, initializer: movingMeanInitializer, trainable: false))
        specs.append(
            WeightSpec(
                "moving_variance", shape: shape, initializer: movingVarianceInitializer, trainable: false))
        return specs
    }

    // Scratch: x̂ [rows, channels], then a buffer to move the channels to the last axis if needed, then seven
    // rows with one number per channel (part and sum hold partial and total sums).
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let shape = inputs[0]
        let (channels, axisRows) = (channels(shape), AxisRows(shape, along: places(shape)))
        guard training && takesBatch else {
            return (axes.count == 1 ? 0 : axisRows.room(rows: rows)) + 7 * channels
        }
        return rows * shape.reduce(1, *) + axisRows.room(rows: rows) + 7 * channels
    }

    private struct BatchNormalizationWorkspace {
        let xhat, moved, inverse, factor, meanDy, meanDyXhat, part, sum, counts: Floats
    }

    private func room(_ call: CallMemory) -> BatchNormalizationWorkspace {
        let channels = call.weights[0].count
        let start = call.scratch.count - 7 * channels
        func row(_ i: Int) -> Floats { call.scratch[start + i * channels..<start + (i + 1) * channels] }
        let used = call.training && takesBatch ? call.rows * call.outputSize : 0
        return BatchNormalizationWorkspace(
            xhat: call.scratch.prefix(used), moved: call.scratch[used..<start], inverse: row(0),
            factor: row(1), meanDy: row(2), meanDyXhat: row(3), part: row(4), sum: row(5),
            counts: row(6))
    }

    /// The masked moments, if a mask affects mean and variance. Keras' fused kernel ignores masks.
    private func masked(_ call: CallMemory) -> MaskedMoments? {
        guard !ignoresMask, let place = place(call.outputShape), !isFused(call.outputShape) else {
            return nil
        }
        return MaskedMoments(call.mask(), shape: call.outputShape, channelAxis: place, samples: call.rows)
    }

    /// Whether training normalizes by the batch's mean and variance.
    private var takesBatch: Bool { trainable || normalizesFrozen }
    private var gammaIndex: Int? { scale ? 0 : nil }
    private var betaIndex: Int? { center ? (scale ? 1 : 0) : nil }
    private var movingIndex: Int { (scale ? 1 : 0) + (center ? 1 : 0) }

    public func forward(_ call: CallMemory) {
        let room = room(call)
        let (movingMean, movingVariance) = (call.weights[movingIndex], call.weights[movingIndex + 1])
        // A frozen layer runs as at inference, as in current Keras.
        guard call.training && takesBatch else { return forwardInference(call, room) }
        let axisRows = AxisRows(call.outputShape, along: places(call.outputShape))
        let x = axisRows.rows(of: call.x(), in: room.moved)
        let y = axisRows.target(call.y, in: room.moved)
        let channels = movingMean.count
        let count = Float(call.batchRows * call.outputSize / channels)
        let mean = room.meanDy
        let variance = room.meanDyXhat

        let masked = masked(call)
        if let masked {
            masked.sums(x, into: room.part, counts: room.factor)
            call.worker.pool.sum(room.factor, into: room.counts, thread: call.worker.index)
            // If all positions are masked, mean and variance are 0, as in Keras 3.
            for c in 0..<channels { room.counts[c] += 1e-7 }
        } else {
            columnSums(x, into: room.part)
            room.counts.fill(count)
        }
        call.worker.pool.sum(room.part, into: room.sum, thread: call.worker.index)
        for c in 0..<channels { mean[c] = room.sum[c] * (1 / room.counts[c]) }
        if let masked {
            masked.squares(x, mean: mean, into: room.part)
        } else {
            columnSquares(x, mean: mean, into: room.part)
        }
        call.worker.pool.sum(room.part, into: room.sum, thread: call.worker.index)
        for c in 0..<channels { variance[c] = room.sum[c] * (1 / room.counts[c]) }

        for c in 0..<channels { room.inverse[c] = 1 / (variance[c] + Float(epsilon)).squareRoot() }
        // All workers have the same sums, so only one of them writes.
        if call.worker.index == 0, trainable || movesFrozen, call.isFirstCall || !hasTheanoAverages {
            move(
                movingMean, movingVariance, to: mean, variance, count: count,
                isFused: isFused(call.outputShape))
        }
        setScaleShift(call, room, scale: { _ in 1 }, shift: { _ in 0 })
        normalize(
            x, mean: mean, inverse: room.inverse, into: room.xhat, scale: room.part, shift: room.sum, into: y)
        axisRows.finish(call.y, from: room.moved)
    }

    private func move(
        _ movingMean: Floats, _ movingVariance: Floats, to mean: Floats, _ variance: Floats, count: Float,
        isFused: Bool
    ) {
        let epsilon = Float(epsilon)
        var correction: Float = isFused && count > 1 ? count / (count - 1) : 1
        if hasSampleVariance, count > 1 { correction *= count / (count - (1 + epsilon)) }
        let (rate, addition) = (1 - Float(momentum), hasTheanoAverages ? epsilon : 0)
        for _ in 0..<moves {
            for c in 0..<mean.count {
                movingMean[c] += (mean[c] - movingMean[c]) * rate
                movingVariance[c] += ((variance[c] + addition) * correction - movingVariance[c]) * rate
            }
        }
    }

    private func forwardInference(_ call: CallMemory, _ room: BatchNormalizationWorkspace) {
        let (mean, variance) = (call.weights[movingIndex], call.weights[movingIndex + 1])
        for c in 0..<mean.count { room.inverse[c] = 1 / (variance[c] + Float(epsilon)).squareRoot() }
        setScaleShift(call, room, scale: { room.inverse[$0] }, shift: { -mean[$0] * room.inverse[$0] })
        scaleShiftChannels(
            call.x(), scales: room.part, shifts: room.sum, shape: call.outputShape, into: call.y,
            room: room.moved)
        // The backward pass of a frozen layer would need x̂ only for gamma, which is frozen too.
    }

    /// Sets part = scale · gamma and sum = shift · gamma + beta.
    private func setScaleShift(
        _ call: CallMemory, _ room: BatchNormalizationWorkspace, scale: (Int) -> Float, shift: (Int) -> Float
    ) {
        for c in 0..<room.part.count {
            let gamma = gammaIndex.map { call.weights[$0][c] } ?? 1
            room.part[c] = scale(c) * gamma
            room.sum[c] = shift(c) * gamma + (betaIndex.map { call.weights[$0][c] } ?? 0)
        }
    }

    /// y = x · scale + shift, with a scale and a shift for each channel.
    private func scaleShiftChannels(
        _ x: Floats, scales: Floats, shifts: Floats, shape: [Int], into y: Floats, room: Floats
    ) {
        guard let place = place(shape) else {
            let axisRows = AxisRows(shape, along: places(shape))
            scaleShift(
                axisRows.rows(of: x, in: room), columnScales: scales, columnShifts: shifts,
                into: axisRows.target(y, in: room))
            return axisRows.finish(y, from: room)
        }
        let run = shape.dropFirst(place + 1).reduce(1, *)
        guard run > 1 else { return scaleShift(x, columnScales: scales, columnShifts: shifts, into: y) }
        for index in 0..<x.count / run {
            let (here, channel) = (index * run..<(index + 1) * run, index % scales.count)
            scaleShift(x[here], scale: scales[channel], shift: shifts[channel], into: y[here])
        }
    }

    public func backward(_ call: CallMemory) {
        let room = room(call)
        let channels = room.inverse.count
        guard call.training && takesBatch else { return backwardAtInference(call, room) }
        let axisRows = AxisRows(call.outputShape, along: places(call.outputShape))
        let dy = axisRows.rows(of: call.dy, in: room.moved)
        // Each worker's own sums are its part of the weight gradients; dx uses the sums of the whole batch.
        columnSums(dy, into: room.part, products: room.xhat, into: room.sum)
        if let index = betaIndex { call.weightGradients[index]?.copy(from: room.part) }
        call.worker.pool.sum(room.part, into: room.meanDy, thread: call.worker.index)
        if let index = gammaIndex { call.weightGradients[index]?.copy(from: room.sum) }
        call.worker.pool.sum(room.sum, into: room.meanDyXhat, thread: call.worker.index)
        guard let dx = call.dx() else { return }
        for c in 0..<channels {
            room.meanDy[c] /= room.counts[c]
            room.meanDyXhat[c] /= room.counts[c]
            room.factor[c] = room.inverse[c] * (gammaIndex.map { call.weights[$0][c] } ?? 1)
        }
        let target = axisRows.target(dx, in: room.moved)
        let (factor, meanDy, meanDyXhat) = (room.factor, room.meanDy, room.meanDyXhat)
        if let masked = masked(call) {
            masked.backward(
                dy, xhat: room.xhat, factor: factor, meanDy: meanDy, meanDyXhat: meanDyXhat, into: target)
        } else {
            normalizeBackward(
                dy, xhat: room.xhat, factor: factor, meanDy: meanDy, meanDyXhat: meanDyXhat, into: target)
        }
        axisRows.finish(dx, from: room.moved)
    }

    /// The backward pass with the moving averages, which are constants: dx = dy · gamma / √(variance +
    /// epsilon).
    private func backwardAtInference(_ call: CallMemory, _ room: BatchNormalizationWorkspace) {
        if trainable { backwardToWeights(call, room) }
        guard let dx = call.dx() else { return }
        for c in 0..<room.inverse.count {
            room.factor[c] = room.inverse[c] * (gammaIndex.map { call.weights[$0][c] } ?? 1)
            room.sum[c] = 0
        }
        scaleShiftChannels(
            call.dy, scales: room.factor, shifts: room.sum, shape: call.outputShape, into: dx,
            room: room.moved)
    }

    /// The weight gradients of a trainable layer that is called with `training=False`: dbeta = Σ dy, dgamma = Σ
    /// dy · x̂.
    private func backwardToWeights(_ call: CallMemory, _ room: BatchNormalizationWorkspace) {
        let axisRows = AxisRows(call.outputShape, along: places(call.outputShape))
        let x = axisRows.rows(of: call.x(), in: room.moved)
        let dy = axisRows.rows(
            of: call.dy, in: axisRows.isPlain ? room.moved : room.moved[x.count..<2 * x.count])
        columnSums(dy, into: room.part, products: x, into: room.sum)
        let mean = call.weights[movingIndex]
        if let index = betaIndex { call.weightGradients[index]?.copy(from: room.part) }
        guard let index = gammaIndex, let gradient = call.weightGradients[index] else { return }
        for c in 0..<mean.count { gradient[c] = room.inverse[c] * (room.sum[c] - mean[c] * room.part[c]) }
    }
}
