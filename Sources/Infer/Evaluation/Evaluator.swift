import Base
import KerasFile
import Metrics
import Network
import Tensors

/// Runs a model on blocks of labelled samples and accumulates results. If the model ends with softmax or sigmoid, losses
/// are computed on logits, as in Keras, so that confident predictions do not give infinity.
final class Evaluator {
    let model: LoadedModel
    /// Nil for a model of several outputs.
    let meaning: OutputMeaning?
    let objective: Objective
    private var network: Predictor
    /// The meaning of what `network` gives.
    private let computed: OutputMeaning?
    private let sums: ObjectiveSums
    /// Computes the losses and metrics that the model was compiled with by the code that training measures with, so that the
    /// same rows give the same digits. Nil for a model that was not compiled, or cannot be trained here.
    private var batches: TrainingExecutor?
    private var batchSums = BatchResult()

    private(set) var truth: [Int32] = []
    private(set) var prediction: [Int32] = []
    private var errors = ErrorSums()
    private(set) var count = 0
    /// The number of rows that were left out because they have no target.
    var leftOut = 0
    private let seen: SeenCounter
    /// The outcome of each row; nil unless asked for, or if samples do not have one class each.
    private var rowResults: RowResults?
    /// The content of a report; nil unless asked for.
    private var collector: DetailCollector?
    /// True if a softmax or sigmoid was taken off the network.
    private let isStripped: Bool

    init(_ model: LoadedModel, _ collecting: Collecting = []) throws(CellarError) {
        // As it was trained, not folded: folded kernels round in another way.
        let network = model.file.model
        let meaning = network.outputs.count == 1 ? try model.outputMeaning() : nil
        let compiled = model.file.compiled?.objective
        guard let objective = compiled ?? meaning.map({ Objective(Evaluator.usualLoss($0)) }) else {
            throw CellarError(
                .badData,
                "\(model.name): the model has several outputs, and its file does not say their losses.",
                file: model.path, remedy: "Save the compiled model.")
        }
        let effective = objective.ignoringFromLogits(behind: network)
        let (stripped, onLogits) = try naming(file: model.path) {
            try objective.check(network)
            return try network.withLossesOnLogits(effective.losses)
        }
        self.network = try naming(file: model.path) {
            try Predictor(stripped, batchSize: 256, threads: model.threads)
        }
        (self.model, self.meaning, self.objective) = (model, meaning, objective)
        seen = SeenCounter(model.trainedRows, collectsMarks: !collecting.isEmpty)
        if collecting.contains(.rows), let meaning, meaning.hasOneClass, let classes = meaning.classes {
            rowResults = RowResults(classes: classes)
        }
        isStripped = onLogits[0] && !(effective.losses[0]?.fromLogits ?? false)
        computed =
            isStripped
            ? meaning?.with(effective.losses[0]?.naturalActivation == .softmax ? .softmax : .sigmoid)
            : meaning
        sums = ObjectiveSums(
            effective, shapes: network.outputShapes,
            // A model without a loss may give logits, which the usual loss takes.
            onLogits: compiled == nil
                ? [isStripped || [.logit, .exponential].contains(meaning?.score)] : onLogits)
        let isIndependent =
            objective.isMeanOverSamples && !network.hasActivityPenalty && !network.hasOutputMask
        if compiled != nil, network.isTrainableHere || !isIndependent {
            batches = try naming(file: model.path) { try Evaluator.batches(model.file.model, objective) }
        }
        if collecting.contains(.details) { collector = DetailCollector(model, meaning: reported) }
    }

    /// The classes of each output whose labels are class names or numbers; nil for numbers.
    var classNames: [ClassNames?] {
        guard let meaning else {
            return objective.losses.indices.map { index in
                guard let loss = objective.losses[index], !loss.isForNumbers else { return nil }
                let width = outputSizes[index]
                return ClassNames((0..<(width == 1 ? 2 : width)).map(String.init))
            }
        }
        guard meaning.hasOneClass, let names = meaning.classes else { return [nil] }
        // A hinge loss takes -1 for the first of two classes.
        let isHinge = names == ["0", "1"] && meaning.score?.kind == .margin
        return [ClassNames(names, otherNames: isHinge ? ["-1": 0] : [:])]
    }

    /// The numbers of each output per sample.
    var outputSizes: [Int] { network.network.outputShapes.map { $0.reduce(1, *) } }

