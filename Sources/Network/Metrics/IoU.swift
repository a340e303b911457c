import Tensors

/// Keras' IoU and similar metrics: for each class, the number of positions whose target and prediction are
/// both the class, divided by the number where at least one is; averaged over classes. Sums: a matrix of
/// target classes (rows) and predicted classes.
public struct IoU: Equatable, Sendable {
    /// The form of class labels: numbers, the index of the largest output, or the side of a threshold.
    public enum LabelForm: Equatable, Sendable { case numbers, largest, threshold(Double) }

    public var classCount: Int
    /// The classes to average over; nil for all.
    public var classes: [Int]?
    public var ignoredClass: Int?
    public var truth, answer: LabelForm
    /// True for counts in integers as in Keras 3: weights are truncated.
    public var countsWhole = false

    public init(
        classCount: Int, classes: [Int]? = nil, truth: LabelForm = .numbers, answer: LabelForm = .numbers
    ) {
        (self.classCount, self.classes, self.truth, self.answer) = (classCount, classes, truth, answer)
    }

    func add(_ out: Floats, _ target: Floats, _ weight: Double, to sums: inout [Double]) {
        guard truth == .largest || answer == .largest else {
            for i in 0..<out.count {
                let predicted: Int? =
                    if case .threshold(let level) = answer { out[i] >= Float(level) ? 1 : 0 } else {
                        whole(out[i])
                    }
                count(whole(target[i]), predicted, weight, &sums)
            }
            return
        }
        // A class index was expanded to a one-hot row.
        count(largest(target), answer == .largest ? largest(out) : whole(out[0]), weight, &sums)
    }

    private func whole(_ number: Float) -> Int? { abs(number) < 0x1p31 ? Int(number) : nil }

    private func count(_ truth: Int?, _ answer: Int?, _ weight: Double, _ sums: inout [Double]) {
        guard let truth, let answer, truth != ignoredClass, (0..<classCount).contains(truth),
            (0..<classCount).contains(answer)
        else { return }
        sums[truth * classCount + answer] += countsWhole ? weight.rounded(.towardZero) : weight
    }

    func result(_ sums: [Double]) -> Double {
        var (total, counted) = (0.0, 0.0)
        for index in classes ?? Array(0..<classCount) where index < classCount {
            let both = sums[index * classCount + index]
            let row = (0..<classCount).reduce(0) { $0 + sums[index * classCount + $1] }
            let column = (0..<classCount).reduce(0) { $0 + sums[$1 * classCount + index] }
            let either = row + column - both
            guard either > 1e-9 else { continue }
            total += both / either
            counted += 1
        }
        return quotient(total, counted)
    }
}
