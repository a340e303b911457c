import Datasets
import Base
import Metrics

/// A report about a labels file, a table with the columns `truth` and `prediction`.
public struct LabelsReport: Sendable {
    public let file: String
    public let count: Int
    /// Nil for too many classes.
    public let matrix: ConfusionMatrix?
    public let report: ClassificationReport
    public let accuracy: Double

    /// Reads a labels file. `truth` and `prediction` are the names of its columns.
    public init(
        _ file: String, truth: String = "truth", prediction: String = "prediction",
        dialect: TableDialect = TableDialect()
    ) throws(CellarError) {
        self.file = file
        do {
            let pairs = try LabelsReport.labels(file, truth, prediction, dialect)
            let counts = try ClassCounts(
                truth: pairs.truth, prediction: pairs.prediction, classes: pairs.classes)
            count = pairs.truth.count
            matrix = try ConfusionMatrix.ifReadable(
                truth: pairs.truth, prediction: pairs.prediction, classes: pairs.classes)
            report = try ClassificationReport(counts)
            accuracy = counts.accuracy
        } catch { throw CellarError(error).at(file: file) }
    }

    private static func labels(
        _ file: String, _ truth: String, _ prediction: String, _ dialect: TableDialect
    ) throws -> LabelPairs {
        var reader = try CSVReader(path: file, dialect: dialect)
        let classes = reader.header.names.compactMap(className(ofColumn:))
        try reader.select(numbers: [], texts: [truth, prediction])
        var (columns, chunk) = ((LabelColumn(), LabelColumn()), CSVChunk())
        while try reader.read(into: &chunk) {
            chunk.eachText { row, column, label in
                let start = isGuarded(label) ? 1 : 0
                let label = label.extracting(start...)
                if column == 0 { columns.0.add(label) } else { columns.1.add(label) }
            }
        }
        if let known = pairs(columns.0, columns.1, classes) { return known }
        return try LabelPairs(
            truth: columns.0, prediction: columns.1, file: reader.name, columns: (truth, prediction))
    }

    /// The pairs of a table with a column for each class, as `infer evaluate` and `infer score` write it: these
    /// are the classes, also those called NA or 007. Nil if a label is none of them.
    private static func pairs(
        _ truth: LabelColumn, _ prediction: LabelColumn, _ classes: [String]
    ) -> LabelPairs? {
        guard !classes.isEmpty else { return nil }
        // Blanks around a class are lost in the name of its column.
        let labels = truth.labels + prediction.labels
        let classes = classes.map { name in
            labels.contains(name) ? name : labels.first { trimmed($0) == name } ?? name
        }
        var names = ClassNames(classes)
        guard let truth = truth.numbers(in: &names), let prediction = prediction.numbers(in: &names) else {
            return nil
        }
        return LabelPairs(classes: classes, truth: truth, prediction: prediction)
    }

    public var text: String {
        "data      \(file)\nsamples   \(count)\naccuracy  \(accuracy.fixed(4))\n\n"
            + reportText(matrix, report)
    }

    public var json: JSON {
        [
            "data": .string(file), "samples": .integer(count), "accuracy": .number(accuracy),
            "confusion_matrix": matrix?.json() ?? .null,
            "classification_report": report.json,
        ]
    }

    /// Writes `report.txt`, `report.json` and `confusion_matrix.csv` to a folder, which is created if necessary.
    public func write(to folder: String) throws(CellarError) {
        try FileSystem.makeFolder(folder)
        try writeReport(folder, text: text, json: json, matrix: matrix)
    }
}

/// Whether a guard against formulas was put before a label.
private func isGuarded(_ label: Span<UInt8>) -> Bool {
    guard label.count > 1, label[0] == UInt8(ascii: "'") else { return false }
    return CSVGuard.isNeeded((1..<label.count).map { label[$0] }[...])
}

private func trimmed(_ label: String) -> Substring {
    var label = label[...]
    while label.first?.isWhitespace ?? false { label.removeFirst() }
    while label.last?.isWhitespace ?? false { label.removeLast() }
    return label
}
