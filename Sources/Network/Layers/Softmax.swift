import Base
import Tensors

/// Softmax: eˣ divided by its sum along one or several axes.
public struct Softmax: StatelessLayer {
    public static let className = "Softmax"
    public var name = "softmax"
    public var trainable = true
    /// The axes, counted with the batch as axis 0, or from the end.
    public var axes = [-1]
    // True at the end of a network whose loss uses logits: the layer then computes nothing.
    private var isLinear = false

    public init(axes: [Int] = [-1]) { self.axes = axes }

    public init(from config: inout LayerConfig) throws(CellarError) {
        try config.refuseNull("axis", "the sum over all samples of a batch is not supported. Name the axes")
        axes = try config.ints("axis") ?? [-1]
        guard !axes.isEmpty else { throw config.error("axis is an empty list", key: "axis") }
        config.ignore("robust_masking")
    }

    public var config: JSONObject {
        ["axis": axes.count == 1 ? .integer(axes[0]) : .array(axes.map { .integer($0) })]
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        _ = try sampleAxes(axes, of: shape)
        return shape
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }
    public static var hasMaskArgument: Bool { true }

    public func isView(training: Bool) -> Bool { isLinear }

    public var finalActivation: Activation? { axes == [-1] && !isLinear ? .softmax : nil }

    public func withoutActivation() -> Softmax {
        var copy = self
        copy.isLinear = true
        return copy
    }

    private func rows(_ shape: [Int]) -> AxisRows {
        AxisRows(shape, along: checkedAxes(axes, of: shape))
    }

    /// Scratch for the rows if the axes are not the last ones, doubled for the backward pass.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        (training ? 2 : 1) * self.rows(inputs[0]).room(rows: rows)
    }

    public func forward(_ call: CallMemory) {
        let rows = rows(call.outputShape)
        let z = rows.rows(of: call.x(), in: call.scratch)
        let target = rows.target(call.y, in: call.scratch)
        softmaxRows(z, into: target, width: rows.width)
        rows.finish(call.y, from: call.scratch)
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        let rows = rows(call.outputShape)
        let room = rows.room(rows: call.rows)
        let other = call.scratch[room..<call.scratch.count]
        let y = rows.rows(of: call.y, in: call.scratch)
        let dy = rows.rows(of: call.dy, in: other)
        softmaxBackward(dy, y: y, into: rows.target(dx, in: other), width: rows.width)
        rows.finish(dx, from: other)
    }
}
