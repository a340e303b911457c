import CKernels

/// The last operations on a product's sums: `alpha · sum`, plus a bias row or the target's old value, then max(·, 0).
public struct Epilogue {
    public var bias: Floats?
    public var accumulate = false
    public var relu = false
    public var alpha: Float = 1

    public init(bias: Floats? = nil, accumulate: Bool = false, relu: Bool = false, alpha: Float = 1) {
        precondition(!(accumulate && bias != nil), "either a bias or what was there")
        (self.bias, self.accumulate, self.relu, self.alpha) = (bias, accumulate, relu, alpha)
    }

    var c: ck_finish {
        unsafe ck_finish(
            bias: unsafe UnsafePointer(bias?.base), accumulate: accumulate ? 1 : 0, relu: relu ? 1 : 0,
            alpha: alpha)
    }
}

/// c = epilogue(a · b), row-major: [m, k] · [k, n] -> [m, n].
///
/// - Parameters:
///   - transposed: True if a is stored as [k, m].
///   - aStride, bStride, cStride: The row strides of a, b and c; nil means their widths.
///   - whole: The total number of columns if these n are a part. The bits do not depend on the division.
public func multiply(
    _ a: Floats, _ b: Floats, into c: Floats, m: Int, n: Int, k: Int, transposed: Bool = false,
    aStride: Int? = nil, bStride: Int? = nil, cStride: Int? = nil, whole: Int? = nil,
    epilogue: Epilogue = Epilogue()
) {
    let (aStride, bStride, cStride) = (aStride ?? (transposed ? m : k), bStride ?? n, cStride ?? n)
    precondition(bStride >= n && cStride >= n && epilogue.bias?.count ?? n >= n)
    precondition(
        transposed ? holds(a, k, m, aStride) : holds(a, m, k, aStride), "[\(m), \(k)] · [\(k), \(n)]")
    precondition(holds(b, k, n, bStride) && holds(c, m, n, cStride), "[\(m), \(k)] · [\(k), \(n)]")
    unsafe ck_multiply_matrices(
        m, n, k, whole ?? n, a.base, transposed ? 1 : aStride, transposed ? aStride : 1, b.base, bStride,
        c.base, cStride,
        epilogue.c)
}

/// c = a · bᵀ: [m, k] · [n, k]ᵀ -> [m, n]. Computed as (b · aᵀ)ᵀ, because b, a kernel, is the larger factor.
///
/// - Parameter scratch: m · (n + k) numbers of work space.
public func multiplyByTransposed(
    _ a: Floats, _ b: Floats, into c: Floats, m: Int, n: Int, k: Int, bStride: Int, scratch: Floats
) {
    precondition(
        a.count >= m * k && holds(b, n, k, bStride) && c.count >= m * n && scratch.count >= m * (n + k))
    let (aT, cT) = (scratch[0..<k * m], scratch[k * m..<k * m + n * m])
    unsafe ck_transpose(a.base, m, k, aT.base)
    unsafe ck_multiply_matrices(n, m, k, m, b.base, bStride, 1, aT.base, m, cT.base, m, Epilogue().c)
    unsafe ck_transpose(cT.base, n, m, c.base)
}

/// out = aᵀ: [rows, columns] -> [columns, rows].
public func transpose(_ a: Floats, rows: Int, columns: Int, into out: Floats) {
    precondition(a.count >= rows * columns && out.count >= rows * columns)
    unsafe ck_transpose(a.base, rows, columns, out.base)
}

private func holds(_ matrix: Floats, _ rows: Int, _ columns: Int, _ stride: Int) -> Bool {
    rows == 0 || matrix.count >= (rows - 1) * stride + columns
}

/// The matrix kernels in use, as "own kernels, AVX-512". No BLAS library is used.
public var matrixKernels: String { "own kernels, \(Processor.vectorExtensions)" }
