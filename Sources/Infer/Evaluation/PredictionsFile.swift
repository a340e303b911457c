import Base
import Datasets
import Network

/// A CSV file with one line per sample: `row,truth,prediction,probability`, and for more than two classes
/// `probability_CLASS` per class; `infer report` reads it. For regression `row,truth,prediction`.
struct PredictionsFile: ~Copyable {
    private var writer: CSVWriter
    /// Class names as CSV fields.
    private let labels: [[UInt8]]

    init(_ path: String, meaning: OutputMeaning) throws(CellarError) {
        try self.init(PredictionsFile.start(path, meaning), meaning)
    }

    private init(_ writer: consuming CSVWriter, _ meaning: OutputMeaning) {
        var labels: [[UInt8]] = []
        for name in meaning.classes ?? [] { labels.append(writer.encoded(name)) }
        self.labels = labels
        self.writer = writer
    }

    private static func start(_ path: String, _ meaning: OutputMeaning) throws(CellarError) -> CSVWriter {
        let truth =
            if case .values(let width) = meaning, width > 1 { (1...width).map { "truth_\($0)" } } else {
                ["truth"]
            }
        var writer = try CSVWriter(path: path)
        for name in ["row"] + truth + NewColumns(meaning).names { try writer.field(name) }
        try writer.endRow()
        return writer
    }

    /// - rows: The numbers of the samples in the data, from 1.
    mutating func add(_ predictions: Predictions, _ targets: Targets, rows: [Int]) throws(CellarError) {
        for index in 0..<predictions.count {
            try writer.field(rows[index])
            switch targets {
            case .classes(let classes): try write(predictions, index, truth: Int(classes[index]))
            case .values(let values, let width):
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
        try writer.field(predictions.probability(index, of: label))
        guard case .classes = predictions.meaning else { return }
        for label in labels.indices { try writer.field(predictions.probability(index, of: label)) }
    }

    mutating func finish() throws(CellarError) { try writer.finish() }
}
