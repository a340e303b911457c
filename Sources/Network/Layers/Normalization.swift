import JSONText
import Tensors

/// `y = (x − mean) / max(√variance, 1e-7)`: how columns are standardized inside the model. The constants stand in the
/// config (then the layer has no weights, as ours are written), or in three weights: mean, variance, count.
public struct Normalization: Layer {
    public static let className = "Normalization"
    public var name = "normalization"
    public var trainable = true
    /// One for each place of the last axis, or a single one for all. Nil where they are weights.
    public var constants: (mean: [Double], variance: [Double])?
    public var invert = false

    public init(mean: [Double], variance: [Double]) { constants = (mean, variance) }

    public init(from config: inout LayerConfig) throws(ConfigError) {
        let axes = try config.ints("axis") ?? [-1]
        guard axes.count <= 1 else { throw config.error("takes one axis, not \(axes)", key: "axis") }
        axis = axes.first
        invert = try config.bool("invert", default: false)
        let (mean, variance) = (try config.doubles("mean"), try config.doubles("variance"))
        switch (mean, variance) {
        case (nil, nil): constants = nil
        case (let mean?, let variance?):
            guard mean.count == variance.count, !mean.isEmpty else {
                throw config.error("has \(mean.count) means and \(variance.count) variances", key: "mean")
            }
            constants = (mean, variance)
        default: throw config.error("mean and variance must be given together", key: "mean")
        }
        config.ignore("input_mean", "input_variance")
    }

    /// As in the file; nil: one mean for everything.
    private var axis: Int? = -1

    public var config: JSONObject {
        var config: JSONObject = ["axis": axis.map { .array([.integer($0)]) } ?? .null]
        if invert { config["invert"] = true }
        if let (mean, variance) = constants {
            config["mean"] = .array(mean.map { .number($0) })
            config["variance"] = .array(variance.map { .number($0) })
        }
        return config
    }

    public func outputShape(for inputs: [[Int]]) throws(ConfigError) -> [Int] {
        let input = try onlyShape(inputs)
        if let axis, axis != -1, axis != input.count {
            throw ConfigError(
                "normalizes axis \(axis); only the last axis is supported", subject: subject, key: "axis")
        }
        if let count = constants?.mean.count, count != 1, count != input.last {
            throw ConfigError("has \(count) means for a last axis of \(input.last ?? 1)", subject: subject)
        }
        return input
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        guard constants == nil else { return [] }
        let shape = axis == nil ? [] : inputs[0].suffix(1).map { $0 }
        return [
            WeightSpec("mean", shape: shape, initializer: .zeros, trainable: false),
            WeightSpec("variance", shape: shape, initializer: .ones, trainable: false),
            WeightSpec("count", shape: [], initializer: .zeros, trainable: false),
        ]
    }

    /// Two rows of the last axis' size: factors and shifts.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int { 2 * (inputs[0].last ?? 1) }

    // (x − mean) · (1 / deviation) would round differently from Keras' division in the last bit; a shift folded into the
    // product could lose far more where mean ≫ deviation. So: subtract, then divide.
    public func forward(_ step: Step) {
        let (x, y) = (step.x(), step.y)
        let width = step.outputShape.last ?? 1
        let (mean, deviation) = (step.scratch[0..<width], step.scratch[width..<2 * width])
        setConstants(step, mean, deviation)
        for start in stride(from: 0, to: x.count, by: width) {
            for c in 0..<width {
                y[start + c] =
                    invert ? x[start + c] * deviation[c] + mean[c] : (x[start + c] - mean[c]) / deviation[c]
            }
        }
    }

    public func backward(_ step: Step) {
        guard let dx = step.dx() else { return }
        let (dy, width) = (step.dy, step.outputShape.last ?? 1)
        let deviation = step.scratch[width..<2 * width]
        for i in 0..<dy.count { dx[i] = invert ? dy[i] * deviation[i % width] : dy[i] / deviation[i % width] }
    }

    private func setConstants(_ step: Step, _ mean: Floats, _ deviation: Floats) {
        for c in 0..<mean.count {
            let variance: Float
            if let constants {
                let i = constants.mean.count == 1 ? 0 : c
                (mean[c], variance) = (Float(constants.mean[i]), Float(constants.variance[i]))
            } else {
                let i = step.weights[0].count == 1 ? 0 : c
                (mean[c], variance) = (step.weights[0][i], step.weights[1][i])
            }
            deviation[c] = max(variance.squareRoot(), 1e-7)
        }
    }
}
