import Base
import Tensors

/// A vector [size] n times over: [n, size].
public struct RepeatVector: Layer {
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

    private func view(_ step: Step) -> StridedView {
        StridedView(broadcasting: step.inputShapes[0], to: step.outputShape)
    }

    public func forward(_ step: Step) {
        view(step).read(step.x(), rows: step.rows, rowStride: step.inputShapes[0][0], into: step.y)
    }

    public func backward(_ step: Step) {
        guard let dx = step.dx() else { return }
        dx.fill(0)
        view(step).add(step.dy, rows: step.rows, rowStride: step.inputShapes[0][0], to: dx)
    }
}
