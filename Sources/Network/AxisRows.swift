import Base
import Tensors

/// A view of samples as rows along some of their axes, for layers such as Softmax and LayerNormalization. If
/// these are the last axes, the rows are contiguous already. Otherwise the numbers are moved to scratch
/// memory of the same size, and back.
struct AxisRows {
    /// The count of numbers in a row, and of rows in a sample.
    let width: Int
    let perSample: Int
    private let there: StridedView
    private let back: StridedView
    var isPlain: Bool { there.isPlain }

    /// - axes: The axes of a sample (without the batch). Their order is kept within a row.
    init(_ shape: [Int], along axes: [Int]) {
        let order = shape.indices.filter { !axes.contains($0) } + axes.sorted()
        there = StridedView(permuting: shape, order: order)
        back = StridedView(unpermuting: shape, order: order)
        width = axes.reduce(1) { $0 * shape[$1] }
        perSample = shape.indices.reduce(1) { axes.contains($1) ? $0 : $0 * shape[$1] }
    }

    /// Returns the size of the scratch memory to move `rows` samples: 0 if they are contiguous already.
    func room(rows: Int) -> Int { isPlain ? 0 : rows * width * perSample }

    /// Returns the rows of x: x itself, or a copy in scratch memory.
    func rows(of x: Floats, in room: Floats) -> Floats {
        if isPlain { return x }
        let moved = room.prefix(x.count)
        there.read(x, rows: x.count / there.count, rowStride: there.count, into: moved)
        return moved
    }

    /// Returns the destination of the rows of y: y itself, or scratch memory.
    func target(_ y: Floats, in room: Floats) -> Floats { isPlain ? y : room.prefix(y.count) }

    /// Moves the rows in `target` to y.
    func finish(_ y: Floats, from room: Floats) {
        if !isPlain {
            back.read(room.prefix(y.count), rows: y.count / back.count, rowStride: back.count, into: y)
        }
    }
}

extension Layer {
    /// Converts Keras' axes (the batch is axis 0, and negative axes count from the end) to axes of a sample.
    /// Throws an error for the batch, a missing axis, or an axis given twice.
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

    /// Converts Keras' axes that `outputShape` has already checked.
    func checkedAxes(_ axes: [Int], of shape: [Int]) -> [Int] {
        axes.map { $0 < 0 ? $0 + shape.count : $0 - 1 }
    }
}
