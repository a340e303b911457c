/// The distribution of numbers in buckets of equal width, as TensorBoard's histograms have it.
///
/// Source: `histogram` in tensorboard/plugins/histogram/summary_v2.py.
public struct Histogram: Equatable, Sendable {
    /// One more than the buckets.
    public let edges: [Double]
    public let counts: [Double]

    /// Numbers that are infinite or NaN are left out.
    public init(_ values: [Float], buckets: Int = 30) {
        let finite = values.filter(\.isFinite)
        var counts = [Double](repeating: 0, count: buckets)
        guard let least = finite.min().map(Double.init), let most = finite.max().map(Double.init) else {
            (edges, self.counts) = ([Double](repeating: 0, count: buckets + 1), counts)
            return
        }
        let range = most - least
        guard range > 0 else {
            counts[buckets - 1] = Double(finite.count)
            (edges, self.counts) = ([Double](repeating: least, count: buckets + 1), counts)
            return
        }
        let width = range / Double(buckets)
        for value in finite {
            counts[min(Int(((Double(value) - least) / width).rounded(.down)), buckets - 1)] += 1
        }
        // numpy.linspace: the last edge is exact.
        edges = (0...buckets).map { $0 == buckets ? most : Double($0) * width + least }
        self.counts = counts
    }

    /// [buckets, 3]: left edge, right edge, count.
    var rows: [Double] { counts.indices.flatMap { [edges[$0], edges[$0 + 1], counts[$0]] } }
}
