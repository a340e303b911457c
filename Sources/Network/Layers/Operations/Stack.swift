import Base
import Tensors

/// Stacks inputs of one shape along a new axis: `tf.stack([a, b], axis=1)`.
public struct Stack: StatelessLayer {
    public static let className = "Stack"
    public var name = "stack"
    public var trainable = true
    /// The position of the new axis in the output, counted as in Keras.
    public var axis: Int

    public init(from config: inout LayerConfig) throws(CellarError) {
        axis = try config.int("axis", default: 0, in: -32...32)
    }

    public var config: JSONObject { ["axis": .integer(axis)] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try check(count: inputs.count, in: 1...Int.max)
        guard inputs.allSatisfy({ $0 == inputs[0] }) else {
            throw CellarError("takes inputs of one shape, but they are \(inputs)", subject: subject)
        }
        var shape = inputs[0]
        shape.insert(inputs.count, at: try sampleAxes([axis], of: inputs[0] + [1])[0])
        return shape
    }

    /// Calls `body` for each contiguous piece of the i-th input with its range in the output.
    private func eachPiece(
        _ call: CallMemory, _ i: Int, _ body: (_ input: Range<Int>, _ output: Range<Int>) -> Void
    ) {
        let shape = call.inputShapes[i]
        let piece = shape[checkedAxes([axis], of: shape + [1])[0]...].reduce(1, *)
        for number in 0..<call.rows * shape.reduce(1, *) / piece {
            let place = (number * call.inputCount + i) * piece
            body(number * piece..<(number + 1) * piece, place..<place + piece)
        }
    }

    public func forward(_ call: CallMemory) {
        let y = call.y
        for i in 0..<call.inputCount {
            let x = call.x(i)
            eachPiece(call, i) { input, output in y[output].copy(from: x[input]) }
        }
    }

    public func backward(_ call: CallMemory) {
        let dy = call.dy
        for i in 0..<call.inputCount {
            guard let dx = call.dx(i) else { continue }
            eachPiece(call, i) { input, output in dx[input].copy(from: dy[output]) }
        }
    }
}
