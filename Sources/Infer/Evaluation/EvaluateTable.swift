import Base
import Datasets
import Network
import Tensors

/// Evaluates a model on a table with labels. Memory grows by 8 bytes per row.
///
/// - target: The columns with the labels or values; nil: the `target` in the hyperparameters of the model's facts.
/// - part: The rows to use; nil for all.
/// - collecting: The parts of each row that are kept.
/// - folder: The folder for a report (see `ReportFolder`); nil for none.
/// - onBlock: Called with the number of rows done after each block. Its error ends the work.
public func evaluateTable(
    _ reader: consuming CSVReader, with model: LoadedModel, target: [String]? = nil,
    part: PartOfTable? = nil, collecting: Collecting = [], report folder: String? = nil,
    onBlock: (Int) throws(CellarError) -> Void = { _ in }
) throws(CellarError) -> Evaluation {
    let evaluator = try Evaluator(model, collecting)
    let inputs = try TableInputs(of: [model])
    let targets =
        if let target { target } else { try recordedTarget(model, reader.header.names, reader.name) }
    let name = reader.name
    let title = reader.moreFiles == 0 ? name : "\(name) and \(reader.moreFiles) more"
    var columns = try TargetColumns(targets, of: evaluator)
    var reader = reader
    do {
        try reader.select(
            numbers: inputs.numbers + columns.numbers, texts: inputs.texts + columns.texts,
            missingAsNaN: inputs.missingAsNaN)
        columns.firstText = inputs.texts.count
        var output = try ReportFolder(folder, meaning: evaluator.reported)
        var chunk = CSVChunk()
        while try reader.read(into: &chunk) {
            let asked = part?.rows(of: chunk) ?? Array(0..<chunk.count)
            if asked.isEmpty { continue }
            let (rows, truth) = try columns.targets(of: chunk, asked, file: name)
            evaluator.leftOut += asked.count - rows.count
            if rows.isEmpty { continue }
            let samples: [Samples]
            do throws(FieldFault) {
                samples = try inputs.samples(of: chunk, model: 0, rows: rows)
            } catch {
                throw error.error(file: name, rowsBefore: chunk.firstRow - 1)
            }
            let numbers = rows.map { chunk.firstRow + $0 }
            let block: Evaluator.Block?
            do throws(CellarError) {
                block = try evaluator.add(samples, truth, rows: numbers, of: name)
            } catch {
                guard let fault = inputs.unknownValue(in: samples, model: 0, rows: rows) else { throw error }
                throw fault.error(file: name, rowsBefore: chunk.firstRow - 1)
            }
            try output.add(block, truth, rows: numbers)
            try onBlock(evaluator.count)
        }
        guard evaluator.count > 0 || evaluator.leftOut == 0 else {
            throw CellarError(
                .badData, "none of the \(evaluator.leftOut) rows has a target.", file: name,
                column: targets.first,
                remedy: "Use a table with targets, or name another column with --target.")
        }
        let evaluation = try evaluator.evaluation(
            of: part.map { "\(title), \($0.part.rawValue) rows" } ?? title)
        try output.finish(evaluation)
        return evaluation
    } catch { throw reader.placed(CellarError(error).at(file: name)) }
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

extension CSVChunk {
    func firstColumns(_ wanted: Int, of rows: [Int]) -> [Float] {
        if wanted == columns, rows.count == count { return Array(numbers.prefix(count * columns)) }
        return rows.flatMap { numbers[$0 * columns..<$0 * columns + wanted] }
    }

    func columns(_ places: Range<Int>, of rows: [Int]) -> [Float] {
        rows.flatMap { numbers[$0 * columns + places.lowerBound..<$0 * columns + places.upperBound] }
    }
}
