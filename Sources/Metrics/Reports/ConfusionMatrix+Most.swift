import Base

extension ConfusionMatrix {
    /// The most classes of a matrix that people read cell by cell. Of a larger one, texts and pictures show the most frequent
    /// confusions.
    public static let mostReadableClasses = 100

    /// True if people can read the matrix cell by cell.
    public var isReadable: Bool { classes.count <= Self.mostReadableClasses }

    /// Rows of one class that were taken for another.
    public struct ConfusedClasses: Equatable, Sendable {
        public var truth, prediction: String
        /// The number of rows, or the sum of their weights.
        public var rows: String
        /// The share of the rows of the true class, from 0 to 1.
        public var share: Double
    }

    /// The pairs of classes that are confused most often, the most frequent first.
    public func mostConfused(_ limit: Int) -> [ConfusedClasses] {
        let size = classes.count
        let shares = normalised(by: .truth)
        func weight(_ cell: Int) -> Double { sums?[cell] ?? Double(counts[cell]) }
        let cells = counts.indices.filter { $0 / size != $0 % size && weight($0) > 0 }
        let most = cells.sorted { (weight($0), $1) > (weight($1), $0) }.prefix(limit)
        return most.map { cell in
            ConfusedClasses(
                truth: classes[cell / size], prediction: classes[cell % size], rows: countText(cell),
                share: shares[cell])
        }
    }

    /// A line for each of the 20 pairs that are confused most often.
    public func confusionsText(digits: Int = 3) -> String {
        let rows =
            [["truth", "predicted", "rows", "share of truth"]]
            + mostConfused(20).map {
                [printable($0.truth), printable($0.prediction), $0.rows, $0.share.fixed(digits)]
            }
        let widths = (0..<4).map { column in rows.map { $0[column].unicodeScalars.count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = row.enumerated().map { padded($1, to: widths[$0], left: $0 > 1) }
            return cells.joined(separator: "  ") + "\n"
        }
        return "\(classes.count) classes; the most frequent confusions (--json has all of the matrix):\n\n"
            + lines.joined()
    }
}
