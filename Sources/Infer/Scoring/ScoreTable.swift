import Base
import Datasets
import Tensors

/// Predicts every row of a table and writes the input's columns byte for byte, then the models' columns, with the input's byte
/// order mark and line ends; a last line without an end stays so. Memory does not depend on the table's length. `output` is renamed into place when it is complete.
///
/// Several threads (as many as the models were loaded for, or as suit this machine) each take a block of rows, parse,
/// compute and format it, and write it in order: the output does not depend on the number of threads.
///
/// - reader: The table. Columns are found by name, in any order.
/// - prefix: A prefix for the names of new columns; with several models, the model's name follows it.
/// - isRaw: Whether texts are written as they are; otherwise those that a spreadsheet would run as formulas are guarded.
/// - onBlock: Called with the number of rows done after each block, from any thread but one at a time. Its error ends the work.
/// - Returns: the number of rows.
public func scoreTable(
    _ reader: consuming CSVReader, with models: [LoadedModel], to output: String, prefix: String = "",
    isRaw: Bool = false, onBlock: @escaping (Int) throws(CellarError) -> Void = { _ in }
) throws(CellarError) -> Int {
    precondition(!models.isEmpty)
    let inputs = try ModelColumns(of: models)
    let meanings = try models.map { (model) throws(CellarError) in try model.outputMeaning() }
    let columns = zip(models, meanings).map { model, meaning in
        NewColumns(meaning, prefix: prefix + (models.count > 1 ? "\(model.name) " : ""))
    }
    if reader.header.isInFile {
        try refuseTaken(columns.flatMap(\.names), reader.header.names, reader.name)
    }
    let (name, header) = (reader.name, reader.header)
    do {
        if isRaw {
            try reader.select(
                numbers: inputs.numbers, texts: inputs.texts, missingAsNaN: inputs.missingAsNaN)
        } else {
            try reader.select(
                numbers: inputs.numbers, texts: inputs.texts, missingAsNaN: inputs.missingAsNaN, andRest: true
            )
        }
        var writer = try CSVWriter(path: output, delimiter: header.delimiter)
        if header.hasMark { try writer.mark() }
        // A table without column names stays one.
        if header.isInFile {
            try writer.fields((isRaw ? header.bytes : header.guardedBytes)[...])
            for name in columns.flatMap(\.names) { try writer.field(isRaw ? name : CSVGuard.guarded(name)) }
            try writer.endRow(carriageReturn: header.endsInReturn)
        }
        let run = ScoreRun(
            reader, writer, models: models, inputs: inputs, columns: columns, isRaw: isRaw, onBlock: onBlock)
        return try run.run(threads: models[0].threadsIfChosen ?? min(Processor.count, 4))
    } catch { throw CellarError(error).at(file: name) }
}

private func refuseTaken(_ new: [String], _ present: [String], _ file: String) throws(CellarError) {
    guard let taken = new.first(where: Set(present).contains) else { return }
    throw CellarError(
        .badData,
        "the table already has a column \"\(taken)\".", file: file, column: taken,
        remedy: "Remove it, or use --prefix to rename the new columns.")
}

func nonFinite(_ model: LoadedModel, row: Int, of file: String) -> CellarError {
    CellarError(
        .badData, "\(model.name) predicts infinity or NaN.", at: .init(file: file, row: row),
        remedy: "Check that the row's values are in the range of the training data.")
}
