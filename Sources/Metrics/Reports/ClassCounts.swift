import Base

/// The number of true, predicted and correctly predicted rows of each class, from which precision and recall
/// follow.
public struct ClassCounts: Equatable, Sendable {
    public let classes: [String]
    /// By class: the rows with that true class.
    public let truth: [Int]
    /// By class: the rows with that predicted class.
    public let prediction: [Int]
    /// By class: the rows where both are that class.
    public let hits: [Int]

    /// The number of rows.
    public var total: Int { truth.reduce(0, +) }

    /// The classes that occur as truth or as prediction.
    public var present: [Int] { classes.indices.filter { truth[$0] > 0 || prediction[$0] > 0 } }

    /// The fraction of correct predictions.
    public var accuracy: Double { Double(hits.reduce(0, +)) / Double(total) }

    /// Counts class codes, row by row; code `c` stands for `classes[c]`.
    public init(truth: [Int32], prediction: [Int32], classes: [String]) throws(CellarError) {
        self = try Self.counted(truth, prediction, classes)
    }

    /// Counts class codes that are bytes.
    public init(truth: [UInt8], prediction: [UInt8], classes: [String]) throws(CellarError) {
        self = try Self.counted(truth, prediction, classes)
    }

    init(classes: [String], truth: [Int], prediction: [Int], hits: [Int]) {
        (self.classes, self.truth, self.prediction, self.hits) = (classes, truth, prediction, hits)
    }

    /// Sums the rows, columns and diagonal of a confusion matrix.
    public init(_ matrix: ConfusionMatrix) {
        let size = matrix.classes.count
        classes = matrix.classes
        truth = (0..<size).map { t in (0..<size).reduce(0) { $0 + matrix[t, $1] } }
        prediction = (0..<size).map { p in (0..<size).reduce(0) { $0 + matrix[$1, p] } }
        hits = (0..<size).map { matrix[$0, $0] }
    }

    // The compiler specializes this for each of the two code types.
    private static func counted<Code: FixedWidthInteger>(
        _ truth: [Code], _ prediction: [Code], _ classes: [String]
    ) throws(CellarError) -> ClassCounts {
        // A matrix of counts that fits the cache costs one addition per row instead of up to three.
        if classes.count <= 256 {
            return ClassCounts(try ConfusionMatrix.counted(truth, prediction, classes))
        }
        try requireRows(("true labels", truth.count), ("predictions", prediction.count))
        var counts = (
            truth: [Int](repeating: 0, count: classes.count),
            prediction: [Int](repeating: 0, count: classes.count),
            hits: [Int](repeating: 0, count: classes.count)
        )
        for row in truth.indices {
            let (t, p) = (Int(clamping: truth[row]), Int(clamping: prediction[row]))
            guard t >= 0, t < classes.count, p >= 0, p < classes.count else {
                throw codeOutOfRange(row: row, truth: t, prediction: p, classes: classes.count)
            }
            counts.truth[t] += 1
            counts.prediction[p] += 1
            if t == p { counts.hits[t] += 1 }
        }
        return ClassCounts(
            classes: classes, truth: counts.truth, prediction: counts.prediction, hits: counts.hits)
    }
}

func codeOutOfRange(row: Int, truth: Int, prediction: Int, classes: Int) -> CellarError {
    let (what, code) = truth < 0 || truth >= classes ? ("true label", truth) : ("prediction", prediction)
    return CellarError(
        .badData,
        "Row \(row + 1): the \(what) is class number \(code), but the \(classes) classes are numbered 0 to "
            + "\(classes - 1).")
}
