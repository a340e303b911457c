import Base
import Datasets
import Network
import Tensors

/// Evaluates a model on a table with labels. Memory grows by 8 bytes per row.
///
/// - target: The columns with the labels or values; nil: the `target` in the hyperparameters of the model's facts.
/// - part: The rows to use; nil for all.
/// - folder: The folder for a report (see `ReportFolder`); nil for none.
/// - onBlock: Called with the number of rows done after each block. Its error ends the work.
public func evaluateTable(
    _ reader: consuming CSVReader, with model: LoadedModel, target: [String]? = nil,
    part: PartOfTable? = nil, report folder: String? = nil,
    onBlock: (Int) throws(CellarError) -> Void = { _ in }
) throws(CellarError) -> Evaluation {
    let evaluator = try Evaluator(model)
    let inputs = try ModelColumns(of: [model])
    let targets =
        if let target { target } else { try recordedTarget(model, reader.header.names, reader.name) }
    let (name, width) = (reader.name, evaluator.meaning.width)
    let isValues = evaluator.meaning.classes == nil
    guard targets.count == (isValues ? width : 1) else {
        throw CellarError(
            .usage, "\(model.name): expected \(isValues ? width : 1) target columns, found \(targets.count).")
    }
    var reader = reader
    do {
        try reader.select(
            numbers: inputs.names + (isValues ? targets : []), texts: isValues ? [] : targets)
        var output = try ReportFolder(folder, meaning: evaluator.meaning)
        var chunk = CSVChunk()
        let meaning = LabelMeaning(evaluator.meaning.classes ?? [])
        while try reader.read(into: &chunk) {
            let rows = part?.rows(of: chunk) ?? Array(0..<chunk.count)
            if rows.isEmpty { continue }
            let truth =
                isValues
                ? Targets.values(chunk.lastColumns(width, of: rows), width: width)
                : .classes(try labels(of: chunk, rows, meaning, file: name, column: targets[0]))
            let samples = Samples(
                shape: [model.inputWidth], floats: chunk.firstColumns(inputs.names.count, of: rows))
            let numbers = rows.map { chunk.firstRow + $0 }
            let predictions = try evaluator.add(samples, truth, rows: numbers, of: name)
            try output.add(predictions, truth, rows: numbers)
            try onBlock(evaluator.count)
        }
        let evaluation = try evaluator.evaluation(
            of: part.map { "\(name), \($0.part.rawValue) rows" } ?? name)
        try output.finish(evaluation)
        return evaluation
    } catch { throw CellarError(error).at(file: name) }
}

func recordedTarget(_ model: LoadedModel, _ columns: [String], _ file: String) throws(CellarError)
    -> [String]
{
    if let targets = model.facts?.hyperparameters.targets, !targets.isEmpty { return targets }
    var features = NamePositions(model.features)
    let others = columns.filter { features.position(of: $0) == nil }
    throw CellarError(
        .usage,
        "the model does not record which column has the labels"
            + (others.isEmpty ? "." : "; columns that are not inputs: \(others.joined(separator: ", "))."),
        file: file, remedy: "Name it, for example --target \(others.first ?? "NAME").")
}

/// Parses the class labels of a chunk's rows.
func labels(
    of chunk: CSVChunk, _ rows: [Int], _ meaning: LabelMeaning, file: String, column: String
) throws(CellarError) -> [Int32] {
    var numbers: [Int32] = []
    numbers.reserveCapacity(rows.count)
    for row in rows {
        let text = chunk.text(row)
        guard let number = meaning.number(of: text) else {
            throw CellarError(
                .badData,
                "expected one of the model's classes (\(meaning.shown)), found \"\(text)\".",
                at: .init(file: file, row: chunk.firstRow + row, column: column))
        }
        numbers.append(number)
    }
    return numbers
}

extension CSVChunk {
    fileprivate func firstColumns(_ wanted: Int, of rows: [Int]) -> [Float] {
        if wanted == columns, rows.count == count { return Array(numbers.prefix(count * columns)) }
        return rows.flatMap { numbers[$0 * columns..<$0 * columns + wanted] }
    }

    fileprivate func lastColumns(_ wanted: Int, of rows: [Int]) -> [Float] {
        rows.flatMap { numbers[($0 + 1) * columns - wanted..<($0 + 1) * columns] }
    }
}
