import Base
import Tensors

/// Which numbers of a batch share one draw of a random number, as the `noise_shape` of Keras' Dropout tells: along axes
/// of size 1 all do.
struct NoiseShape {
    /// Whether the batch draws once for all its samples.
    private let sharesBatch: Bool
    private let shape: [Int]
    private let full: [Int]

    /// Every number draws for itself.
    init(_ full: [Int]) { (sharesBatch, shape, self.full) = (false, full, full) }

    /// - sizes: with the batch in front; nil where the size is the input's. Checked by `outputShape`.
    init(_ sizes: [Int?], _ full: [Int]) {
        sharesBatch = sizes.first == 1
        shape = zip(sizes.dropFirst(), full).map { $0 == 1 ? 1 : $1 }
        self.full = full
    }

    private var count: Int { shape.reduce(1, *) }
    private var fullCount: Int { full.reduce(1, *) }
    private var isFull: Bool { shape == full && !sharesBatch }

    /// Room for a factor for each number, and for the draws where they are fewer.
    func scratch(rows: Int) -> Int { rows * fullCount + (isFull ? 0 : rows * count) }

    /// Draws a number for each of the batch's: `[rows, full]`, at the scratch's beginning. Places count from the batch's
    /// first row, so that the draws do not depend on the number of threads.
    func draw(_ call: CallMemory, _ value: (CountedRandomNumbers, Int) -> Float) -> Floats {
        let random = call.worker.random(for: call.index)
        let all = call.scratch.prefix(call.rows * fullCount)
        let drawnRows = sharesBatch ? min(call.rows, 1) : call.rows
        let first = sharesBatch ? 0 : call.firstRow * count
        let drawn = isFull ? all : call.scratch[all.count..<all.count + drawnRows * count]
        for i in 0..<drawn.count { drawn[i] = value(random, first + i) }
        if !isFull {
            StridedView(broadcasting: shape, to: full).read(
                drawn, rows: call.rows, rowStride: sharesBatch ? 0 : count, into: all)
        }
        return all
    }
}

extension LayerConfig {
    /// A `noise_shape` such as `[null, 1, 4]`; nil where there is none.
    mutating func noiseShape() throws(CellarError) -> [Int?]? {
        guard let found = value("noise_shape") else { return nil }
        guard let items = found.array, items.allSatisfy({ $0.isNull || ($0.int ?? 0) > 0 }) else {
            throw error(
                "noise_shape must be a list such as [null, 1, 4], but is \(found.text().prefix(60))",
                key: "noise_shape")
        }
        return items.map(\.int)
    }
}

extension Layer {
    /// An error where a noise shape does not fit samples of that shape.
    func check(noiseShape: [Int?]?, for shape: [Int]) throws(CellarError) {
        guard let noiseShape else { return }
        let fits = zip(noiseShape.dropFirst(), shape).allSatisfy { $0 == nil || $0 == 1 || $0 == $1 }
        guard noiseShape.count == shape.count + 1, fits else {
            let text = noiseShape.map { $0.map { "\($0)" } ?? "null" }.joined(separator: ", ")
            throw CellarError(
                "noise_shape [\(text)] does not fit the input: with the batch in front, it needs for each axis "
                    + "of \(shape) its size, 1 or null", subject: subject, key: "noise_shape")
        }
    }
}

func noiseShapeJSON(_ sizes: [Int?]?) -> JSON {
    sizes.map { .array($0.map { $0.map { .integer($0) } ?? .null }) } ?? .null
}
