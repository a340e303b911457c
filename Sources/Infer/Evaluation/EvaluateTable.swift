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
            let rows = part?.rows(of: chunk) ?? Array(0..<chunk.count)
            if rows.isEmpty { continue }
            let truth = try columns.targets(of: chunk, rows, file: name)
            let samples: [Samples]
            do throws(FieldFault) {
                samples = try inputs.samples(of: chunk, model: 0, rows: rows)
            } catch {
                throw error.error(file: name, rowsBefore: chunk.firstRow - 1)
            }
            let numbers = rows.map { chunk.firstRow + $0 }
            try output.add(
                evaluator.add(samples, truth, rows: numbers, of: name), truth, rows: numbers)
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

/// The columns of a table with the targets of a model: of one output, a column with classes or a column for each number;
/// of several outputs, a column each.
private struct TargetColumns {
    private(set) var numbers: [String] = []
    private(set) var texts: [String] = []
    private var outputs: [Output] = []
    /// The index of the first of `texts` among the chunk's.
    var firstText = 0

    private enum Output {
        /// The index of the text column.
        case classes(Int, ClassNames)
        /// The index of the first number column, and their number.
        case numbers(Int, width: Int)
    }

    init(_ columns: [String], of evaluator: Evaluator) throws(CellarError) {
        let names = evaluator.classNames
        let widths = evaluator.outputSizes
        let expected = names.count > 1 ? names.count : names[0] == nil ? widths[0] : 1
        guard columns.count == expected else {
            throw CellarError(
                .usage,
                "\(evaluator.model.name): expected \(expected) target columns, found \(columns.count).",
                remedy: "Name them in the order of the outputs, such as --target a,b.")
        }
        for (index, names) in names.enumerated() {
            if let names {
                outputs.append(.classes(texts.count, names))
                texts.append(columns[index])
            } else {
                let own = expected == widths.count && widths.count > 1 ? [columns[index]] : columns
                guard own.count == widths[index] else {
                    throw CellarError(
                        .usage,
                        "\(evaluator.model.name): output \(index + 1) has \(widths[index]) numbers, but one "
                            + "column.", remedy: "Use .npy files.")
                }
                outputs.append(.numbers(numbers.count, width: own.count))
                numbers += own
            }
        }
    }

    mutating func targets(of chunk: CSVChunk, _ rows: [Int], file: String) throws(CellarError) -> [Targets] {
        var targets: [Targets] = []
        let first = chunk.columns - numbers.count
        for index in outputs.indices {
            switch outputs[index] {
            case .classes(let column, var names):
                targets.append(
                    .classes(
                        try labels(
                            of: chunk, rows, &names, file: file, column: texts[column], at: firstText + column
                        )))
                outputs[index] = .classes(column, names)
            case .numbers(let column, let width):
                let values = chunk.columns(first + column..<first + column + width, of: rows)
                targets.append(.values(values, width: width))
            }
        }
        return targets
    }
}

/// Finds the classes of a chunk's rows.
///
/// - index: The index of the column among the chunk's texts.
func labels(
    of chunk: CSVChunk, _ rows: [Int], _ classes: inout ClassNames, file: String, column: String,
    at index: Int = 0
) throws(CellarError) -> [Int32] {
    var all: [Int32] = []
    all.reserveCapacity(chunk.count)
    chunk.eachText { _, place, label in
        if place == index { all.append(classes.number(of: label) ?? -1) }
    }
    var numbers: [Int32] = []
    numbers.reserveCapacity(rows.count)
    for row in rows {
        guard all[row] >= 0 else {
            throw classes.unknown(
                chunk.text(row, column: index), file: file, row: chunk.firstRow + row, column: column)
        }
        numbers.append(all[row])
    }
    return numbers
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
