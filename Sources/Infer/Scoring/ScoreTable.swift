import Datasets
import Tensors

/// Answers for every row of a table: the input's columns byte for byte, then the models' own. Memory stays the same,
/// whatever the table's length. `output` appears once it is complete.
///
/// Three stages pass a block of rows on, each with buffers of its own: reading, computing, writing.
///
/// - reader: The table; the columns are found by name, in any order.
/// - prefix: Put before the names of new columns; with several models, each model's name is too.
/// - Returns: the number of rows.
public func scoreTable(
    _ reader: consuming CSVReader, with models: [LoadedModel], to output: String, prefix: String = ""
) throws(InferError) -> Int {
    precondition(!models.isEmpty)
    let inputs = try ModelColumns(of: models)
    let heads = try models.map { (model) throws(InferError) in try model.head() }
    let columns = zip(models, heads).map { model, head in
        NewColumns(head, prefix: prefix + (models.count > 1 ? "\(model.name) " : ""))
    }
    try refuseTaken(columns.flatMap(\.names), reader.header.names, reader.name)
    var reader = reader
    do {
        try reader.select(numbers: inputs.names)
        var writer = try AnswerWriter(output, header: reader.header, columns: columns)
        var chunk = CSVChunk()
        var rows = 0
        while try reader.read(into: &chunk) {
            let answers = try inputs.answers(of: models, to: chunk, file: reader.name)
            try writer.write(chunk, answers)
            rows += chunk.count
        }
        try writer.finish()
        return rows
    } catch { throw InferError(error, file: reader.name) }
}

private func refuseTaken(_ new: [String], _ present: [String], _ file: String) throws(InferError) {
    guard let taken = new.first(where: present.contains) else { return }
    throw InferError(
        .badData,
        "the table has a column \"\(taken)\" already, which would be written. Take it out, or name the new ones "
            + "otherwise with --prefix.", file: file, column: taken)
}

/// The columns that some models need, each once, and where a model finds its own among them.
struct ModelColumns {
    let names: [String]
    /// For each model, the places of its features; nil where they are all columns, in order.
    private let places: [[Int]?]

    init(of models: [LoadedModel]) throws(InferError) {
        var names: [String] = []
        var places: [[Int]] = []
        for model in models {
            places.append(
                try model.requiredFeatures().map { feature in
                    if let known = position(of: feature, in: names) { return known }
                    names.append(feature)
                    return names.count - 1
                })
        }
        self.names = names
        self.places = places.map { $0 == Array(names.indices) ? nil : $0 }
    }

    /// - extra: Number columns of the chunk behind the models'.
    func answers(
        of models: [LoadedModel], to chunk: CSVChunk, file: String, extra: Int = 0
    ) throws(InferError) -> [Answers] {
        var all: [Answers] = []
        for (model, places) in zip(models, places) {
            let places = places ?? (extra > 0 ? Array(names.indices) : nil)
            let numbers =
                places.map { gather(chunk, $0) } ?? Array(chunk.numbers.prefix(chunk.count * chunk.columns))
            let answers = try model.answers(Samples(shape: [model.inputWidth], floats: numbers))
            try refuseBroken(answers, model, first: chunk.firstRow, of: file)
            all.append(answers)
        }
        return all
    }

    private func gather(_ chunk: CSVChunk, _ places: [Int]) -> [Float] {
        var numbers: [Float] = []
        numbers.reserveCapacity(chunk.count * places.count)
        for row in 0..<chunk.count {
            for place in places { numbers.append(chunk.numbers[row * chunk.columns + place]) }
        }
        return numbers
    }
}

/// An error where an answer is infinite or not a number, which names the sample. `first` is the first one's number.
func refuseBroken(
    _ answers: Answers, _ model: LoadedModel, first: Int = 1, of file: String
) throws(InferError) {
    guard let row = answers.firstBroken else { return }
    throw InferError(
        .badData,
        "row \(first + row): \(model.name) gives no number for it (infinity or NaN).\nAre its values far outside of what the "
            + "model was trained on?", file: file)
}
