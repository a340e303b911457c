import Glibc

extension PairedComparison {
    /// A confidence interval for `accuracyDifference`, of a level such as 0.95.
    ///
    /// Source: Bonett and Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on
    /// paired data" (2012); Fagerland, Lydersen and Laake (2014) recommend it.
    public func interval(level: Double) -> (lower: Double, upper: Double) {
        let rows = Double(self.rows) + 2
        let first = (Double(onlyFirstRight) + 1) / rows
        let second = (Double(onlySecondRight) + 1) / rows
        let difference = second - first
        let error = ((first + second - difference * difference) / rows).squareRoot()
        let reach = normalQuantile((1 + level) / 2) * error
        return (max(-1, difference - reach), min(1, difference + reach))
    }
}

/// Returns the quantile of the normal distribution for a share from 0.5 to 1.
func normalQuantile(_ share: Double) -> Double {
    guard share < 1 else { return .infinity }
    // Newton's method on the upper tail. The start is below the root of a convex function, so it converges from one side.
    let tail = 1 - share
    var x = 0.0
    for _ in 0..<100 {
        let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
        let step = (0.5 * erfc(x / 2.0.squareRoot()) - tail) / density
        x += step
        if abs(step) < 1e-15 * max(x, 1) { break }
    }
    return x
}
