import Base
import Tensors

/// `tf.matmul(a, b)`, or `a @ b`: batched products of the matrices in the last two axes.
public struct Matmul: StatelessLayer {
    public static let className = "Matmul"
    public var name = "matmul"
    public var trainable = true
    /// Whether a or b is transposed.
    public var transposesA: Bool
    public var transposesB: Bool

    public init(from config: inout LayerConfig) throws(CellarError) {
        transposesA = try config.bool("transpose_a", default: false)
        transposesB = try config.bool("transpose_b", default: false)
    }

    public var config: JSONObject {
        ["transpose_a": .bool(transposesA), "transpose_b": .bool(transposesB)]
    }

    private typealias Sizes = (m: Int, k: Int, n: Int)

    /// The sizes of [m, k] · [k, n], after transposing.
    private func sizes(_ inputs: [[Int]]) -> Sizes {
        let (a, b) = (inputs[0].suffix(2).map { $0 }, inputs[1].suffix(2).map { $0 })
        return (a[transposesA ? 1 : 0], a[transposesA ? 0 : 1], b[transposesB ? 0 : 1])
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try check(count: inputs.count, in: 2...2)
        let (a, b) = (inputs[0], inputs[1])
        guard a.count == b.count, a.count >= 2, a.dropLast(2) == b.dropLast(2),
            sizes(inputs).k == b[b.count - (transposesB ? 1 : 2)]
        else {
            throw CellarError(
                "cannot multiply the matrices of \(a) and \(b): samples must hold as many of each, and the sizes "
                    + "between them must be equal", subject: subject)
        }
        let (m, _, n) = sizes(inputs)
        return a.dropLast(2) + [m, n]
    }

    /// Scratch for both factors after transposing, and for one result before transposing.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let (m, k, n) = sizes(inputs)
        return m * k + k * n + max(m * k, k * n)
    }

    private func eachMatrix(
        _ call: CallMemory, _ body: (_ a: Range<Int>, _ b: Range<Int>, _ c: Range<Int>, Sizes) -> Void
    ) {
        let (m, k, n) = sizes(call.inputShapes)
        for i in 0..<call.rows * call.outputSize / (m * n) {
            body(
                i * m * k..<(i + 1) * m * k, i * k * n..<(i + 1) * k * n, i * m * n..<(i + 1) * m * n,
                (m, k, n))
        }
    }

    /// The matrix a as [rows, columns], transposed into `room` if it is stored as [columns, rows].
    private func turned(_ a: Floats, _ rows: Int, _ columns: Int, _ isTurned: Bool, in room: Floats) -> Floats
    {
        guard isTurned else { return a }
        transpose(a, rows: columns, columns: rows, into: room)
        return room
    }

    public func forward(_ call: CallMemory) {
        let (x, other, y) = (call.x(0), call.x(1), call.y)
        eachMatrix(call) { a, b, c, sizes in
            let (m, k, n) = sizes
            let left = turned(x[a], m, k, transposesA, in: call.scratch.prefix(m * k))
            let right = turned(other[b], k, n, transposesB, in: call.scratch[m * k..<m * k + k * n])
            multiply(left, right, into: y[c], m: m, n: n, k: k)
        }
    }

    /// Computes da = dc · bᵀ and db = aᵀ · dc for c = a · b.
    public func backward(_ call: CallMemory) {
        let (x, other, dy) = (call.x(0), call.x(1), call.dy)
        eachMatrix(call) { a, b, c, sizes in
            let (m, k, n) = sizes
            let last = call.scratch[m * k + k * n..<call.scratch.count]
            if let dx = call.dx(0) {
                let right = turned(other[b], n, k, !transposesB, in: call.scratch[m * k..<m * k + k * n])
                let target = transposesA ? last.prefix(m * k) : dx[a]
                multiply(dy[c], right, into: target, m: m, n: k, k: n)
                if transposesA { transpose(target, rows: m, columns: k, into: dx[a]) }
            }
            if let dx = call.dx(1) {
                let left = turned(x[a], k, m, !transposesA, in: call.scratch.prefix(m * k))
                let target = transposesB ? last.prefix(k * n) : dx[b]
                multiply(left, dy[c], into: target, m: k, n: n, k: m)
                if transposesB { transpose(target, rows: k, columns: n, into: dx[b]) }
            }
        }
    }
}
