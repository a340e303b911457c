/// The dark and the light part of a histogram, separated by Otsu's threshold.
///
/// Source: Otsu, "A threshold selection method from gray-level histograms" (1979).
struct Levels {
    /// Brighter pixels are light.
    let threshold: Int
    /// The median of each part.
    let dark, light: Double
    /// The 5 % quantile of the dark part and the 95 % quantile of the light part.
    let darkest, brightest: Double
    /// A robust standard deviation of each part.
    let darkSpread, lightSpread: Double
    /// The fraction of light pixels.
    let lightShare: Double

    /// The difference of the means of the two parts.
    let contrast: Double

    /// Returns nil if all pixels have the same level.
    init?(_ histogram: [Int]) {
        let total = histogram.reduce(0, +)
        let sum = histogram.indices.reduce(0) { $0 + $1 * histogram[$1] }
        var best = (variance: 0.0, threshold: -1, contrast: 0.0, count: 0)
        var (count, partSum) = (0, 0)
        for level in 0..<255 {
            count += histogram[level]
            partSum += level * histogram[level]
            guard count > 0, count < total else { continue }
            let gap = Double(sum - partSum) / Double(total - count) - Double(partSum) / Double(count)
            let variance = Double(count) * Double(total - count) * gap * gap
            if variance > best.variance { best = (variance, level, gap, count) }
        }
        guard best.threshold >= 0 else { return nil }
        (threshold, contrast) = (best.threshold, best.contrast)
        lightShare = Double(total - best.count) / Double(total)
        let low = Array(histogram[...best.threshold])
        let high = [Int](repeating: 0, count: best.threshold + 1) + histogram[(best.threshold + 1)...]
        (dark, light) = (quantile(low, 0.5), quantile(high, 0.5))
        (darkest, brightest) = (quantile(low, 0.05), quantile(high, 0.95))
        (darkSpread, lightSpread) = (spread(low, around: dark), spread(high, around: light))
    }
}

/// Returns the level of the given quantile of a histogram.
private func quantile(_ histogram: [Int], _ share: Double) -> Double {
    let wanted = share * Double(histogram.reduce(0, +))
    var count = 0
    for (level, here) in histogram.enumerated() {
        count += here
        if here > 0 && Double(count) >= wanted { return Double(level) }
    }
    return Double(max(histogram.count - 1, 0))
}

/// Returns the median absolute deviation times 1.4826, which is the standard deviation of a normal
/// distribution.
private func spread(_ histogram: [Int], around middle: Double) -> Double {
    var distances = [Int](repeating: 0, count: 256)
    for (level, count) in histogram.enumerated() { distances[Int(abs(Double(level) - middle))] += count }
    return 1.4826 * quantile(distances, 0.5)
}
