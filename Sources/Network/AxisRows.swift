import Base
import Tensors

/// Samples seen as rows that run along some of their axes: what Softmax or LayerNormalization works on. Where these are
/// the last axes, the numbers lie so already; else they are moved into a room of the same size, and back.
struct AxisRows {
    /// Numbers in a row, and rows in a sample.
    let width: Int
    let perSample: Int
    private let there: StridedView
    private let back: StridedView
    var isPlain: Bool { there.isPlain }

    /// - axes: of a sample (without the batch). Within a row they keep their order.
    init(_ shape: [Int], along axes: [Int]) {
        let order = shape.indices.filter { !axes.contains($0) } + axes.sorted()
        there = StridedView(permuting: shape, order: order)
        back = StridedView(unpermuting: shape, order: order)
        width = axes.reduce(1) { $0 * shape[$1] }
        perSample = shape.indices.reduce(1) { axes.contains($1) ? $0 : $0 * shape[$1] }
    }

    /// How many numbers of room `rows` samples need to be moved: none where they need not be.
    func room(rows: Int) -> Int { isPlain ? 0 : rows * width * perSample }

    /// The rows of x: x itself, or moved into the room.
    func rows(of x: Floats, in room: Floats) -> Floats {
        if isPlain { return x }
        let moved = room.prefix(x.count)
        there.read(x, rows: x.count / there.count, rowStride: there.count, into: moved)
        return moved
    }

    /// Where to put the rows that are to become y: y itself, or the room.
    func target(_ y: Floats, in room: Floats) -> Floats { isPlain ? y : room.prefix(y.count) }

    /// Brings what was put into `target` to y.
    func finish(_ y: Floats, from room: Floats) {
        if !isPlain {
            back.read(room.prefix(y.count), rows: y.count / back.count, rowStride: back.count, into: y)
        }
    }
}

extension Layer {
    /// Axes as Keras counts them, with the batch as axis 0 or from the end, as axes of a sample; each once.
    func sampleAxes(_ axes: [Int], of shape: [Int], key: String = "axis") throws(CellarError) -> [Int] {
        var found: [Int] = []
        for axis in axes {
            let place = axis < 0 ? axis + shape.count : axis - 1
            guard shape.indices.contains(place), !found.contains(place) else {
                let trouble =
                    axis == 0
                    ? "the batch, which is no axis to work along"
                    : shape.indices.contains(place) ? "given twice" : "not there"
                throw CellarError(
                    "\(key) \(axis) is \(trouble): the input, with the batch, has axes 1 to \(shape.count)",
                    subject: subject, key: key)
            }
            found.append(place)
        }
        return found
    }

    /// The same after `outputShape` has checked them.
    func checkedAxes(_ axes: [Int], of shape: [Int]) -> [Int] {
        axes.map { $0 < 0 ? $0 + shape.count : $0 - 1 }
    }
}
