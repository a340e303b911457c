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
        try reader.select(numbers: [], texts: [truth, prediction])
        var (rows, chunk) = (LabelRows(), CSVChunk())
        while try reader.read(into: &chunk) {
            try chunk.eachText { (row, column, label) throws(CellarError) in
                guard !label.isEmpty else {
                    throw CellarError(
                        .badData, file: file, row: chunk.firstRow + row,
                        column: column == 0 ? truth : prediction,
                        expected: "a class", found: "an empty field", fix: "Fill it in, or remove the row.")
                }
                if column == 0 { rows.add(truth: label) } else { rows.add(prediction: label) }
            }
        }
        return try rows.pairs()
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
