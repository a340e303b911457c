import Base

extension ConfusionMatrix {
    /// Adds up the weights of rows, as scikit-learn's `confusion_matrix` with `sample_weight`.
    ///
    /// - weights: One for each row: finite, and not negative.
    public init(_ pairs: LabelPairs, weights: [Double]) throws(CellarError) {
        try self.init(pairs)
        try requireWeights(weights, rows: pairs.truth.count)
        var sums = [Double](repeating: 0, count: counts.count)
        for (row, weight) in weights.enumerated() {
            sums[Int(pairs.truth[row]) * classes.count + Int(pairs.prediction[row])] += weight
        }
        self.sums = sums
    }

    /// The same with some classes, in that order. Rows with another true or predicted class are left out, as scikit-learn does
    /// with `labels`.
    public func selecting(_ chosen: [Int]) -> ConfusionMatrix {
        let places = chosen.flatMap { truth in chosen.map { truth * classes.count + $0 } }
        var part = ConfusionMatrix(classes: chosen.map { classes[$0] }, counts: places.map { counts[$0] })
        part.sums = sums.map { sums in places.map { sums[$0] } }
        return part
    }

    /// The sums of weights, normalised in NumPy's order of additions.
    func normalised(_ sums: [Double], by normalisation: Normalisation) -> [Double] {
        let size = classes.count
        let rows = (0..<size).map { pairwiseSum(Array(sums[$0 * size..<($0 + 1) * size])) }
        let columns = (0..<size).map { column in (0..<size).reduce(0) { $0 + sums[$1 * size + column] } }
        let all = pairwiseSum(sums)
        return sums.indices.map { cell in
            let whole =
                switch normalisation {
                case .truth: rows[cell / size]
                case .prediction: columns[cell % size]
                case .all: all
                }
            return whole == 0 ? 0 : sums[cell] / whole
        }
    }
}
