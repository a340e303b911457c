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
/// - transposed: a lies in memory as [k, m].
/// - aStride, bStride, cStride: from one row of a, b or c to the next; its width if nil.
/// - whole: The columns of the whole matrix, of which these n are a part: the parts' bits are those of the whole product.
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

/// c = a · bᵀ: [m, k] · [n, k]ᵀ -> [m, n]. It is computed as (b · aᵀ)ᵀ, since b, a kernel, is the larger of the two.
///
/// - scratch: m · (n + k) numbers to work in.
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

/// What multiplies here, as "own kernels, AVX-512": no BLAS library is used.
public var matrixKernels: String { "own kernels, \(Processor.vectorExtensions)" }
