import Datasets

/// The columns that a model adds to a table: `prediction`, `probability` (of the predicted class), and for more than two
/// classes one `probability_CLASS` each. A regression adds `prediction`, or `prediction_1` and so on.
public struct NewColumns: Sendable {
    let head: Head
    public let names: [String]

    init(_ head: Head, prefix: String = "") {
        self.head = head
        let plain =
            switch head {
            case .classes(let classes, _):
                ["prediction", "probability"] + classes.map { "probability_\($0)" }
            case .binary: ["prediction", "probability"]
            case .values(1): ["prediction"]
            case .values(let width): (1...width).map { "prediction_\($0)" }
            }
        names = plain.map { prefix + $0 }
    }
}

/// Writes rows with their answers behind them, in the table's own delimiter.
struct AnswerWriter: ~Copyable {
    private var writer: CSVWriter
    /// For each model, its class names as the table's text.
    private let labels: [[[UInt8]]]
    /// Someone may be waiting at the other end of a pipe.
    private let flushes: Bool

    init(_ path: String, header: CSVHeader, columns: [NewColumns]) throws(DataError) {
        let started = try AnswerWriter.start(path, header, columns)
        self.init(started, columns: columns, flushes: path == "-")
    }

    private init(_ writer: consuming CSVWriter, columns: [NewColumns], flushes: Bool) {
        var labels: [[[UInt8]]] = []
        for column in columns {
            var texts: [[UInt8]] = []
            for name in column.head.classes ?? [] { texts.append(writer.encoded(name)) }
            labels.append(texts)
        }
        self.labels = labels
        self.flushes = flushes
        self.writer = writer
    }

    private static func start(
        _ path: String, _ header: CSVHeader, _ columns: [NewColumns]
    ) throws(DataError) -> CSVWriter {
        var writer = try CSVWriter(path: path, delimiter: header.delimiter)
        try writer.fields(header.bytes[...])
        for name in columns.flatMap(\.names) { try writer.field(name) }
        try writer.endRow()
        return writer
    }

    mutating func write(_ chunk: CSVChunk, _ answers: [Answers]) throws(DataError) {
        for row in 0..<chunk.count {
            try writer.fields(chunk.row(row))
            for model in answers.indices { try write(answers[model], row, labels[model]) }
            try writer.endRow()
        }
        if flushes { try writer.flush() }
    }

    private mutating func write(_ answers: Answers, _ row: Int, _ labels: [[UInt8]]) throws(DataError) {
        if case .values = answers.head {
            for value in answers.values(row) { try writer.field(value) }
            return
        }
        let label = answers.label(row)
        try writer.fields(labels[label][...])
        try writer.field(answers.probability(row, of: label))
        if case .classes = answers.head {
            for label in labels.indices { try writer.field(answers.probability(row, of: label)) }
        }
    }

    mutating func finish() throws(DataError) { try writer.finish() }
}
