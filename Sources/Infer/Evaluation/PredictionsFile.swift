import Base
import Datasets
import Metrics
import Network

/// A CSV file with one line per sample: `row,truth,prediction,probability`, and `probability_CLASS` per class, from which
/// `infer report` knows the classes. Of more classes than people read side by side `row,truth,prediction,probability,
/// truth_probability,classes`, the last with a list of the classes in the first line. With several labels per sample `row`, and `truth_LABEL` and `probability_LABEL` per
/// label. For regression `row,truth,prediction`.
struct PredictionsFile: ~Copyable {
    private var writer: CSVWriter
    /// Class names as CSV fields, guarded against formulas; `infer report` takes the guard away.
    private let labels: [[UInt8]]
    /// The list of the classes that the next line has, if they have no columns of their own.
    private var list: [UInt8]?

    /// The column with the list of the classes, in its first row.
    static let classesColumn = "classes"

    init(_ path: String, meaning: OutputMeaning) throws(CellarError) {
        try self.init(PredictionsFile.start(path, meaning), meaning)
    }

    private init(_ writer: consuming CSVWriter, _ meaning: OutputMeaning) {
        var labels: [[UInt8]] = []
        for name in meaning.classes ?? [] { labels.append(writer.encoded(CSVGuard.guarded(name))) }
        self.labels = labels
        self.writer = writer
        if PredictionsFile.listsClasses(meaning) {
            list = self.writer.encoded(JSON.array((meaning.classes ?? []).map { .string($0) }).text())
        }
    }

    private static func listsClasses(_ meaning: OutputMeaning) -> Bool {
        guard case .classes(let classes, _) = meaning else { return false }
        return classes.count > ConfusionMatrix.mostReadableClasses
    }

    private static func start(_ path: String, _ meaning: OutputMeaning) throws(CellarError) -> CSVWriter {
        var (truth, scores) = (["truth"], NewColumns(meaning).names)
        switch meaning {
        case .values(let width): if width > 1 { truth = (1...width).map { "truth_\($0)" } }
        case .labels(let labels, _): truth = labels.map { "truth_\($0)" }
        case .binary(let classes, let score): scores += score.columns(classes)
        case .classes(_, let score) where listsClasses(meaning):
            let kind = score.kind.rawValue
            scores = ["prediction", kind, "truth_\(kind)", classesColumn]
        case .classes: break
        }
        var writer = try CSVWriter(path: path)
        for name in ["row"] + truth + scores { try writer.field(CSVGuard.guarded(name)) }
        try writer.endRow()
        return writer
    }

    /// - truth: The class of each sample, where it has exactly one.
    /// - rows: The numbers of the samples in the data, from 1.
    mutating func add(
        _ predictions: Predictions, _ targets: Targets, truth: [Int32]?, rows: [Int]
    ) throws(CellarError) {
        for index in 0..<predictions.count {
            try writer.field(rows[index])
            if let truth {
                try write(predictions, index, truth: Int(truth[index]))
            } else if case .values(let values, let width) = targets {
                for value in values[index * width..<(index + 1) * width] { try writer.field(value) }
                for value in predictions.values(index) { try writer.field(value) }
            }
            try writer.endRow()
        }
    }

    private mutating func write(_ predictions: Predictions, _ index: Int, truth: Int) throws(CellarError) {
        let label = predictions.label(index)
        try writer.fields(labels[truth][...])
        try writer.fields(labels[label][...])
        try writer.field(predictions.score(index, of: label))
        if let names = list {
            try writer.field(predictions.score(index, of: truth))
            try writer.fields(names[...])
            return list = []
        }
        for label in labels.indices { try writer.field(predictions.score(index, of: label)) }
    }

    mutating func finish() throws(CellarError) { try writer.finish() }
}
