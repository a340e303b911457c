import Datasets
import Glibc
import Base
import Metrics
import Network

/// Writes a report as files: `report.txt`, `report.json`, `confusion_matrix.csv`, and `predictions.csv` with one line a
/// sample. Each file appears whole, and none before all samples are through.
struct ReportFolder: ~Copyable {
    private let folder: String?
    private var predictions: PredictionsFile?

    /// Nothing is written where `folder` is nil.
    init(_ folder: String?, head: Head) throws(CellarError) {
        self.folder = folder
        predictions = try ReportFolder.predictions(in: folder, head)
    }

    private static func predictions(in folder: String?, _ head: Head) throws(CellarError) -> PredictionsFile?
    {
        guard let folder else { return nil }
        try makeFolder(folder)
        return try reporting { try PredictionsFile(folder + "/predictions.csv", head: head) }
    }

    mutating func add(_ answers: Answers, _ targets: Targets, rows: [Int]) throws(CellarError) {
        try predictions?.add(answers, targets, rows: rows)
    }

    mutating func finish(_ evaluation: Evaluation) throws(CellarError) {
        guard let folder else { return }
        try predictions?.finish()
        var matrix: ConfusionMatrix?
        if case .classes(let found, _, _) = evaluation.outcome { matrix = found }
        try writeReport(folder, text: evaluation.text, json: evaluation.json, matrix: matrix)
    }
}

func writeReport(_ folder: String, text: String, json: JSON, matrix: ConfusionMatrix?) throws(CellarError) {
    try writeFile(folder + "/report.txt", Array(text.utf8))
    try writeFile(folder + "/report.json", Array((json.text(pretty: true) + "\n").utf8))
    if let matrix { try writeFile(folder + "/confusion_matrix.csv", Array(matrix.csv().utf8)) }
}

/// Makes a folder, with those above it, where it is not there yet.
func makeFolder(_ path: String) throws(CellarError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
        made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/\(part)"
        guard unsafe mkdir(made, 0o777) != 0 && errno != EEXIST else { continue }
        let code = errno
        throw CellarError(
            .cannotCreate,
            "cannot make the folder: \(unsafe String(cString: strerror(code))).\nName another.",
            file: path)
    }
}
