import Base

/// The number of rows for each pair of true class (row) and predicted class (column).
public struct ConfusionMatrix: Equatable, Sendable {
    /// The denominator of a normalised matrix, as scikit-learn's `normalize`.
    public enum Normalisation: String, CaseIterable, Sendable {
        /// Each true class: rows sum to 1, and the diagonal is the recall.
        case truth = "true"
        /// Each predicted class: columns sum to 1, and the diagonal is the precision.
        case prediction = "pred"
        /// All rows.
        case all
    }

    /// The maximum number of classes. A larger matrix is unreadable and takes too much memory; a report does without.
    public static let maximumClasses = 2_048

    public let classes: [String]
    /// [truth, prediction], row-major.
    public let counts: [Int]
    /// [truth, prediction]: the sums of the rows' weights; nil if all rows count alike.
    public internal(set) var sums: [Double]?

    public subscript(truth: Int, prediction: Int) -> Int { counts[truth * classes.count + prediction] }

    /// Counts class codes, row by row; code `c` stands for `classes[c]`.
    public init(truth: [Int32], prediction: [Int32], classes: [String]) throws(CellarError) {
        self = try Self.counted(truth, prediction, classes)
    }

    /// Counts class codes as `init` does; nil for more than `maximumClasses`.
    public static func ifReadable(
        truth: [Int32], prediction: [Int32], classes: [String]
    ) throws(CellarError) -> ConfusionMatrix? {
        classes.count > maximumClasses
            ? nil : try ConfusionMatrix(truth: truth, prediction: prediction, classes: classes)
    }

    /// Counts class codes that are bytes.
    public init(truth: [UInt8], prediction: [UInt8], classes: [String]) throws(CellarError) {
        self = try Self.counted(truth, prediction, classes)
    }

    /// Counts two columns of a labels file.
    public init(_ pairs: LabelPairs) throws(CellarError) {
        try self.init(truth: pairs.truth, prediction: pairs.prediction, classes: pairs.classes)
    }

    /// Returns the shares [truth, prediction]; 0 if the denominator is 0.
    public func normalised(by normalisation: Normalisation) -> [Double] {
        if let sums { return normalised(sums, by: normalisation) }
        let size = classes.count
        let sums = ClassCounts(self)
        return counts.indices.map { cell in
            let whole =
                switch normalisation {
                case .truth: sums.truth[cell / size]
                case .prediction: sums.prediction[cell % size]
                case .all: sums.total
                }
            return whole == 0 ? 0 : Double(counts[cell]) / Double(whole)
        }
    }

    init(classes: [String], counts: [Int]) {
        (self.classes, self.counts) = (classes, counts)
    }

    // The compiler specializes this for each of the two code types.
    static func counted<Code: FixedWidthInteger>(
        _ truth: [Code], _ prediction: [Code], _ classes: [String]
    ) throws(CellarError) -> ConfusionMatrix {
        try requireRows(("true labels", truth.count), ("predictions", prediction.count))
        let size = classes.count
        guard size <= maximumClasses else {
            throw CellarError(
                .badData,
                "\(size) classes: a confusion matrix has at most \(maximumClasses).",
                remedy: "Check that the column has class labels."
            )
        }
        // Two tables alternate, so that an addition does not wait for the previous one to the same count.
        var even = [Int](repeating: 0, count: size * size)
        var odd = even
        for row in truth.indices {
            let (t, p) = (Int(clamping: truth[row]), Int(clamping: prediction[row]))
            guard t >= 0, t < size, p >= 0, p < size else {
                throw codeOutOfRange(row: row, truth: t, prediction: p, classes: size)
            }
            if row & 1 == 0 { even[t * size + p] += 1 } else { odd[t * size + p] += 1 }
        }
        for cell in even.indices { even[cell] += odd[cell] }
        return ConfusionMatrix(classes: classes, counts: even)
    }
}
