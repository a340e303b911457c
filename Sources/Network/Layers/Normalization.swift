import Base
import Tensors

/// `y = (x − mean) / max(√variance, 1e-7)`: standardizes features inside the model; with `invert`, computes the
/// inverse. The constants are in the config (then the layer has no weights, as in our own files), or in three
/// weights: mean and variance, with the sizes of the axes that have separate constants, and count.
public struct Normalization: StatelessLayer {
    public static let className = "Normalization"
    public var name = "normalization"
    public var trainable = true
    /// The constants, broadcast to the sizes of the axes. Nil if they are weights.
    public var constants: (mean: ConstantNumbers, variance: ConstantNumbers)?
    public var invert = false
    /// The axes with a separate mean for each position, counted with the batch as axis 0, or from the end;
    /// empty for a single mean.
    public var axes = [-1]

    public init(mean: [Double], variance: [Double]) {
        constants = (ConstantNumbers(mean), ConstantNumbers(variance))
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        // Null means no axis, while an absent key means the last one.
        let isNull = config.isNull("axis")
        axes = try config.ints("axis") ?? (isNull ? [] : [-1])
        invert = try config.bool("invert", default: false)
        switch (try config.numbers("mean"), try config.numbers("variance")) {
        case (nil, nil): constants = nil
        case (let mean?, let variance?): constants = (mean, variance)
        default: throw config.error("mean and variance must be given together", key: "mean")
        }
        config.ignore("input_mean", "input_variance")
    }

    public var config: JSONObject {
        var config: JSONObject = ["axis": axes.isEmpty ? .null : .array(axes.map { .integer($0) })]
        if invert { config["invert"] = true }
        if let (mean, variance) = constants {
            config["mean"] = mean.json
            config["variance"] = variance.json
        }
        return config
    }

    public static var isCheap: Bool { true }
    public static var scalesSamples: Bool { true }
    public static var adaptedOptions: [String] { ["mean", "variance"] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        _ = try sampleAxes(axes, of: input)
        let sizes = keptSizes(input)
        if let (mean, variance) = constants {
            for (key, numbers) in [("mean", mean), ("variance", variance)] where !numbers.fits(sizes) {
                throw CellarError(
                    "has a \(key) of shape \(numbers.shape), but normalizes axes of the sizes \(sizes)",
                    subject: subject, key: key)
            }
        }
        return input
    }

    /// The axes of a sample, in order.
    private func places(_ shape: [Int]) -> [Int] { checkedAxes(axes, of: shape).sorted() }
    private func keptSizes(_ shape: [Int]) -> [Int] { places(shape).map { shape[$0] } }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        guard constants == nil else { return [] }
        let shape = keptSizes(inputs[0])
        return [
            WeightSpec("mean", shape: shape, initializer: .zeros, trainable: false),
            WeightSpec("variance", shape: shape, initializer: .ones, trainable: false),
            WeightSpec("count", shape: [], initializer: .zeros, trainable: false),
        ]
    }

    // The number of constants in the scratch: a mean and a deviation for each of them, which repeat over the
    // sample. The given constants follow, from which these are broadcast if needed.
    private func columns(_ shape: [Int]) -> Int {
        isLast(shape) ? keptSizes(shape).reduce(1, *) : shape.reduce(1, *)
    }
    /// Whether the axes are the trailing ones.
    private func isLast(_ shape: [Int]) -> Bool { places(shape) == Array(shape.indices.suffix(axes.count)) }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        2 * columns(inputs[0]) + 2 * keptSizes(inputs[0]).reduce(1, *)
    }

    // Subtracts, then divides: (x − mean) · (1 / deviation) would differ from Keras' division in the last bit,
    // and a shift folded into the product could lose far more precision where mean ≫ deviation.
    public func forward(_ call: CallMemory) {
        let (x, y) = (call.x(), call.y)
        let width = columns(call.outputShape)
        let (mean, deviation) = (call.scratch[0..<width], call.scratch[width..<2 * width])
        setConstants(call, mean, deviation)
        for start in stride(from: 0, to: x.count, by: width) {
            for c in 0..<width {
                y[start + c] =
                    invert ? x[start + c] * deviation[c] + mean[c] : (x[start + c] - mean[c]) / deviation[c]
            }
        }
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        let (dy, width) = (call.dy, columns(call.outputShape))
        let deviation = call.scratch[width..<2 * width]
        for start in stride(from: 0, to: dy.count, by: width) {
            for c in 0..<width {
                dx[start + c] = invert ? dy[start + c] * deviation[c] : dy[start + c] / deviation[c]
            }
        }
    }

    private func setConstants(_ call: CallMemory, _ mean: Floats, _ deviation: Floats) {
        let (shape, sizes) = (call.outputShape, keptSizes(call.outputShape))
        let count = sizes.reduce(1, *)
        let given = call.scratch[2 * mean.count..<2 * mean.count + 2 * count]
        let (means, variances) = (given[0..<count], given[count..<2 * count])
        if let constants {
            constants.mean.spread(to: sizes, into: means)
            constants.variance.spread(to: sizes, into: variances)
        } else {
            means.copy(from: call.weights[0])
            variances.copy(from: call.weights[1])
        }
        for i in 0..<count { variances[i] = max(variances[i].squareRoot(), 1e-7) }
        guard !isLast(shape) else {
            mean.copy(from: means)
            return deviation.copy(from: variances)
        }
        let places = places(shape)
        let view = StridedView(
            broadcasting: shape.indices.map { places.contains($0) ? shape[$0] : 1 }, to: shape)
        view.read(means, into: mean)
        view.read(variances, into: deviation)
    }
}
