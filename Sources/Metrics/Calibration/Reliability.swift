import Base

/// The agreement of probabilities with frequencies, by bins of equal width.
///
/// Source: `calibration_curve` of scikit-learn 1.9 with `strategy="uniform"` (an edge belongs to the lower bin); the expected
/// calibration error is that of Guo et al., "On Calibration of Modern Neural Networks" (2017).
public struct Reliability: Equatable, Sendable {
    public struct Bin: Equatable, Sendable {
        public let lower, upper: Double
        public let rows: Int
        /// The mean predicted probability of the bin's rows; nil without rows.
        public let meanProbability: Double?
        /// The share of the bin's rows for which the prediction came true; nil without rows.
        public let frequency: Double?
        /// Wilson's 95 % interval of `frequency`; nil without rows.
        public let interval: Interval?
    }

    public let bins: [Bin]
    public let rows: Int

    /// - Parameters:
    ///   - probabilities: The probability of an event for each row, such as that the predicted class is right.
    ///   - outcomes: Whether the event came true.
    ///   - count: The number of bins.
    public init(
        probabilities: [Double], outcomes: [Bool], bins count: Int = 10
    ) throws(CellarError) {
        try requireRows(("outcomes", outcomes.count), ("probabilities", probabilities.count))
        if let row = probabilities.firstIndex(where: { !(0...1).contains($0) }) {
            throw CellarError(
                .badData, "Row \(row + 1): \(probabilities[row]) is not a probability (0 to 1).")
        }
        // numpy.linspace(0, 1, count + 1).
        let step = 1 / Double(count)
        let edges = (0...count).map { $0 == count ? 1 : Double($0) * step }
        var sums = [Double](repeating: 0, count: count)
        var hits = [Int](repeating: 0, count: count)
        var rows = hits
        for (row, probability) in probabilities.enumerated() {
            var bin = min(Int(probability * Double(count)), count - 1)
            while bin > 0, probability <= edges[bin] { bin -= 1 }
            while bin + 1 < count, probability > edges[bin + 1] { bin += 1 }
            sums[bin] += probability
            rows[bin] += 1
            if outcomes[row] { hits[bin] += 1 }
        }
        self.rows = probabilities.count
        bins = (0..<count).map { bin in
            let n = rows[bin]
            return Bin(
                lower: edges[bin], upper: edges[bin + 1], rows: n,
                meanProbability: n == 0 ? nil : sums[bin] / Double(n),
                frequency: n == 0 ? nil : Double(hits[bin]) / Double(n),
                interval: n == 0 ? nil : wilsonInterval(hits[bin], of: n))
        }
    }

    /// The mean distance between probability and frequency over all rows (ECE).
    public var expectedError: Double {
        bins.reduce(0) { $0 + Double($1.rows) / Double(rows) * distance($1) }
    }

    /// The largest distance in any bin (MCE).
    public var maximumError: Double { bins.reduce(0) { max($0, distance($1)) } }

    private func distance(_ bin: Bin) -> Double {
        guard let probability = bin.meanProbability, let frequency = bin.frequency else { return 0 }
        return abs(frequency - probability)
    }

    public var json: JSON {
        let bins = bins.map { bin -> JSON in
            [
                "lower": .number(bin.lower), "upper": .number(bin.upper), "samples": .integer(bin.rows),
                "mean_probability": bin.meanProbability.map { .number($0) } ?? .null,
                "frequency": bin.frequency.map { .number($0) } ?? .null,
                "interval": bin.interval?.json ?? .null,
            ]
        }
        return [
            "expected_calibration_error": .number(expectedError),
            "maximum_calibration_error": .number(maximumError), "bins": .array(bins),
        ]
    }
}
