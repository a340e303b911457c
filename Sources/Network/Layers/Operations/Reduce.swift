import Base
import Tensors

/// The mean, sum, maximum or minimum along axes: `tf.reduce_mean(x, axis=1)`, `ops.max(x, axis=-1)`.
public struct Reduce: StatelessLayer {
    public static let className = "Reduce"
    public var name = "reduce"
    public var trainable = true
    public var function: AxisReduction
    /// The axes as in Keras, counted with the batch as axis 0 or from the end.
    public var axes: [Int]
    /// Whether the reduced axes are kept with size 1.
    public var keepsAxes: Bool

    public enum AxisReduction: String, CaseIterable, Sendable { case mean, sum, max, min }

    public init(from config: inout LayerConfig) throws(CellarError) {
        let word = try config.string("function", oneOf: AxisReduction.allCases.map(\.rawValue))
        function = AxisReduction(rawValue: word) ?? .mean
        guard let axes = try config.ints("axis"), !axes.isEmpty else {
            throw config.error("works over all samples at once, which is not supported", key: "axis")
        }
        self.axes = axes
        keepsAxes = try config.bool("keepdims", default: false)
    }

    public var config: JSONObject {
        [
            "function": .string(function.rawValue),
            "axis": axes.count == 1 ? .integer(axes[0]) : .array(axes.map { .integer($0) }),
            "keepdims": .bool(keepsAxes),
        ]
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        let along = try sampleAxes(axes, of: shape)
        guard keepsAxes || along.count < shape.count else {
            throw CellarError("leaves one number of a sample, without an axis", subject: subject, key: "axis")
        }
        return shape.indices.compactMap { along.contains($0) ? (keepsAxes ? 1 : nil) : shape[$0] }
    }

    private func rows(_ shape: [Int]) -> AxisRows {
        AxisRows(shape, along: checkedAxes(axes, of: shape))
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        (training ? 2 : 1) * self.rows(inputs[0]).room(rows: rows)
    }

    public func forward(_ call: CallMemory) {
        let rows = rows(call.inputShapes[0])
        let (x, y, width) = (rows.rows(of: call.x(), in: call.scratch), call.y, rows.width)
        for row in 0..<y.count {
            let numbers = x[row * width..<(row + 1) * width]
            switch function {
            case .sum: y[row] = sum(numbers)
            case .mean: y[row] = sum(numbers) / Float(width)
            case .max, .min: y[row] = extreme(numbers)
            }
        }
    }

    /// The maximum or minimum; NaN if any number is NaN.
    private func extreme(_ numbers: Floats) -> Float {
        var found = numbers[0]
        for i in 1..<Swift.max(numbers.count, 1) {
            let number = numbers[i]
            if number.isNaN || (function == .max ? number > found : number < found) { found = number }
        }
        return found
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        let rows = rows(call.inputShapes[0])
        let room = rows.room(rows: call.rows)
        let (x, other) = (rows.rows(of: call.x(), in: call.scratch), call.scratch[room..<call.scratch.count])
        let (y, dy, target, width) = (call.y, call.dy, rows.target(dx, in: other), rows.width)
        for row in 0..<dy.count {
            let (from, to) = (x[row * width..<(row + 1) * width], target[row * width..<(row + 1) * width])
            switch function {
            case .sum: to.fill(dy[row])
            case .mean: to.fill(dy[row] / Float(width))
            case .max, .min:
                // Equal extreme values share the gradient, as in TensorFlow.
                let share = dy[row] / Float((0..<width).count { from[$0] == y[row] })
                for i in 0..<width { to[i] = from[i] == y[row] ? share : 0 }
            }
        }
        rows.finish(dx, from: other)
    }
}
