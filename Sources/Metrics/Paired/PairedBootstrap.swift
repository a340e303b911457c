import Base

/// The distribution of a difference between two models' scores over resamples of the rows. A row is drawn together
/// with both models' predictions, so that what the models share cancels out.
///
/// Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), percentile interval.
public struct PairedBootstrap: Equatable, Sendable {
    /// The second model's score minus the first's, for the rows as they are.
    public let difference: Double
    public let first, second: Double
    /// The differences of the resamples, ascending. Resamples without a score are left out.
    public let resampled: [Double]

    public static let resamples = 2_000
    public static let seed: UInt64 = 20_261_129

    /// A score of two models for rows drawn with weights.
    protocol Source {
        /// Returns both models' scores; nil for a draw that has none.
        mutating func scores(_ draw: (inout SplitMix64) -> Int, _ random: inout SplitMix64) -> (
            Double, Double
        )?
        /// Both models' scores for the rows as they are.
        mutating func scores() -> (Double, Double)?
        var rows: Int { get }
        /// The number of rows on which the models differ.
        var differing: Int { get }
        /// Both models' scores where their predictions are exchanged in some of these rows, which are asked for in order. There
        /// must be scores for the rows as they are.
        mutating func scores(exchanging: (Int) -> Bool) -> (Double, Double)
    }

    init(
        _ source: some Source, resamples: Int = PairedBootstrap.resamples,
        seed: UInt64 = PairedBootstrap.seed,
        noScore: String
    ) throws(CellarError) {
        var source = source
        guard let own = source.scores() else { throw CellarError(.badData, noScore) }
        (first, second, difference) = (own.0, own.1, own.1 - own.0)
        var random = SplitMix64(seed: seed)
        let rows = source.rows
        var found: [Double] = []
        found.reserveCapacity(resamples)
        for _ in 0..<resamples {
            guard let scores = source.scores({ $0.below(rows) }, &random) else { continue }
            found.append(scores.1 - scores.0)
        }
        guard !found.isEmpty else { throw CellarError(.badData, noScore) }
        resampled = found.sorted()
    }

    /// The percentile interval, as `numpy.percentile` interpolates it; of a level such as 0.95.
    public func interval(level: Double) -> (lower: Double, upper: Double) {
        (quantile((1 - level) / 2), quantile((1 + level) / 2))
    }

    private func quantile(_ share: Double) -> Double {
        let place = share * Double(resampled.count - 1)
        let below = Int(place)
        let above = min(below + 1, resampled.count - 1)
        return resampled[below] + (resampled[above] - resampled[below]) * (place - Double(below))
    }

    /// The two-sided p-value: twice the share of resamples on the far side of 0, with one added to both counts, so that it
    /// is never 0 (Davison and Hinkley, 1997).
    public var pValue: Double {
        let below = resampled.count { $0 <= 0 }
        let above = resampled.count { $0 >= 0 }
        return min(1, 2 * Double(min(below, above) + 1) / Double(resampled.count + 1))
    }
}
