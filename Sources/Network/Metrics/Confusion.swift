import Tensors

/// Precision or recall at a threshold, or one of the counts that they are computed from. Outputs above the
/// threshold are positive. Sums: true positives, false positives, false negatives, true negatives.
public struct Confusion: Equatable, Sendable {
    public enum Share: String, Sendable, CaseIterable {
        case precision = "Precision"
        case recall = "Recall"
        case truePositives = "TruePositives"
        case falsePositives = "FalsePositives"
        case falseNegatives = "FalseNegatives"
        case trueNegatives = "TrueNegatives"
    }
    public var share: Share
    /// The threshold. Nil means 0.5, or with `topK`, below all values.
    public var threshold: Double?
    /// If set, only the k largest outputs of a position can be positive.
    public var topK: Int?
    /// If set, only this output counts.
    public var classIndex: Int?

    public init(_ share: Share, threshold: Double? = nil, topK: Int? = nil, classIndex: Int? = nil) {
        (self.share, self.threshold, self.topK, self.classIndex) = (share, threshold, topK, classIndex)
    }

    func add(_ out: Floats, _ target: Floats, _ weight: Double, to sums: inout [Double]) {
        let level = threshold.map { Float($0) } ?? (topK == nil ? 0.5 : -.infinity)
        for i in 0..<out.count where classIndex == nil || classIndex == i {
            let isChosen = out[i] > level && isAmongTop(out, i)
            switch (isChosen, target[i] != 0) {
            case (true, true): sums[0] += weight
            case (true, false): sums[1] += weight
            case (false, true): sums[2] += weight
            case (false, false): sums[3] += weight
            }
        }
    }

    /// Returns true if the output is among the `topK` largest; the first of equal outputs is preferred.
    private func isAmongTop(_ out: Floats, _ i: Int) -> Bool {
        guard let topK else { return true }
        var before = 0
        for j in 0..<out.count where out[j] > out[i] || out[j] == out[i] && j < i { before += 1 }
        return before < topK
    }

    func result(_ sums: [Double]) -> Double {
        switch share {
        case .precision: quotient(sums[0], sums[0] + sums[1])
        case .recall: quotient(sums[0], sums[0] + sums[2])
        case .truePositives: sums[0]
        case .falsePositives: sums[1]
        case .falseNegatives: sums[2]
        case .trueNegatives: sums[3]
        }
    }
}

/// Keras' F-score: the harmonic mean of precision and recall, with recall weighted β² times as much. Sums for
/// each class: true positives, false positives, false negatives, targets.
public struct FScore: Equatable, Sendable {
    public enum ClassAverage: String, Sendable, CaseIterable { case micro, macro, weighted }
    public var average: ClassAverage
    public var beta: Double
    /// The threshold. If nil, only the largest output is positive.
    public var threshold: Double?

    public init(average: ClassAverage, beta: Double = 1, threshold: Double? = nil) {
        (self.average, self.beta, self.threshold) = (average, beta, threshold)
    }

    func add(_ out: Floats, _ target: Floats, _ weight: Double, to sums: inout [Double]) {
        var highest = -Float.infinity
        for i in 0..<out.count { highest = max(highest, out[i]) }
        for i in 0..<out.count {
            // Keras' exception for a row of zeros, where every output is the largest.
            let isChosen = threshold.map { out[i] > Float($0) } ?? (out[i] >= highest && abs(out[i]) > 1e-9)
            let (t, chosen) = (Double(target[i]), isChosen ? 1.0 : 0)
            sums[4 * i] += weight * chosen * t
            sums[4 * i + 1] += weight * chosen * (1 - t)
            sums[4 * i + 2] += weight * (1 - chosen) * t
            sums[4 * i + 3] += weight * t
        }
    }

    func result(_ sums: [Double]) -> Double {
        let classes = stride(from: 0, to: sums.count, by: 4).map { Array(sums[$0..<$0 + 4]) }
        switch average {
        case .micro:
            return score(classes.reduce([0, 0, 0]) { sum, part in (0..<3).map { sum[$0] + part[$0] } })
        case .macro: return quotient(classes.reduce(0) { $0 + score($1) }, Double(classes.count))
        case .weighted:
            return quotient(
                classes.reduce(0) { $0 + score($1) * $1[3] }, classes.reduce(0) { $0 + $1[3] })
        }
    }

    private func score(_ sums: [Double]) -> Double {
        let precision = quotient(sums[0], sums[0] + sums[1])
        let recall = quotient(sums[0], sums[0] + sums[2])
        return quotient(precision * recall, beta * beta * precision + recall) * (1 + beta * beta)
    }
}
