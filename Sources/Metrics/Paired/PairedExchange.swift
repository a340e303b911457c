import Base

/// A test whether two models differ: in each row their predictions are exchanged or not, by chance. Between equally good
/// models every exchange is as likely as what was found, however few rows or rows of a class there are; the bootstrap
/// alone takes a handful of rows for all rows there could be.
///
/// Source: Fisher (1935); for scores in the place of classes, Bandos, Rockette and Gur (2005), who exchange ranks.
public struct PairedExchange: Equatable, Sendable {
    /// Both models' scores for the rows as they are, and the second's minus the first's.
    public let first, second, difference: Double
    /// Two-sided: twice the share of exchanges with a difference at least this large in the same direction. Exact where there are
    /// no more exchanges than resamples; otherwise of random ones, with one added to both counts. `scipy.stats.permutation_test`
    /// computes the same.
    public let pValue: Double

    init(
        _ source: some PairedBootstrap.Source, resamples: Int, seed: UInt64 = PairedBootstrap.seed,
        noScore: String
    ) throws(CellarError) {
        var source = source
        guard let own = source.scores() else { throw CellarError(.badData, noScore) }
        let difference = own.1 - own.0
        (first, second, self.difference) = (own.0, own.1, difference)
        let (rows, rounding) = (source.differing, abs(difference) * 100 * Double.ulpOfOne)
        let isExact = rows < 62 && 1 << rows <= resamples
        let count = isExact ? 1 << rows : resamples
        var random = SplitMix64(seed: seed)
        var (below, above) = (0, 0)
        for exchange in 0..<count {
            var bits = UInt64(exchange)
            let scores = source.scores { row in
                if !isExact, row & 63 == 0 { bits = random.next() }
                return bits >> UInt64(row & 63) & 1 == 1
            }
            let found = scores.1 - scores.0
            if found <= difference + rounding { below += 1 }
            if found >= difference - rounding { above += 1 }
        }
        let added = isExact ? 0 : 1
        pValue = min(1, 2 * Double(min(below, above) + added) / Double(count + added))
    }
}
