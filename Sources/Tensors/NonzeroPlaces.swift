import CKernels

/// A bit mask of the nonzero elements of a batch [rows, columns], so that products can skip the zeros. Four
/// fifths of MNIST's pixels are zero. The results are the same, because adding zero changes nothing.
@safe public final class NonzeroPlaces: @unchecked Sendable {
    public let capacity, columns: Int
    private let words: Int
    private let rowMasks: UnsafeMutablePointer<UInt64>
    // One word per column for each group of 64 rows.
    private let columnMasks: UnsafeMutablePointer<UInt64>
    /// For up to 64 rows: one mask per column, nonzero if the column has a nonzero element.
    var touched: UnsafePointer<UInt64> { unsafe UnsafePointer(columnMasks) }
    private(set) var rows = 0

    /// For batches of up to `capacity` rows. `forTransposed` allocates memory for `multiplyTransposed`.
    public init(capacity: Int, columns: Int, forTransposed: Bool) {
        (self.capacity, self.columns, words) = (capacity, columns, (columns + 63) / 64)
        unsafe rowMasks = .allocate(capacity: max(capacity * words, 1))
        unsafe columnMasks = .allocate(capacity: forTransposed ? max((capacity + 63) / 64 * columns, 1) : 1)
    }

    deinit {
        unsafe rowMasks.deallocate()
        unsafe columnMasks.deallocate()
    }

    /// Finds the nonzero elements of x [rows, columns] and returns their fraction.
    public func find(in x: Floats) -> Double {
        precondition(x.count % columns == 0 && x.count <= capacity * columns)
        rows = x.count / columns
        let found = unsafe ck_row_masks(x.base, rows, columns, rowMasks)
        return x.count == 0 ? 0 : Double(found) / Double(x.count)
    }

    /// Finds the nonzero elements of bytes that are converted to floats without an offset.
    public func find(in bytes: [UInt8], rows picked: ArraySlice<Int>) -> Double {
        precondition(picked.count <= capacity)
        for row in picked { precondition(row >= 0 && (row + 1) * columns <= bytes.count) }
        rows = picked.count
        var found = 0
        unsafe picked.withUnsafeBufferPointer { picked in
            guard let start = picked.baseAddress else { return }
            unsafe start.withMemoryRebound(to: Int64.self, capacity: picked.count) { start in
                found = unsafe ck_byte_masks(bytes, start, picked.count, columns, rowMasks)
            }
        }
        return rows == 0 ? 0 : Double(found) / Double(rows * columns)
    }

    /// Computes the masks by column, for `multiplyTransposed`.
    public func findColumns() {
        for first in stride(from: 0, to: rows, by: 64) {
            unsafe ck_column_masks(
                rowMasks + first * words, min(64, rows - first), columns, columnMasks + first / 64 * columns)
        }
    }

    /// c = x · w, then bias and relu according to `finish`: [rows, columns] · [columns, n] -> [rows, n].
    public func multiply(
        _ x: Floats, _ w: Floats, into c: Floats, n: Int, wStride: Int, cStride: Int, epilogue: Epilogue
    ) {
        precondition(x.count == rows * columns && w.count >= (columns - 1) * wStride + n)
        precondition(cStride >= n && c.count >= (rows - 1) * cStride + n)
        precondition(!epilogue.accumulate && epilogue.alpha == 1 && epilogue.bias?.count ?? n >= n)
        unsafe ck_multiply_sparse(
            rows, n, columns, x.base, rowMasks, w.base, wStride, c.base, cStride, epilogue.c)
    }

    /// g = alpha · xᵀ · d, added to g if `accumulate`: [rows, columns]ᵀ · [rows, n] -> [columns, n]. With
    /// `accumulate`, rows of g that no sample touches are not written.
    public func multiplyTransposed(
        _ x: Floats, _ d: Floats, into g: Floats, n: Int, dStride: Int, gStride: Int, alpha: Float,
        accumulate: Bool
    ) {
        precondition(x.count == rows * columns && g.count >= (columns - 1) * gStride + n)
        precondition(dStride >= n && d.count >= (rows - 1) * dStride + n)
        for first in stride(from: 0, to: max(rows, 1), by: 64) {
            unsafe ck_multiply_sparse_transposed(
                min(64, rows - first), n, columns, x.base + first * columns,
                columnMasks + first / 64 * columns,
                d.base + first * dStride, dStride, g.base, gStride, alpha, accumulate || first > 0 ? 1 : 0)
        }
    }
}
