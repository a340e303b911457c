/// Columns of numbers, prepared for the correlations of many pairs of them.
public struct CorrelatedColumns {
    private let columns: [Column]
    private let isComplete: Bool

    fileprivate struct Column {
        let values: [Double]
        /// The values less their mean, divided by the norm of the result: 0 where a number is missing.
        var scaled: [SIMD8<Double>] = []
        /// The squares of those, and 1 for each number; empty if no column lacks a number.
        var squares: [SIMD8<Double>] = []
        var present: [SIMD8<Double>] = []
        /// False for a constant column, and for numbers whose squares are too large.
        var isScaled = false
    }

    /// - series: Columns of one length. Values that are not finite are missing.
    public init(_ series: [[Double]]) {
        isComplete = series.allSatisfy { $0.allSatisfy(\.isFinite) }
        var columns: [Column] = []
        for values in series { columns.append(Column(values, withMissing: !isComplete)) }
        self.columns = columns
    }

    /// Pearson's correlation of the rows in which both columns have numbers; the same as `correlation`.
    public func correlation(_ first: Int, _ second: Int) -> Double {
        let (a, b) = (columns[first], columns[second])
        let exact = { Datasets.correlation(a.values, b.values) }
        guard a.isScaled, b.isScaled else { return exact() }
        if isComplete { return max(-1, min(1, dot(a.scaled, b.scaled))) }
        let count = dot(a.present, b.present)
        let (sumA, sumB) = (dot(a.scaled, b.present), dot(b.scaled, a.present))
        let (allAA, allBB) = (dot(a.squares, b.present), dot(b.squares, a.present))
        let (aa, bb) = (allAA - sumA * sumA / count, allBB - sumB * sumB / count)
        // Too many digits cancel if the common rows vary little.
        guard count > 1, aa > 1e-4 * max(allAA, 1 / count), bb > 1e-4 * max(allBB, 1 / count) else {
            return exact()
        }
        let ab = dot(a.scaled, b.scaled) - sumA * sumB / count
        return max(-1, min(1, ab / (aa.squareRoot() * bb.squareRoot())))
    }

    private func dot(_ a: [SIMD8<Double>], _ b: [SIMD8<Double>]) -> Double {
        var sum = SIMD8<Double>(repeating: 0)
        for index in a.indices { sum += a[index] * b[index] }
        return sum.sum()
    }
}

extension CorrelatedColumns.Column {
    fileprivate init(_ values: [Double], withMissing: Bool) {
        self.values = values
        // Welford's mean is exact where all numbers are equal.
        var (count, mean) = (0.0, 0.0)
        for value in values where value.isFinite {
            count += 1
            mean += (value - mean) / count
        }
        let squares = values.reduce(0) { $1.isFinite ? $0 + ($1 - mean) * ($1 - mean) : $0 }
        guard squares > 1e-290, squares.isFinite else { return }
        isScaled = true
        let norm = squares.squareRoot()
        let size = (values.count + 7) / 8
        scaled = Array(repeating: SIMD8(repeating: 0), count: size)
        if withMissing { present = scaled }
        for (index, value) in values.enumerated() where value.isFinite {
            scaled[index / 8][index % 8] = (value - mean) / norm
            if withMissing { present[index / 8][index % 8] = 1 }
        }
        if withMissing { self.squares = scaled.map { $0 * $0 } }
    }
}
