import Base

/// The errors of predicted values, as scikit-learn's scores of regression.
public struct RegressionReport: Equatable, Sendable {
    public let rows: Int
    /// The mean of the residuals; a residual is a true value minus its prediction.
    public let meanResidual: Double
    public let meanAbsoluteError, medianAbsoluteError, maximumError: Double
    public let meanSquaredError: Double
    public var rootMeanSquaredError: Double { meanSquaredError.squareRoot() }
    /// The coefficient of determination, R²; nil where all true values are equal or there is one row, where it is not defined.
    public let r2: Double?
    /// The share of the variance that is explained; like R², without a penalty for a constant error. Nil where R² is.
    public let explainedVariance: Double?

    public init(truth: [Double], prediction: [Double]) throws(CellarError) {
        try requireRows(("true values", truth.count), ("predictions", prediction.count))
        let residuals = zip(truth, prediction).map { $0 - $1 }
        let distances = residuals.map(abs)
        rows = truth.count
        let meanResidual = mean(residuals)
        self.meanResidual = meanResidual
        meanAbsoluteError = mean(distances)
        medianAbsoluteError = median(ofAscending: distances.sorted()) ?? 0
        maximumError = distances.max() ?? 0
        meanSquaredError = mean(residuals.map { $0 * $0 })
        let center = mean(truth)
        let spread = pairwiseSum(truth.map { ($0 - center) * ($0 - center) })
        guard rows > 1, spread > 0 else {
            (r2, explainedVariance) = (nil, nil)
            return
        }
        r2 = 1 - pairwiseSum(residuals.map { $0 * $0 }) / spread
        explainedVariance =
            1 - mean(residuals.map { ($0 - meanResidual) * ($0 - meanResidual) }) / (spread / Double(rows))
    }

    public var json: JSON {
        [
            "samples": .integer(rows), "mean_absolute_error": JSON(finite: meanAbsoluteError),
            "root_mean_squared_error": JSON(finite: rootMeanSquaredError),
            "mean_squared_error": JSON(finite: meanSquaredError), "r2": r2.map { JSON(finite: $0) } ?? .null,
            "explained_variance": explainedVariance.map { JSON(finite: $0) } ?? .null,
            "median_absolute_error": JSON(finite: medianAbsoluteError),
            "maximum_error": JSON(finite: maximumError), "mean_residual": JSON(finite: meanResidual),
        ]
    }
}
