import Base
import Datasets
import Metrics

/// A report about a labels file, a table with the columns `truth` and `prediction`.
public struct LabelsReport: Sendable {
    public let file: String
    public let count: Int
    /// Nil for too many classes, and for rows that may have several labels.
    public let matrix: ConfusionMatrix?
    public let report: ClassificationReport
    /// The share of the rows, or of their weights, whose class, or all of whose labels, are predicted right.
    public let accuracy: Double
    /// The labels of rows that may have several; nil for one class per row.
    public let sets: LabelSets?
    /// Labels that were asked for but do not occur.
    public let unknownLabels: [String]
    private let options: ReportOptions

    /// Reads a labels file. `truth` and `prediction` are the names of its columns.
    public init(
        _ file: String, truth: String = "truth", prediction: String = "prediction",
        dialect: TableDialect = TableDialect(), options: ReportOptions = ReportOptions()
    ) throws(CellarError) {
        (self.file, self.options) = (file, options)
        do {
            let table = try LabelsTable(file, truth: truth, prediction: prediction, dialect, options)
            count = table.count
            switch table.labels {
            case .pairs(var pairs):
                let chosen = try options.labels.map { (labels) throws(CellarError) in
                    try LabelsReport.places(of: labels, in: &pairs)
                }
                unknownLabels = chosen?.unknown ?? []
                let totals =
                    try table.weights.map { (weights) throws(CellarError) in
                        try ClassTotals(pairs, weights: weights)
                    }
                    ?? ClassTotals(
                        ClassCounts(truth: pairs.truth, prediction: pairs.prediction, classes: pairs.classes))
                report = try ClassificationReport(
                    totals, labels: chosen?.places, zeroDivision: options.zeroDivision)
                accuracy = totals.accuracy
                let whole = try LabelsReport.matrix(pairs, table.weights)
                matrix = chosen.flatMap { whole?.selecting($0.places) } ?? whole
                sets = nil
            case .sets(let sets):
                guard options.normalisation == nil else {
                    throw CellarError(
                        .usage,
                        "--normalize is for one class per row; rows with several labels have a matrix per label."
                    )
                }
                var labels = ClassNames(sets.labels)
                let places = options.labels?.map { labels.number(of: $0) }
                unknownLabels = zip(options.labels ?? [], places ?? []).filter { $1 == nil }.map(\.0)
                if let unknown = unknownLabels.first { throw labels.unknown(unknown, file: file) }
                let chosen = try places.map { (places) throws(CellarError) in
                    try sets.selecting(places.compactMap { $0.map(Int.init) })
                }
                self.sets = chosen ?? sets
                report = try ClassificationReport(chosen ?? sets, zeroDivision: options.zeroDivision)
                accuracy = sets.subsetAccuracy
                matrix = nil
            }
        } catch { throw CellarError(error).at(file: file) }
    }

    private static func matrix(
        _ pairs: LabelPairs, _ weights: [Double]?
    ) throws(CellarError) -> ConfusionMatrix? {
        guard pairs.classes.count <= ConfusionMatrix.maximumClasses else { return nil }
        if let weights { return try ConfusionMatrix(pairs, weights: weights) }
        return try ConfusionMatrix(pairs)
    }

    /// The numbers of the classes with these names. One that does not occur becomes a further class, as in scikit-learn.
    private static func places(
        of labels: [String], in pairs: inout LabelPairs
    ) throws(CellarError) -> (places: [Int], unknown: [String]) {
        var names = ClassNames(pairs.classes)
        let areNumbers = pairs.classes.allSatisfy { parsedNumber($0) != nil }
        var (classes, places, unknown) = (pairs.classes, [Int](), [String]())
        for label in labels {
            // Where classes have texts for names, "0" is no number of a class.
            let number =
                classes.firstIndex(ofSame: label)
                ?? (areNumbers ? names.number(of: label).map { Int($0) } : nil)
            if number == nil {
                unknown.append(label)
                classes.append(label)
            }
            let place = number ?? classes.count - 1
            guard !places.contains(place) else {
                throw CellarError(.usage, "--labels names the class \(label) twice.", remedy: "Name it once.")
            }
            places.append(place)
        }
        pairs = LabelPairs(classes: classes, truth: pairs.truth, prediction: pairs.prediction)
        return (places, unknown)
    }

    /// Warnings for the user, one line each.
    public var warnings: [String] {
        unknownLabels.isEmpty
            ? [] : ["no row has the label \(unknownLabels.map { "\"\($0)\"" }.joined(separator: ", "))"]
    }

    public var text: String { text { reportText($0, $1, options) } }

    /// The same with a text of the caller's for the confusion matrix, which is nil for too many classes, and for the
    /// classification report.
    public func text(_ results: (ConfusionMatrix?, ClassificationReport) -> String) -> String {
        let head = "data      \(file)\nsamples   \(count)\naccuracy  \(accuracy.fixed(4))\n"
        guard let sets else { return head + "\n" + results(matrix, report) }
        return head + "hamming   \(sets.hammingLoss.fixed(4))\n\n" + reportText(sets, report, options)
    }

    public var json: JSON {
        var object: JSONObject = [
            "data": .string(file), "samples": .integer(count), "accuracy": .number(accuracy),
        ]
        if let sets {
            object["hamming_loss"] = .number(sets.hammingLoss)
            object["multilabel_confusion_matrix"] = sets.matrixJSON
        } else {
            object["confusion_matrix"] = matrix?.json(normalised: options.normalisation) ?? .null
        }
        object["classification_report"] = report.json
        return .object(object)
    }

    /// Writes `report.txt`, `report.json` and `confusion_matrix.csv` to a folder, which is created if necessary.
    public func write(to folder: String) throws(CellarError) {
        try FileSystem.makeFolder(folder)
        try writeReport(
            folder, text: text, json: json,
            matrix: matrix?.csv(normalised: options.normalisation) ?? sets?.matrixCSV)
    }
}
