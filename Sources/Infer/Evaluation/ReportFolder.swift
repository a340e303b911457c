import Datasets
import Base
import Metrics
import Network

/// Writes a report as files: `report.txt`, `report.json`, `confusion_matrix.csv`, and `predictions.csv` with one line
/// per sample. Files are written atomically, after all samples have been computed.
struct ReportFolder: ~Copyable {
    private let folder: String?
    private var file: PredictionsFile?

    /// Writes nothing if `folder` is nil, and no predictions if `meaning` is.
    init(_ folder: String?, meaning: OutputMeaning?) throws(CellarError) {
        self.folder = folder
        file = try ReportFolder.predictionsFile(in: folder, meaning)
    }

    private static func predictionsFile(
        in folder: String?, _ meaning: OutputMeaning?
    ) throws(CellarError) -> PredictionsFile? {
        guard let folder else { return nil }
        try FileSystem.makeFolder(folder)
        guard let meaning else { return nil }
        return try PredictionsFile(folder + "/predictions.csv", meaning: meaning)
    }

    mutating func add(
        _ block: Evaluator.Block?, _ targets: [Targets], rows: [Int]
    ) throws(CellarError) {
        guard let block else { return }
        try file?.add(block.predictions, targets[0], truth: block.truth, rows: rows)
    }

    mutating func finish(_ evaluation: Evaluation) throws(CellarError) {
        guard let folder else { return }
        try file?.finish()
        var matrix: ConfusionMatrix?
        if case .classes(let found, _, _) = evaluation.outcome { matrix = found }
        try writeReport(folder, text: evaluation.text, json: evaluation.json, matrix: matrix?.csv())
    }
}

func writeReport(_ folder: String, text: String, json: JSON, matrix: String?) throws(CellarError) {
    try writeFile(folder + "/report.txt", Array(text.utf8))
    try writeReportFile(folder + "/report.json", json)
    if let matrix { try writeFile(folder + "/confusion_matrix.csv", Array(matrix.utf8)) }
}

/// Writes a JSON file of a report: indented, but with a row of numbers on one line.
func writeReportFile(_ path: String, _ json: JSON) throws(CellarError) {
    try writeFile(path, Array((json.strict.text(pretty: true, numbersInRows: true) + "\n").utf8))
}
