import Base
import Tensors

/// `y = (x − mean) / √(variance + epsilon) · gamma + beta`, with mean and variance of each sample over a group
/// of adjacent channels and all positions (Wu and He, 2018). Weights: gamma, beta (if scale, center): each
/// [channels].
public struct GroupNormalization: StatelessLayer {
    public static let className = "GroupNormalization"
    public var name = "group_normalization"
    public var trainable = true
    /// The number of groups; −1 for as many as there are channels.
    public var groups: Int
    /// The channel axis, counted with the batch as axis 0, or from the end.
    public var axis = -1
    public var epsilon = 0.001
    public var center = true
    public var scale = true
    public var gamma = WeightOptions(.ones)
    public var beta = WeightOptions(.zeros)

    public init(groups: Int = 32) { self.groups = groups }

    public init(from config: inout LayerConfig) throws(CellarError) {
        groups = try config.int("groups", default: 32, in: -1...Int(Int32.max))
        guard groups != 0 else {
            throw config.error("groups is 0; it must be 1 or more, or -1", key: "groups")
        }
        if let axes = try config.ints("axis") {
            guard axes.count == 1 else { throw config.error("takes one axis, not \(axes)", key: "axis") }
            axis = axes[0]
        }
        epsilon = try config.double("epsilon", default: 0.001, in: 0...1)
        center = try config.bool("center", default: true)
        scale = try config.bool("scale", default: true)
        gamma = try config.weight("gamma", initializer: .ones)
        beta = try config.weight("beta", initializer: .zeros)
    }

    public var config: JSONObject {
        var config: JSONObject = [
            "groups": .integer(groups), "axis": .integer(axis), "epsilon": .number(epsilon),
            "center": .bool(center), "scale": .bool(scale),
        ]
        beta.write("beta", to: &config)
        gamma.write("gamma", to: &config)
        return config
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        let channels = shape[try sampleAxes([axis], of: shape)[0]]
        guard groups == -1 || channels % groups == 0 else {
            throw CellarError(
                "cannot divide \(channels) channels (axis \(axis) of \(shape)) into \(groups) groups of one size",
                subject: subject, key: "groups")
        }
        return shape
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    private func place(_ shape: [Int]) -> Int { checkedAxes([axis], of: shape)[0] }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let shape = [inputs[0][place(inputs[0])]]
        return (scale ? [gamma.spec("gamma", shape: shape)] : [])
            + (center ? [beta.spec("beta", shape: shape)] : [])
    }

    private func normalizer(_ shape: [Int]) -> RowNormalizer {
        RowNormalizer(
            shape, axis: place(shape), groups: groups == -1 ? shape[place(shape)] : groups, epsilon: epsilon,
            gain: scale ? 0 : nil, offset: center ? (scale ? 1 : 0) : nil)
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        normalizer(inputs[0]).scratch(inputs[0], rows: rows, training: training)
    }

    public func forward(_ call: CallMemory) { normalizer(call.outputShape).forward(call) }
    public func backward(_ call: CallMemory) { normalizer(call.outputShape).backward(call) }
}
