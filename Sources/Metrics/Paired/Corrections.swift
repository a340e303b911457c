/// Returns p-values corrected for the number of comparisons by Holm's method (1979), in the order of `pValues`. Below 0.05
/// they keep the probability of any wrong "better" among all comparisons below 5 %.
public func holmCorrected(_ pValues: [Double]) -> [Double] {
    var corrected = pValues
    var largest = 0.0
    for (rank, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
        largest = max(largest, min(1, Double(pValues.count - rank) * pValues[index]))
        corrected[index] = largest
    }
    return corrected
}

/// Returns a p-value corrected for `comparisons` by Bonferroni's method, which needs no other p-value.
public func bonferroniCorrected(_ pValue: Double, comparisons: Int) -> Double {
    min(1, pValue * Double(max(comparisons, 1)))
}
