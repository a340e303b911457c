/// Sums the values in NumPy's order of additions, so that averages agree to the last bit.
///
/// Source: `pairwise_sum` in numpy/_core/src/umath/loops_utils.h.src: fewer than 8 values sequentially, up to
/// 128 in eight lanes, more by halves.
func pairwiseSum(_ values: Span<Double>) -> Double {
    let count = values.count
    if count < 8 {
        var sum = 0.0
        for i in 0..<count { sum += values[i] }
        return sum
    }
    if count <= 128 {
        var lanes = SIMD8<Double>()
        for lane in 0..<8 { lanes[lane] = values[lane] }
        var i = 8
        while i + 8 <= count {
            for lane in 0..<8 { lanes[lane] += values[i + lane] }
            i += 8
        }
        var sum =
            ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
        while i < count {
            sum += values[i]
            i += 1
        }
        return sum
    }
    var half = count / 2
    half -= half % 8
    return pairwiseSum(values.extracting(first: half)) + pairwiseSum(values.extracting(droppingFirst: half))
}

/// The same for an array. (Swift 6.3.1 crashes on the span of a temporary array.)
func pairwiseSum(_ values: [Double]) -> Double {
    pairwiseSum(values.span)
}

/// `numpy.mean`.
func mean(_ values: [Double]) -> Double {
    pairwiseSum(values) / Double(values.count)
}
