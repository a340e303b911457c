import Datasets
import Glibc
import JSONText
import Metrics
import Network

/// Writes a report as files: `report.txt`, `report.json`, `confusion_matrix.csv`, and `predictions.csv` with one line a
/// sample (`row,truth,prediction,probability` and for more than two classes a `probability_CLASS` each), which `infer
/// report` reads. Each file appears whole, and none before all samples are through.
struct ReportFolder: ~Copyable {
    private let folder: String?
    private var predictions: CSVWriter?
    private let labels: [[UInt8]]
    private var row = 0

    /// Nothing is written where `folder` is nil.
    init(_ folder: String?, head: Head) throws {
        self.folder = folder
        guard let folder else {
            (predictions, labels) = (nil, [])
            return
        }
        try makeFolder(folder)
        var writer = try CSVWriter(path: folder + "/predictions.csv")
        let truth: [String] =
            if case .values(let width) = head, width > 1 { (1...width).map { "truth_\($0)" } } else { ["truth"] }
        for name in ["row"] + truth + NewColumns(head).names { try writer.field(name) }
        try writer.endRow()
        var labels: [[UInt8]] = []
        for name in head.classes ?? [] { labels.append(writer.encoded(name)) }
        self.labels = labels
        predictions = consume writer
    }

    mutating func add(_ answers: Answers, _ targets: Targets) throws(DataError) {
        guard predictions != nil else { return }
        for index in 0..<answers.count {
            row += 1
            try predictions?.field(row)
            switch targets {
            case .classes(let classes):
                let label = answers.label(index)
                try predictions?.fields(labels[Int(classes[index])][...])
                try predictions?.fields(labels[label][...])
                try predictions?.field(answers.probability(index, of: label))
                if case .classes = answers.head {
                    for label in labels.indices { try predictions?.field(answers.probability(index, of: label)) }
                }
            case .values(let values, let width):
                for value in values[index * width..<(index + 1) * width] { try predictions?.field(value) }
                for value in answers.values(index) { try predictions?.field(value) }
            }
            try predictions?.endRow()
        }
    }

    mutating func finish(_ evaluation: Evaluation) throws {
        guard let folder else { return }
        try predictions?.finish()
        var matrix: ConfusionMatrix?
        if case .classes(let found, _, _) = evaluation.outcome { matrix = found }
        try writeReport(folder, text: evaluation.text, json: evaluation.json, matrix: matrix)
    }
}

func writeReport(_ folder: String, text: String, json: JSON, matrix: ConfusionMatrix?) throws(DataError) {
    try writeFile(folder + "/report.txt", Array(text.utf8))
    try writeFile(folder + "/report.json", Array((json.text(pretty: true) + "\n").utf8))
    if let matrix { try writeFile(folder + "/confusion_matrix.csv", Array(matrix.csv().utf8)) }
}

/// Makes a folder, with those above it, where it is not there yet.
func makeFolder(_ path: String) throws(InferError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
        made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/\(part)"
        guard unsafe mkdir(made, 0o777) != 0 && errno != EEXIST else { continue }
        let code = errno
        throw InferError(
            .inputOutput, "\(path): cannot make the folder: \(unsafe String(cString: strerror(code))).\nName another.",
            file: path)
    }
}
