/// Counts of numbers between edges, of which there is one more; the last bin includes its upper edge, as in NumPy.
public struct ValueHistogram: Equatable, Sendable {
    public let edges: [Double]
    public let counts: [Int]

    public init(_ values: [Double], edges: [Double]) {
        var counts = [Int](repeating: 0, count: max(edges.count - 1, 0))
        if let first = edges.first, let last = edges.last {
            for value in values where value >= first && value <= last {
                // The first edge that is greater ends the bin.
                var (low, high) = (0, edges.count - 1)
                while low < high - 1 {
                    let middle = (low + high) / 2
                    if value >= edges[middle] { low = middle } else { high = middle }
                }
                counts[low] += 1
            }
        }
        (self.edges, self.counts) = (edges, counts)
    }

    /// Few whole numbers have a bin each; others have 5 to 30 bins, as many as the square root of their count.
    public init(sorted: [Double], isIntegral: Bool) {
        let (low, high) = (sorted[0], sorted[sorted.count - 1])
        if isIntegral, high - low <= 30 {
            self.init(sorted, edges: (0...Int(high - low) + 1).map { low - 0.5 + Double($0) })
            return
        }
        let bins = max(5, min(30, Int(Double(sorted.count).squareRoot().rounded(.up))))
        self.init(sorted, edges: Self.edges(low, high, bins))
    }

    /// Bins of equal width over all finite numbers; equal numbers are in the middle.
    public init(_ values: [Double], bins: Int) {
        let finite = values.filter(\.isFinite)
        var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        // Numbers so close that bins between them would have no width.
        if high / 2 - low / 2 <= max(abs(low), abs(high)) * 1e-12 {
            let margin = max(abs(low) * 1e-6, 1e-6)
            (low, high) = (
                max(low - margin, -.greatestFiniteMagnitude), min(high + margin, .greatestFiniteMagnitude)
            )
        }
        self.init(finite, edges: Self.edges(low, high, bins))
    }

    /// The differences are taken of parts: those of the ends could overflow.
    private static func edges(_ low: Double, _ high: Double, _ bins: Int) -> [Double] {
        let width = high / Double(bins) - low / Double(bins)
        return (0...bins).map { $0 == bins ? high : low + Double($0) * width }
    }
}
