import Base
import Tensors

/// Inputs of one shape behind each other along a new axis: `tf.stack([a, b], axis=1)`.
public struct Stack: Layer {
    public static let className = "Stack"
    public var name = "stack"
    public var trainable = true
    /// Where the new axis is in the output, counted as Keras counts.
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

    /// Each piece of the i-th input that lies together, and where it goes.
    private func eachPiece(
        _ step: Step, _ i: Int, _ body: (_ input: Range<Int>, _ output: Range<Int>) -> Void
    ) {
        let shape = step.inputShapes[i]
        let piece = shape[checkedAxes([axis], of: shape + [1])[0]...].reduce(1, *)
        for number in 0..<step.rows * shape.reduce(1, *) / piece {
            let place = (number * step.inputCount + i) * piece
            body(number * piece..<(number + 1) * piece, place..<place + piece)
        }
    }

    public func forward(_ step: Step) {
        let y = step.y
        for i in 0..<step.inputCount {
            let x = step.x(i)
            eachPiece(step, i) { input, output in y[output].copy(from: x[input]) }
        }
    }

    public func backward(_ step: Step) {
        let dy = step.dy
        for i in 0..<step.inputCount {
            guard let dx = step.dx(i) else { continue }
            eachPiece(step, i) { input, output in dx[input].copy(from: dy[output]) }
        }
    }
}