    /// The meaning of the predictions in a report; nil if they are not listed there.
    var reported: OutputMeaning? {
        if case .values = meaning, !(objective.losses[0]?.isForNumbers ?? true) { return nil }
        return meaning
    }

    /// Makes an executor. Where the losses of a batch depend on each other it has the batch size of Keras' `evaluate`.
    private static func batches(
        _ model: Model, _ objective: Objective
    ) throws(CellarError) -> TrainingExecutor {
        let isIndependent =
            objective.isMeanOverSamples && !model.hasActivityPenalty && !model.hasOutputMask
        // A plan for training keeps the outputs of all layers: for large pictures it has room for few samples.
        let size = model.shapes.reduce(0) { $0 + $1.reduce(1, *) }
        let most = isIndependent ? max(1, min(256, (1 << 24) / max(size, 1))) : 32
        return try TrainingExecutor(model, objective: objective, optimizer: SGD(), batchSize: most)
    }

    /// Plans again if the model has free sizes and these samples differ in size from the last ones.
    private func bind(to samples: [Samples]) throws(CellarError) {
        let shapes = samples.map(\.shape)
        guard network.network.hasFreeSizes, shapes != network.network.inputShapes else { return }
        network = try Predictor(network.network.bound(to: shapes), batchSize: 256, threads: model.threads)
        if batches != nil { batches = try Evaluator.batches(model.file.model.bound(to: shapes), objective) }
    }

    private static func usualLoss(_ meaning: OutputMeaning) -> Loss {
        switch meaning {
        case .classes: Loss(.sparseCategoricalCrossentropy)
        case .binary, .labels: Loss(.binaryCrossentropy)
        case .values: Loss(.meanSquaredError)
        }
    }

    /// The predictions of a block, and the true classes where each sample has one.
    typealias Block = (predictions: Predictions, truth: [Int32]?)

    /// Adds samples with their targets and returns the predictions of a model's one output. `rows` are the numbers of the
    /// samples in the file.
    func add(
        _ samples: [Samples], _ targets: [Targets], rows: [Int], of file: String
    ) throws(CellarError) -> Block? {
        let outputs = try naming(file: model.path) {
            try bind(to: samples)
            return try network.predict(samples)
        }
        let shapes = network.network.outputShapes
        try naming(file: file) {
            for (index, loss) in objective.losses.enumerated() {
                try loss?.check(targets[index], shape: shapes[index])
            }
        }
        count += samples[0].count
        guard let computed else {
            try addSums(samples, outputs, targets, file)
            seen.add(samples, .other)
            return nil
        }
        let predictions = Predictions(outputs[0], meaning: computed)
        if let broken = predictions.firstNonFinite { throw nonFinite(model, row: rows[broken], of: file) }
        try addSums(samples, outputs, targets, file)
        let truth = trueClasses(targets[0])
        if let truth {
            self.truth += truth
            for row in 0..<predictions.count { prediction.append(Int32(predictions.label(row))) }
            seen.add(
                samples, .classes(truth: truth, prediction: Array(prediction.suffix(predictions.count))))
            rowResults?.add(predictions, truth: truth, rows: rows)
        } else if case .values = computed, case .values(let values, _) = targets[0],
            values.count == predictions.values.count
        {
            let width = max(values.count / max(predictions.count, 1), 1)
            for (index, value) in values.enumerated() {
                errors.add(Double(value), Double(predictions.values[index]), output: index % width)
            }
            seen.add(samples, .values(truth: values, prediction: predictions.values))
        } else {
            seen.add(samples, .other)
        }
        if let collector {
            let givesLogits = isStripped || [.softmax, .sigmoid].contains(computed.score?.link)
            collector.add(
                predictions, logits: givesLogits ? outputs[0].values : nil, truth: truth, targets[0],
                samples: samples, rows: rows)
        }
        return (predictions, truth)
    }

    private func addSums(
        _ samples: [Samples], _ outputs: [Tensor], _ targets: [Targets], _ file: String
    ) throws(CellarError) {
        guard let batches else { return sums.add(outputs, targets) }
        try naming(file: file) {
            let numbers = try batches.prepared(samples)
            try batches.check(numbers, targets)
            batchSums.add(batches.evaluate(numbers, targets))
        }
    }

