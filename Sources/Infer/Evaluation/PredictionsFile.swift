import Base
import Datasets
import Network

/// `row,truth,prediction,probability`, and for more than two classes a `probability_CLASS` each, one line a sample, as
/// `infer report` reads it. For measured values `row,truth,prediction`.
struct PredictionsFile: ~Copyable {
    private var writer: CSVWriter
    /// Class names as the file's text.
    private let labels: [[UInt8]]

    init(_ path: String, head: Head) throws(CellarError) {
        try self.init(PredictionsFile.start(path, head), head)
    }

    private init(_ writer: consuming CSVWriter, _ head: Head) {
        var labels: [[UInt8]] = []
        for name in head.classes ?? [] { labels.append(writer.encoded(name)) }
        self.labels = labels
        self.writer = writer
    }

    private static func start(_ path: String, _ head: Head) throws(CellarError) -> CSVWriter {
        let truth =
            if case .values(let width) = head, width > 1 { (1...width).map { "truth_\($0)" } } else {
                ["truth"]
            }
        var writer = try CSVWriter(path: path)
        for name in ["row"] + truth + NewColumns(head).names { try writer.field(name) }
        try writer.endRow()
        return writer
    }

    /// - rows: Their numbers in the data, counted from 1.
    mutating func add(_ answers: Answers, _ targets: Targets, rows: [Int]) throws(CellarError) {
        for index in 0..<answers.count {
            try writer.field(rows[index])
            switch targets {
            case .classes(let classes): try write(answers, index, truth: Int(classes[index]))
            case .values(let values, let width):
                for value in values[index * width..<(index + 1) * width] { try writer.field(value) }
                for value in answers.values(index) { try writer.field(value) }
            }
            try writer.endRow()
        }
    }

    private mutating func write(_ answers: Answers, _ index: Int, truth: Int) throws(CellarError) {
        let label = answers.label(index)
        try writer.fields(labels[truth][...])
        try writer.fields(labels[label][...])
        try writer.field(answers.probability(index, of: label))
        guard case .classes = answers.head else { return }
        for label in labels.indices { try writer.field(answers.probability(index, of: label)) }
    }

    mutating func finish() throws(CellarError) { try writer.finish() }
}
