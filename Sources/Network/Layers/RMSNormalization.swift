import Base
import Tensors

/// `y = x / √(mean of x² + epsilon) · scale` along the axes (Zhang and Sennrich, 2019). Weight: scale, with the
/// sizes of the axes. Keras 3 only, which broadcasts the scale aligned at the right: the axes must be the last
/// ones.
public struct RMSNormalization: StatelessLayer {
    public static let className = "RMSNormalization"
    public var name = "rms_normalization"
    public var trainable = true
    /// The axes, counted with the batch as axis 0, or from the end.
    public var axes: [Int]
    public var epsilon = 1e-6

    public init(axes: [Int] = [-1]) { self.axes = axes }

    public init(from config: inout LayerConfig) throws(CellarError) {
        axes = try config.ints("axis") ?? [-1]
        guard !axes.isEmpty else { throw config.error("axis is an empty list", key: "axis") }
        // Keras' function takes its own epsilon for null.
        epsilon = try config.double("epsilon", default: config.isNull("epsilon") ? 1e-7 : 1e-6, in: 0...1)
    }

    public var config: JSONObject {
        [
            "axis": axes.count == 1 ? .integer(axes[0]) : .array(axes.map { .integer($0) }),
            "epsilon": .number(epsilon),
        ]
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        guard try sampleAxes(axes, of: shape).sorted() == Array(shape.indices.suffix(axes.count)) else {
            throw CellarError(
                "normalizes axes \(axes), which are not the last ones of \(shape)", subject: subject,
                key: "axis")
        }
        return shape
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let shape = checkedAxes(axes, of: inputs[0]).map { inputs[0][$0] }
        return [WeightSpec("scale", shape: shape, initializer: .ones)]
    }

    private func normalizer(_ shape: [Int]) -> RowNormalizer {
        RowNormalizer(
            shape, axes: checkedAxes(axes, of: shape), .rootMeanSquare, epsilon: epsilon, gain: 0, offset: nil
        )
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        normalizer(inputs[0]).scratch(inputs[0], rows: rows, training: training)
    }

    public func forward(_ call: CallMemory) { normalizer(call.outputShape).forward(call) }
    public func backward(_ call: CallMemory) { normalizer(call.outputShape).backward(call) }
}

/// `y = x / √max(Σx², 1e-12)`: scales vectors along the axes to length 1.
public struct UnitNormalization: StatelessLayer {
    public static let className = "UnitNormalization"
    public var name = "unit_normalization"
    public var trainable = true
    /// The axes, counted with the batch as axis 0, or from the end.
    public var axes: [Int]
    private let isKeras3: Bool

    public init(axes: [Int] = [-1]) { (self.axes, isKeras3) = (axes, false) }

    public init(from config: inout LayerConfig) throws(CellarError) {
        axes = try config.ints("axis") ?? [-1]
        isKeras3 = ShortVectors.isKeras3(&config)
        guard !axes.isEmpty else { throw config.error("axis is an empty list", key: "axis") }
    }

    public var config: JSONObject {
        ["axis": axes.count == 1 ? .integer(axes[0]) : .array(axes.map { .integer($0) })]
    }

    public var scalesShortVectors: Bool? { isKeras3 }
    /// The least sum of squares that a vector is divided by the root of.
    public var leastSquares: Double { isKeras3 ? 1e-24 : 1e-12 }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        _ = try sampleAxes(axes, of: shape)
        return shape
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    private func normalizer(_ shape: [Int]) -> RowNormalizer {
        RowNormalizer(
            shape, axes: checkedAxes(axes, of: shape), .length, epsilon: leastSquares, gain: nil, offset: nil)
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        normalizer(inputs[0]).scratch(inputs[0], rows: rows, training: training)
    }

    public func forward(_ call: CallMemory) { normalizer(call.outputShape).forward(call) }
    public func backward(_ call: CallMemory) { normalizer(call.outputShape).backward(call) }
}

/// The length below which vectors are not scaled to length 1. tf.keras has 1e-6 for all layers; Keras 3 has 1e-12 for
/// UnitNormalization, and 1e-7 for Dot.
public enum ShortVectors {
    /// The option by which a file reader tells that a file is of Keras 3. No file contains it.
    public static let key = "short_vectors_of_keras_3"

    static func isKeras3(_ config: inout LayerConfig) -> Bool { config.value(key)?.bool ?? false }
}
