import CKernels

/// A strided view of numbers: transposed or broadcast axes. Contiguous axes are merged, so that most views
/// have one to three.
public struct StridedView: Sendable {
    private let sizes: [Int]
    private let strides: [Int]
    /// The number of elements it reads, and the minimum size of its source.
    public let count: Int
    private let span: Int

    /// True if the view is the identity.
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

    /// Transposes the axes of `shape`: axis k of the result is axis `order[k]`.
    public init(permuting shape: [Int], order: [Int]) {
        let strides = Self.strides(of: shape)
        self.init(sizes: order.map { shape[$0] }, strides: order.map { strides[$0] })
    }

    /// The inverse of `permuting(shape, order)`.
    public init(unpermuting shape: [Int], order: [Int]) {
        var inverse = Array(repeating: 0, count: order.count)
        for (place, axis) in order.enumerated() { inverse[axis] = place }
        self.init(permuting: order.map { shape[$0] }, order: inverse)
    }

    /// Broadcasts `shape`, aligned at the right, to `full`.
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

    /// Writes the view of each row of x to y. The row stride of x is `rowStride`; 0 reads the same row for
    /// all.
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

    /// x += y, each number at its position in the view.
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
