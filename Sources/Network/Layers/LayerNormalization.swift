import Base
import Tensors

/// `y = (x − mean) / √(variance + epsilon) · gamma + beta`, with mean and variance of each sample along the
/// axes (Ba et al., 2016). Weights: gamma, beta (if scale, center), with the sizes of the axes.
public struct LayerNormalization: StatelessLayer {
    public static let className = "LayerNormalization"
    public var name = "layer_normalization"
    public var trainable = true
    /// The axes, counted with the batch as axis 0, or from the end.
    public var axes: [Int]
    public var epsilon = 0.001
    public var center = true
    public var scale = true
    public var gamma = WeightOptions(.ones)
    public var beta = WeightOptions(.zeros)

    public init(axes: [Int] = [-1]) { self.axes = axes }

    public init(from config: inout LayerConfig) throws(CellarError) {
        axes = try config.ints("axis") ?? [-1]
        guard !axes.isEmpty else { throw config.error("axis is an empty list", key: "axis") }
        // Keras' function takes its own epsilon for null.
        epsilon = try config.double("epsilon", default: config.isNull("epsilon") ? 1e-7 : 0.001, in: 0...1)
        center = try config.bool("center", default: true)
        scale = try config.bool("scale", default: true)
        gamma = try config.weight("gamma", initializer: .ones)
        beta = try config.weight("beta", initializer: .zeros)
        if try config.bool("rms_scaling", default: false) {
            throw config.error(
                "rms_scaling, which divides by the variance, is not supported; RMSNormalization is what it meant",
                key: "rms_scaling")
        }
    }

    public var config: JSONObject {
        var config: JSONObject = [
            "axis": axes.count == 1 ? .integer(axes[0]) : .array(axes.map { .integer($0) }),
            "epsilon": .number(epsilon), "center": .bool(center), "scale": .bool(scale),
        ]
        beta.write("beta", to: &config)
        gamma.write("gamma", to: &config)
        return config
    }

    public static var isCheap: Bool { true }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        _ = try sampleAxes(axes, of: shape)
        return shape
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    /// The weights' shape follows the order of `axes`, even if it is not ascending; their numbers always follow
    /// the order of the input's axes.
    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let shape = checkedAxes(axes, of: inputs[0]).map { inputs[0][$0] }
        return (scale ? [gamma.spec("gamma", shape: shape)] : [])
            + (center ? [beta.spec("beta", shape: shape)] : [])
    }

    private func normalizer(_ shape: [Int]) -> RowNormalizer {
        RowNormalizer(
            shape, axes: checkedAxes(axes, of: shape), .standard, epsilon: epsilon, gain: scale ? 0 : nil,
            offset: center ? (scale ? 1 : 0) : nil)
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        normalizer(inputs[0]).scratch(inputs[0], rows: rows, training: training)
    }

    public func forward(_ call: CallMemory) { normalizer(call.outputShape).forward(call) }
    public func backward(_ call: CallMemory) { normalizer(call.outputShape).backward(call) }
}
