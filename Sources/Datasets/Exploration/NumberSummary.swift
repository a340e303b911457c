import Base
import Glibc

/// Statistics of a column of numbers; NaN counts as missing. Moments and quartiles are those of pandas' `describe`, whiskers
/// those of Matplotlib's box plots.
public struct NumberSummary: Equatable, Sendable {
    public let count, missing, distinct: Int
    /// The standard deviation with n - 1; NaN for fewer than two numbers.
    public let mean, deviation: Double
    public let minimum, lowQuartile, median, highQuartile, maximum: Double
    /// The most distant numbers within 1.5 times the distance of the quartiles.
    public let lowWhisker, highWhisker: Double
    /// Beyond the whiskers, sorted.
    public let outliers: [Double]
    public let isIntegral: Bool
    public let histogram: ValueHistogram

    /// Nil if there is no finite number.
    public init?(_ values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        (count, missing) = (sorted.count, values.count - sorted.count)
        var distinct = 1
        for index in sorted.indices.dropFirst() where sorted[index] != sorted[index - 1] { distinct += 1 }
        self.distinct = distinct
        // About the middle, so that large numbers keep their digits.
        let shift = sorted[sorted.count / 2]
        let mean = sorted.reduce(0) { $0 + ($1 - shift) } / Double(sorted.count) + shift
        let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        deviation = sorted.count > 1 ? (squares / Double(sorted.count - 1)).squareRoot() : .nan
        (minimum, maximum) = (first, last)
        let (low, high) = (quantile(sorted, 0.25), quantile(sorted, 0.75))
        (lowQuartile, highQuartile) = (low, high)
        median = Base.median(ofAscending: sorted) ?? .nan
        let reach = 1.5 * (high - low)
        let start = sorted.firstIndex { $0 >= low - reach } ?? 0
        let end = sorted.lastIndex { $0 <= high + reach } ?? sorted.count - 1
        (lowWhisker, highWhisker) = (min(sorted[start], low), max(sorted[end], high))
        outliers = Array(sorted[..<start]) + Array(sorted[(end + 1)...])
        isIntegral = sorted.allSatisfy { $0.magnitude < 1e15 && $0 == $0.rounded() }
        histogram = ValueHistogram(sorted: sorted, isIntegral: isIntegral)
    }
}

/// The quantile of sorted numbers, interpolated as NumPy does by default.
public func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
}

/// Pearson's correlation of the rows in which both columns have numbers, as pandas' `corr`; NaN where one is constant.
public func correlation(_ first: [Double], _ second: [Double]) -> Double {
    var (count, meanA, meanB) = (0.0, 0.0, 0.0)
    var (aa, bb, ab) = (0.0, 0.0, 0.0)
    for index in first.indices where first[index].isFinite && second[index].isFinite {
        // Welford's update, which does not cancel.
        count += 1
        let (a, b) = (first[index] - meanA, second[index] - meanB)
        meanA += a / count
        meanB += b / count
        aa += a * (first[index] - meanA)
        bb += b * (second[index] - meanB)
        ab += a * (second[index] - meanB)
    }
    guard count > 1, aa > 0, bb > 0 else { return .nan }
    return max(-1, min(1, ab / (aa.squareRoot() * bb.squareRoot())))
}
