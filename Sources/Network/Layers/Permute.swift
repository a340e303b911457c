import Base
import Tensors

/// Permutes the axes.
public struct Permute: StatelessLayer {
    public static let className = "Permute"
    public var name = "permute"
    public var trainable = true
    /// The input axis for each axis of the output, counted from 1, without the batch.
    public var dims: [Int]

    public init(_ dims: [Int]) { self.dims = dims }

    public init(from config: inout LayerConfig) throws(CellarError) {
        guard let dims = try config.ints("dims") else { throw config.error("dims is missing", key: "dims") }
        guard dims.sorted() == Array(1..<dims.count + 1) else {
            throw config.error("dims is \(dims), but must have each axis from 1 once, as [2, 1]", key: "dims")
        }
        self.dims = dims
    }

    public var config: JSONObject { ["dims": .array(dims.map { .integer($0) })] }

    private var order: [Int] { dims.map { $0 - 1 } }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        guard shape.count == dims.count else {
            throw CellarError(
                "dims is \(dims), but the input \(shape) has \(shape.count) axes", subject: subject,
                key: "dims")
        }
        return order.map { shape[$0] }
    }

    public func isView(training: Bool) -> Bool { dims == dims.sorted() }

    public func forward(_ call: CallMemory) {
        StridedView(permuting: call.inputShapes[0], order: order).read(
            call.x(), rows: call.rows, rowStride: call.outputSize, into: call.y)
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        StridedView(unpermuting: call.inputShapes[0], order: order).read(
            call.dy, rows: call.rows, rowStride: call.outputSize, into: dx)
    }
}