    /// The true class of each sample; nil if samples have several labels, or values.
    private func trueClasses(_ targets: Targets) -> [Int32]? {
        guard let computed, computed.hasOneClass else { return nil }
        switch targets {
        case .classes(let classes): return classes
        case .values(let values, 1):
            // -1 and 1, or 0 and 1.
            let border: Float = computed.score?.kind == .margin ? 0 : 0.5
            return values.map { $0 > border ? 1 : 0 }
        case .values(let values, let width):
            return stride(from: 0, to: values.count, by: width).map { start in
                var best = start
                for place in start..<start + width where values[place] > values[best] { best = place }
                return Int32(best - start)
            }
        }
    }

    /// The penalties of regularizers. The loss of `batches` includes them.
    private var penalty: Double {
        guard batches == nil else { return 0 }
        let network = model.file.model
        return network.penalty(ofTrained: true) + (objective.isNewer ? 0 : network.penalty(ofTrained: false))
    }

    func evaluation(of data: String) throws(CellarError) -> Evaluation {
        var result = batches == nil ? sums.result : batchSums
        result.lossSum += penalty * Double(count)
        // Folding may merge the last layer into the one before.
        let names = objective.logNames(outputs: model.file.model.outputNames)
        let logs = zip(names, objective.logs(of: result)).map { (name: $0, value: $1) }
        let outcome: Evaluation.Outcome
        switch meaning {
        case .classes(let classes, _), .binary(let classes, _):
            outcome = try naming(file: data) {
                let counts = try ClassCounts(truth: truth, prediction: prediction, classes: classes)
                return .classes(
                    try ConfusionMatrix.ifReadable(truth: truth, prediction: prediction, classes: classes),
                    try ClassificationReport(counts), accuracy: counts.accuracy)
            }
        case .values where objective.losses[0]?.isForNumbers ?? true: outcome = .values(errors)
        default: outcome = .metrics
        }
        let seen = seen.result
        rowResults?.seen = seen?.marks
        collector?.details.seen = seen?.marks
        return Evaluation(
            model: model.name, data: data, count: count, logs: logs,
            lossName: objective.losses.compactMap { $0?.kind.rawValue }.joined(separator: ", "),
            lossWeight: objective.weights.count == 1 ? objective.weights[0] : 1,
            outcome: outcome, seen: seen?.rows, rowResults: rowResults,
            details: collector?.details, wasTrainedHere: model.facts?.dataset != nil,
            notComputed: model.file.compiled?.unknown ?? [], leftOut: leftOut)
    }
}

/// The parts of each row that an evaluation keeps.
public struct Collecting: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The predicted class and its score.
    public static let rows = Collecting(rawValue: 1)
    /// The scores of all classes, and the worst rows.
    public static let details = Collecting(rawValue: 2)
}

/// Sums over values and their predictions, for regression metrics.
public struct ErrorSums: Equatable, Sendable {
    private var count = 0.0
    private var distances = 0.0
    private var outputs: [Output] = []

    /// The sums of one of the values that a row has.
    private struct Output: Equatable {
        var count = 0.0
        var squares = 0.0
        // Welford's running mean and sum of squares around it.
        var (mean, spread) = (0.0, 0.0)
    }

    /// - output: Which of a row's values it is, from 0 on.
    mutating func add(_ truth: Double, _ prediction: Double, output: Int) {
        while outputs.count <= output { outputs.append(Output()) }
        count += 1
        distances += abs(prediction - truth)
        outputs[output].count += 1
        outputs[output].squares += (prediction - truth) * (prediction - truth)
        let distance = truth - outputs[output].mean
        outputs[output].mean += distance / outputs[output].count
        outputs[output].spread += distance * (truth - outputs[output].mean)
    }

    public var meanSquaredError: Double { outputs.reduce(0) { $0 + $1.squares } / count }
    public var meanAbsoluteError: Double { distances / count }
    /// The coefficient of determination, R²: of several outputs the mean of theirs, as scikit-learn's r2_score. An output whose true
    /// values are equal counts as 1 if all predictions are right, else as 0. Nil if no output has values that differ.
    public var r2: Double? {
        guard outputs.contains(where: { $0.spread > 0 }) else { return nil }
        let each = outputs.map { $0.spread > 0 ? 1 - $0.squares / $0.spread : $0.squares == 0 ? 1 : 0 }
        return each.reduce(0, +) / Double(outputs.count)
    }
}
