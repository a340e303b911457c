import Base
import Datasets
import Network
import Tensors

/// Evaluates a model on labelled samples.
///
/// - data: The name of the data in messages and in the report.
/// - onBlock: Called with the number of samples done after each block. Its error ends the work.
public func evaluateSamples(
    _ labelled: LabelledSamples, with model: LoadedModel, data: String, report folder: String? = nil,
    onBlock: (Int) throws(CellarError) -> Void = { _ in }
) throws(CellarError) -> Evaluation {
    let evaluator = try Evaluator(model)
    guard let classes = evaluator.meaning.classes else {
        throw CellarError(
            .badData,
            "the data have classes, but \(model.name) is a regression.", file: data,
            remedy: "Use a table with --target.")
    }
    let meaning = LabelMeaning(classes)
    var numbers: [Int32?] = []
    for name in labelled.classes { numbers.append(meaning.number(of: name)) }
    var truth: [Int32] = []
    truth.reserveCapacity(labelled.labels.count)
    for (row, label) in labelled.labels.enumerated() {
        guard let number = numbers[label] else {
            throw CellarError(
                .badData,
                "sample \(row + 1): expected one of the model's classes (\(meaning.shown)), found "
                    + "\"\(labelled.classes[label])\".", file: data)
        }
        truth.append(number)
    }
    do {
        var output = try ReportFolder(folder, meaning: evaluator.meaning)
        let step = 4096
        for start in stride(from: 0, to: truth.count, by: step) {
            let rows = start..<min(start + step, truth.count)
            let targets = Targets.classes(Array(truth[rows]))
            let numbers = rows.map { $0 + 1 }
            let predictions = try evaluator.add(
                labelled.samples.selecting(rows), targets, rows: numbers, of: data)
            try output.add(predictions, targets, rows: numbers)
            try onBlock(rows.upperBound)
        }
        let evaluation = try evaluator.evaluation(of: data)
        try output.finish(evaluation)
        return evaluation
    } catch { throw CellarError(error).at(file: data) }
}
