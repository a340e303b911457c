import CKernels

/// Numbers of one shape read in another order or more than once: axes swapped, or repeated to a larger shape. Axes
/// that lie behind each other count as one, so that most views have one to three.
public struct StridedView: Sendable {
    private let sizes: [Int]
    private let strides: [Int]
    /// How many numbers it reads, and from how many at least.
    public let count: Int
    private let span: Int

    /// Whether it reads all numbers as they lie.
    public var isPlain: Bool { sizes.isEmpty || sizes.count == 1 && strides == [1] }

    private init(sizes: [Int], strides: [Int]) {
        var (merged, steps) = ([Int](), [Int]())
        for (size, stride) in zip(sizes, strides) where size != 1 {
            if let last = steps.last, last == stride * size {
                merged[merged.count - 1] *= size
                steps[steps.count - 1] = stride
            } else {
                merged.append(size)
                steps.append(stride)
            }
        }
        precondition(merged.count <= Int(CK_AXES), "a shape of \(merged.count) axes")
        (self.sizes, self.strides) = (merged, steps)
        count = merged.reduce(1, *)
        span = zip(merged, steps).reduce(1) { $0 + max($1.0 - 1, 0) * $1.1 }
    }

    /// The axes of `shape` in that order: the k-th of the result is axis `order[k]`.
    public init(permuting shape: [Int], order: [Int]) {
        let strides = Self.strides(of: shape)
        self.init(sizes: order.map { shape[$0] }, strides: order.map { strides[$0] })
    }

    /// Brings `permuting(shape, order)` back.
    public init(unpermuting shape: [Int], order: [Int]) {
        var inverse = Array(repeating: 0, count: order.count)
        for (place, axis) in order.enumerated() { inverse[axis] = place }
        self.init(permuting: order.map { shape[$0] }, order: inverse)
    }

    /// `shape`, aligned at the right, with its axes of size 1 repeated to those of `full`.
    public init(broadcasting shape: [Int], to full: [Int]) {
        let padded = Array(repeating: 1, count: full.count - shape.count) + shape
        precondition(zip(padded, full).allSatisfy { $0 == $1 || $0 == 1 }, "\(shape) does not fit \(full)")
        let strides = Self.strides(of: padded)
        self.init(sizes: full, strides: padded.indices.map { padded[$0] == 1 ? 0 : strides[$0] })
    }

    private static func strides(of shape: [Int]) -> [Int] {
        var (strides, stride) = (shape, 1)
        for axis in shape.indices.reversed() {
            strides[axis] = stride
            stride *= shape[axis]
        }
        return strides
    }

    /// y = what it sees of each row of x. Rows of x are `rowStride` apart, which may be 0 where all rows see the same.
    public func read(_ x: Floats, rows: Int = 1, rowStride: Int = 0, into y: Floats) {
        guard rows > 0, count > 0 else { return }
        check(x, y, rows, rowStride)
        unsafe sizes.withUnsafeBufferPointer { sizes in
            unsafe strides.withUnsafeBufferPointer { strides in
                unsafe ck_strided_read(
                    x.base, y.base, rows, rowStride, sizes.count, sizes.baseAddress, strides.baseAddress)
            }
        }
    }

    /// x += y, each number at the place where `read` finds it.
    public func add(_ y: Floats, rows: Int = 1, rowStride: Int = 0, to x: Floats) {
        guard rows > 0, count > 0 else { return }
        check(x, y, rows, rowStride)
        unsafe sizes.withUnsafeBufferPointer { sizes in
            unsafe strides.withUnsafeBufferPointer { strides in
                unsafe ck_strided_add(
                    x.base, y.base, rows, rowStride, sizes.count, sizes.baseAddress, strides.baseAddress)
            }
        }
    }

    private func check(_ x: Floats, _ y: Floats, _ rows: Int, _ rowStride: Int) {
        precondition(x.count >= (rows - 1) * rowStride + span && y.count >= rows * count, "outside the view")
    }
}
