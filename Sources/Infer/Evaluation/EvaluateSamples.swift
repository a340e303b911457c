import Base
import Datasets
import Network
import Tensors

/// Evaluates a model on labelled samples of classes.
///
/// - data: The name of the data in messages and in the report.
/// - onBlock: Called with the number of samples done after each block. Its error ends the work.
public func evaluateSamples(
    _ labelled: LabelledSamples, with model: LoadedModel, data: String, collecting: Collecting = [],
    report folder: String? = nil,
    onBlock: (Int) throws(CellarError) -> Void = { _ in }
) throws(CellarError) -> Evaluation {
    let evaluator = try Evaluator(model, collecting)
    guard var names = evaluator.classNames.first ?? nil, evaluator.meaning != nil else {
        throw CellarError(
            .badData, "the data have one class per sample, but \(model.name) does not predict one.",
            file: data,
            remedy: "Use a table with --target, or arrays.")
    }
    var numbers: [Int32?] = []
    for name in labelled.classes { numbers.append(names.number(of: name)) }
    var truth: [Int32] = []
    truth.reserveCapacity(labelled.labels.count)
    for (row, label) in labelled.labels.enumerated() {
        guard let number = numbers[label] else {
            throw names.unknown(labelled.classes[label], file: data, row: row + 1)
        }
        truth.append(number)
    }
    return try evaluate([labelled.samples], [.classes(truth)], evaluator, data, folder, onBlock)
}

/// Evaluates a model on arrays: one per input, and one with labels per output, in the model's order. Labels are what
/// `trainer` takes for the model's losses: class numbers, one-hot rows, several labels per sample, or values.
public func evaluateArrays(
    _ sampleFiles: [String], labels labelFiles: [String], with model: LoadedModel, data: String,
    collecting: Collecting = [], report folder: String? = nil, split: TablePart? = nil,
    onBlock: (Int) throws(CellarError) -> Void = { _ in }
) throws(CellarError) -> Evaluation {
    guard !labelFiles.isEmpty else {
        throw CellarError(
            .usage, "the array has no labels.", file: data,
            remedy: "Use --labels, for example --labels y.npy.")
    }
    let evaluator = try Evaluator(model, collecting)
    var inputs = try readArrays(sampleFiles, for: model)
    let losses = evaluator.objective.losses
    guard labelFiles.count == losses.count else {
        throw CellarError(
            .usage,
            "\(model.name): the model has \(losses.count) \(losses.count == 1 ? "output" : "outputs"), but "
                + "\(labelFiles.count) files with labels are given.",
            remedy: "Use --labels once per output, in the model's order.")
    }
    var targets: [Targets] = []
    var numbersOfFirst: [Int]?
    for (index, file) in labelFiles.enumerated() {
        do {
            let labels =
                file.hasSuffix(".npy")
                ? try readNPY(file)
                : Samples(shape: [1], floats: try readIDXLabels(file).map { Float($0) })
            var found = try Targets(labels: labels, for: losses[index])
            guard found.count == inputs[0].count else {
                throw CellarError(
                    .badData,
                    "expected \(inputs[0].count) labels, one per sample in \(sampleFiles[0]), found "
                        + "\(found.count).")
            }
            if index == 0, case .classes(let numbers) = found { numbersOfFirst = numbers.map { Int($0) } }
            if case .classes(let numbers) = found, evaluator.meaning != nil,
                var names = evaluator.classNames[index]
            {
                found = .classes(try classes(numbers, &names))
            }
            targets.append(found)
        } catch { throw CellarError(error).at(file: file) }
    }
    if let split {
        let rows = try rows(
            of: split, digest: DatasetDigest.files(sampleFiles + labelFiles), count: inputs[0].count, model,
            data
        ) {
            numbersOfFirst
        } hashes: {
            rowHashes(of: inputs)
        }
        (inputs, targets) = (inputs.map { $0.selecting(rows) }, targets.map { $0.selecting(rows) })
    }
    return try evaluate(inputs, targets, evaluator, data, folder, onBlock)
}

/// Finds the classes that numbers of an array mean.
private func classes(_ numbers: [Int32], _ names: inout ClassNames) throws(CellarError) -> [Int32] {
    var known: [Int32: Int32] = [:]
    var found: [Int32] = []
    found.reserveCapacity(numbers.count)
    for (row, number) in numbers.enumerated() {
        guard let index = known[number] ?? names.number(of: "\(number)") else {
            throw names.unknown("\(number)", file: nil, row: row + 1)
        }
        known[number] = index
        found.append(index)
    }
    return found
}

private func evaluate(
    _ inputs: [Samples], _ targets: [Targets], _ evaluator: Evaluator, _ data: String, _ folder: String?,
    _ onBlock: (Int) throws(CellarError) -> Void
) throws(CellarError) -> Evaluation {
    do {
        var output = try ReportFolder(folder, meaning: evaluator.reported)
        let step = 4096
        let count = inputs[0].count
        for start in stride(from: 0, to: count, by: step) {
            let rows = start..<min(start + step, count)
            let block = targets.map { $0.selecting(rows) }
            let numbers = rows.map { $0 + 1 }
            let found = try evaluator.add(
                inputs.map { $0.selecting(rows) }, block, rows: numbers, of: data)
            try output.add(found, block, rows: numbers)
            try onBlock(rows.upperBound)
        }
        let evaluation = try evaluator.evaluation(of: data)
        try output.finish(evaluation)
        return evaluation
    } catch { throw CellarError(error).at(file: data) }
}
