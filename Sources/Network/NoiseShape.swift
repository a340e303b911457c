import Base
import Tensors

/// The numbers of a batch that share a random number, as in the `noise_shape` of Keras' Dropout: along axes
/// of size 1, all numbers share one.
struct NoiseShape {
    /// True if all samples of a batch share random numbers.
    private let sharesBatch: Bool
    private let shape: [Int]
    private let full: [Int]

    /// Creates a shape where each number has its own random number.
    init(_ full: [Int]) { (sharesBatch, shape, self.full) = (false, full, full) }

    /// - sizes: The sizes with the batch first; nil for the size of the input. They are checked by
    /// `outputShape`.
    init(_ sizes: [Int?], _ full: [Int]) {
        sharesBatch = sizes.first == 1
        shape = zip(sizes.dropFirst(), full).map { $0 == 1 ? 1 : $1 }
        self.full = full
    }

    private var count: Int { shape.reduce(1, *) }
    private var fullCount: Int { full.reduce(1, *) }
    private var isFull: Bool { shape == full && !sharesBatch }

    /// Returns the size of the scratch memory: a factor for each number, and the random numbers if there are
    /// fewer.
    func scratch(rows: Int) -> Int { rows * fullCount + (isFull ? 0 : rows * count) }

    /// Draws a random number for each number of the batch: `[rows, full]`, at the start of the scratch
    /// memory. Indices start at the batch's first row, so that random numbers do not depend on the number of
    /// threads.
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
    /// Reads a `noise_shape` such as `[null, 1, 4]`; nil if it is absent.
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
    /// Throws an error if a noise shape does not fit samples of that shape.
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
