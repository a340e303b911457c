import Base

/// A confidence interval.
public struct Interval: Equatable, Sendable {
    public let lower, upper: Double

    public init(lower: Double, upper: Double) { (self.lower, self.upper) = (lower, upper) }

    public var json: JSON { .array([.number(lower), .number(upper)]) }

    /// The interval as `0.9412–0.9655`.
    public func text(_ digits: Int = 4) -> String { "\(lower.fixed(digits))–\(upper.fixed(digits))" }
}

/// Returns Wilson's confidence interval of a proportion, as SciPy's `binomtest(…).proportion_ci(method="wilson")`.
///
/// It stays within 0 to 1 and is right on average also for few rows and for proportions near 0 and 1.
public func wilsonInterval(_ hits: Int, of rows: Int, level: Double = 0.95) -> Interval {
    guard rows > 0 else { return Interval(lower: 0, upper: 1) }
    let z = normalQuantile((1 + level) / 2)
    let (n, p) = (Double(rows), Double(hits) / Double(rows))
    let denominator = 2 * (n + z * z)
    let center = (2 * n * p + z * z) / denominator
    let reach = z / denominator * (4 * n * p * (1 - p) + z * z).squareRoot()
    // Exactly 0 and 1 at the ends, where rounding would leave a trace.
    return Interval(
        lower: hits == 0 ? 0 : max(0, center - reach), upper: hits == rows ? 1 : min(1, center + reach))
}
