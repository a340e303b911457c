import Base
import Glibc

/// A comparison of two models' predictions for the same rows by McNemar's exact test.
///
/// Source: McNemar (1947), with the binomial distribution in place of chi-squared; Dietterich (1998)
/// recommends it for models that were trained once.
public struct PairedComparison: Equatable, Sendable {
    public let rows: Int
    public let bothRight: Int
    public let onlyFirstRight: Int
    public let onlySecondRight: Int
    public var bothWrong: Int { rows - bothRight - onlyFirstRight - onlySecondRight }

    /// The second model's accuracy minus the first's.
    public var accuracyDifference: Double { Double(onlySecondRight - onlyFirstRight) / Double(rows) }

    public init(
        truth: [Int32], first: [Int32], second: [Int32]
    ) throws(CellarError) {
        try requireRows(("true labels", truth.count), ("predictions of the first model", first.count))
        try requireRows(("true labels", truth.count), ("predictions of the second model", second.count))
        var counts = (both: 0, first: 0, second: 0)
        for row in truth.indices {
            switch (truth[row] == first[row], truth[row] == second[row]) {
            case (true, true): counts.both += 1
            case (true, false): counts.first += 1
            case (false, true): counts.second += 1
            case (false, false): break
            }
        }
        rows = truth.count
        (bothRight, onlyFirstRight, onlySecondRight) = counts
    }

    /// Creates a comparison from counts.
    init(rows: Int, bothRight: Int, onlyFirstRight: Int, onlySecondRight: Int) {
        (self.rows, self.bothRight) = (rows, bothRight)
        (self.onlyFirstRight, self.onlySecondRight) = (onlyFirstRight, onlySecondRight)
    }

    /// The two-sided p-value: the probability of a difference at least this large between two equally good
    /// models.
    public var pValue: Double {
        let (fewer, all) = (min(onlyFirstRight, onlySecondRight), onlyFirstRight + onlySecondRight)
        // The binomial distribution at 1/2, summed from its largest term down; each term is a multiple of the
        // previous one.
        var (term, sum) = (1.0, 1.0)
        for k in stride(from: fewer, to: 0, by: -1) {
            term *= Double(k) / Double(all - k + 1)
            sum += term
            if term < sum * 1e-17 { break }
        }
        return min(1, 2 * sum * fairCoinProbability(heads: fewer, of: all))
    }
}

/// Returns the probability of `heads` heads in `flips` flips of a fair coin.
///
/// Source: Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000); lgamma would lose
/// digits.
private func fairCoinProbability(heads: Int, of flips: Int) -> Double {
    let (k, n) = (Double(heads), Double(flips))
    if heads == 0 { return exp2(-n) }
    let exponent =
        stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n / 2)
        - deviance(n - k, n / 2)
    return exp(exponent) * sqrt(n / (2 * .pi * k * (n - k)))
}

/// log(n!) minus Stirling's approximation.
private func stirlingError(_ n: Double) -> Double {
    if n < 16 {
        let factorial = stride(from: 1, through: n, by: 1).reduce(1, *)
        return log(factorial) - (n + 0.5) * log(n) + n - 0.5 * log(2 * .pi)
    }
    let square = n * n
    return
        (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / square) / square) / square) / square)
        / n
}

/// x log(x / m) + m - x, accurate also if x is close to m.
private func deviance(_ x: Double, _ m: Double) -> Double {
    let difference = x - m
    guard abs(difference) < 0.1 * (x + m) else { return x * log(x / m) + m - x }
    let ratio = difference / (x + m)
    var sum = difference * ratio
    var power = 2 * x * ratio
    var odd = 1.0
    while true {
        power *= ratio * ratio
        odd += 2
        let next = sum + power / odd
        if next == sum { return sum }
        sum = next
    }
}
