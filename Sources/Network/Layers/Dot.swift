import Base
import Tensors

/// Dot products of two inputs along an axis of each, for each sample: the output has the other axes of the
/// first input, followed by those of the second. With `normalize`, vectors along the axes are first scaled to
/// length 1, so that the output is their cosine similarity.
public struct Dot: StatelessLayer {
    public static let className = "Dot"
    public var name = "dot"
    public var trainable = true
    /// One axis for both, or one for each; counted with the batch as axis 0, or from the end.
    public var axes: [Int]
    public var normalize: Bool
    private let isKeras3: Bool

    public init(axes: [Int], normalize: Bool = false) {
        (self.axes, self.normalize, isKeras3) = (axes, normalize, false)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        guard let axes = try config.ints("axes") else { throw config.error("axes is missing", key: "axes") }
        guard (1...2).contains(axes.count) else {
            throw config.error("axes is \(axes), but must be one axis or two", key: "axes")
        }
        self.axes = axes
        normalize = try config.bool("normalize", default: false)
        isKeras3 = ShortVectors.isKeras3(&config)
    }

    public var config: JSONObject {
        [
            "axes": axes.count == 1 ? .integer(axes[0]) : .array(axes.map { .integer($0) }),
            "normalize": .bool(normalize),
        ]
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        try check(count: inputs.count, in: 2...2)
        var rest: [[Int]] = []
        var sizes: [Int] = []
        for (i, shape) in inputs.enumerated() {
            let place = try sampleAxes([axes[min(i, axes.count - 1)]], of: shape, key: "axes")[0]
            sizes.append(shape[place])
            rest.append(shape.indices.filter { $0 != place }.map { shape[$0] })
        }
        guard sizes[0] == sizes[1] else {
            throw CellarError(
                "cannot multiply along axes \(axes): \(inputs[0]) has size \(sizes[0]) there, \(inputs[1]) has "
                    + "size \(sizes[1])", subject: subject, key: "axes")
        }
        let shape = rest[0] + rest[1]
        return shape.isEmpty ? [1] : shape
    }

    /// One input as a matrix of vectors along the axis: [rows, k] for each sample.
    private func rows(_ i: Int, _ shape: [Int]) -> AxisRows {
        AxisRows(shape, along: checkedAxes([axes[min(i, axes.count - 1)]], of: shape))
    }

    // Scratch: both inputs as such rows, moved and normalized if needed; while training, their gradients and
    // the vector lengths; then a buffer for one product.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let sizes = inputs.map { $0.reduce(1, *) }
        let vectors = (0..<2).map { self.rows($0, inputs[$0]).perSample }
        let width = self.rows(0, inputs[0]).width
        return rows * (2 * (sizes[0] + sizes[1]) + vectors[0] + vectors[1])
            + vectors[0] * (vectors[1] + width)
    }

    /// The data of one input that the forward pass keeps for the backward pass.
    private struct Side {
        let rows: AxisRows
        /// Vectors along the axis, with length 1 if they are normalized.
        let vectors: Floats
        let gradient: Floats
        let inverses: Floats
        let size: Int
    }

    private func sides(_ call: CallMemory) -> (Side, Side, room: Floats) {
        var start = 0
        func take(_ count: Int) -> Floats {
            defer { start += count }
            return call.scratch[start..<start + count]
        }
        func side(_ i: Int) -> Side {
            let rows = rows(i, call.inputShapes[i])
            let x = call.x(i)
            let own = take(x.count)
            return Side(
                rows: rows, vectors: rows.isPlain && !normalize ? x : own, gradient: take(x.count),
                inverses: take(call.rows * rows.perSample), size: rows.perSample * rows.width)
        }
        let (first, second) = (side(0), side(1))
        return (first, second, call.scratch[start..<call.scratch.count])
    }

    public var scalesShortVectors: Bool? { normalize ? isKeras3 : nil }
    /// The least sum of squares that a vector is divided by the root of.
    public var leastSquares: Float { isKeras3 ? 1e-14 : 1e-12 }

    public func forward(_ call: CallMemory) {
        let (first, second, room) = sides(call)
        for (i, side) in [first, second].enumerated() {
            let moved = side.rows.rows(of: call.x(i), in: side.vectors)
            if normalize {
                scaleRows(
                    moved, width: side.rows.width, epsilon: leastSquares, .length, into: side.vectors,
                    inverses: side.inverses)
            }
        }
        let (m, n, k) = (first.rows.perSample, second.rows.perSample, first.rows.width)
        for row in 0..<call.rows {
            multiplyByTransposed(
                first.vectors[row * m * k..<(row + 1) * m * k],
                second.vectors[row * n * k..<(row + 1) * n * k],
                into: call.y[row * m * n..<(row + 1) * m * n], m: m, n: n, k: k, bStride: k, scratch: room)
        }
    }

    public func backward(_ call: CallMemory) {
        let (first, second, _) = sides(call)
        let (m, n, k) = (first.rows.perSample, second.rows.perSample, first.rows.width)
        for row in 0..<call.rows {
            let dy = call.dy[row * m * n..<(row + 1) * m * n]
            let (a, b) = (row * m * k..<(row + 1) * m * k, row * n * k..<(row + 1) * n * k)
            multiply(dy, second.vectors[b], into: first.gradient[a], m: m, n: k, k: n)
            multiply(dy, first.vectors[a], into: second.gradient[b], m: n, n: k, k: m, transposed: true)
        }
        for (i, side) in [first, second].enumerated() {
            guard let dx = call.dx(i) else { continue }
            if normalize {
                scaleRowsBackward(
                    side.gradient, xhat: side.vectors, inverses: side.inverses, width: side.rows.width,
                    epsilon: leastSquares, .length, into: side.gradient)
            }
            if side.rows.isPlain {
                dx.copy(from: side.gradient)
            } else {
                side.rows.finish(dx, from: side.gradient)
            }
        }
    }
}
