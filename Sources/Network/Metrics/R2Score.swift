import Tensors

/// Keras' R2Score: 1 − Σ(t − y)² / Σ(t − mean of t)², averaged over outputs.
/// Sums for each output: weights, t, t², (t − y)².
public struct R2Score: Equatable, Sendable {
    public enum OutputAverage: String, Sendable, CaseIterable {
        case uniform = "uniform_average"
        /// The mean weighted by the variance of each output's targets.
        case byVariance = "variance_weighted_average"
    }
    public var average: OutputAverage

    public init(_ average: OutputAverage = .uniform) { self.average = average }

    func add(_ out: Floats, _ target: Floats, _ weight: Double, to sums: inout [Double]) {
        for i in 0..<out.count {
            let (t, error) = (Double(target[i]), Double(target[i] - out[i]))
            sums[4 * i] += weight
            sums[4 * i + 1] += weight * t
            sums[4 * i + 2] += weight * t * t
            sums[4 * i + 3] += weight * error * error
        }
    }

    func result(_ sums: [Double]) -> Double {
        let outputs = stride(from: 0, to: sums.count, by: 4).map { i -> (score: Double, spread: Double) in
            let spread = sums[i + 2] - quotient(sums[i + 1] * sums[i + 1], sums[i])
            return (spread == 0 ? 0 : 1 - sums[i + 3] / spread, spread)
        }
        switch average {
        case .uniform: return quotient(outputs.reduce(0) { $0 + $1.score }, Double(outputs.count))
        case .byVariance:
            return quotient(
                outputs.reduce(0) { $0 + $1.score * $1.spread }, outputs.reduce(0) { $0 + $1.spread })
        }
    }
}
