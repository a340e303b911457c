import Base
import Tensors

/// Repeats a vector [size] n times: [n, size].
public struct RepeatVector: StatelessLayer {
    public static let className = "RepeatVector"
    public var name = "repeat_vector"
    public var trainable = true
    public var n: Int

    public init(_ n: Int) { self.n = n }

    public init(from config: inout LayerConfig) throws(CellarError) { n = try config.int("n") }

    public var config: JSONObject { ["n": .integer(n)] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        guard shape.count == 1 else {
            throw CellarError("repeats vectors, but its input has the shape \(shape)", subject: subject)
        }
        guard Double(n) * Double(shape[0]) <= 0x1p31 else {
            throw CellarError(
                "\(n) times \(shape[0]) are more numbers than a sample can have", subject: subject, key: "n")
        }
        return [n] + shape
    }

    private func view(_ call: CallMemory) -> StridedView {
        StridedView(broadcasting: call.inputShapes[0], to: call.outputShape)
    }

    public func forward(_ call: CallMemory) {
        view(call).read(call.x(), rows: call.rows, rowStride: call.inputShapes[0][0], into: call.y)
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        dx.fill(0)
        view(call).add(call.dy, rows: call.rows, rowStride: call.inputShapes[0][0], to: dx)
    }
}
