import Tensors

/// Scales columns to mean 0 and standard deviation 1, as scikit-learn's StandardScaler: population variance,
/// in float64. A column that is constant up to rounding is only shifted.
///
/// Source: sklearn/preprocessing/_data.py and utils/extmath.py of scikit-learn 1.9; Chan, Golub and LeVeque
/// (1983).
public struct StandardScaler: Equatable, Sendable {
    /// One value per column.
    public let mean, variance, scale: [Double]

    /// Fits to columns of equal length, one array per column.
    public init(fitting columns: [[Double]]) {
        precondition(columns.allSatisfy { !$0.isEmpty && $0.count == columns[0].count }, "ragged columns")
        var mean: [Double] = []
        var variance: [Double] = []
        var scale: [Double] = []
        for column in columns {
            let count = Double(column.count)
            let middle = column.reduce(0, +) / count
            var (rest, squares) = (0.0, 0.0)
            for value in column {
                let distance = value - middle
                rest += distance
                squares += distance * distance
            }
            // Without rounding the first sum would be 0; it corrects the second one.
            let spread = (squares - rest * rest / count) / count
            let rounding = count * middle * Double.ulpOfOne
            let isConstant = spread <= count * Double.ulpOfOne * spread + rounding * rounding
            mean.append(middle)
            variance.append(spread)
            scale.append(isConstant ? 1 : spread.squareRoot())
        }
        (self.mean, self.variance, self.scale) = (mean, variance, scale)
    }

    /// Fits to the given rows only, such as the training rows.
    public init(fitting columns: [[Double]], rows: [Int]) {
        self.init(fitting: columns.map { column in rows.map { column[$0] } })
    }

    /// Returns the scaled columns.
    public func transform(_ columns: [[Double]]) -> [[Double]] {
        precondition(columns.count == mean.count, "\(columns.count) columns for a scaler of \(mean.count)")
        return columns.indices.map { index in columns[index].map { ($0 - mean[index]) / scale[index] } }
    }
}
