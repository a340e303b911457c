import Base
import KerasFile
import Metrics
import Network
import Tensors

/// Runs a model on blocks of labelled samples and accumulates results. If the model ends with softmax or sigmoid, losses
/// are computed on logits, as in Keras, so that confident predictions do not give infinity.
final class Evaluator {
    let model: LoadedModel
    let meaning: OutputMeaning
    private var network: Predictor
    private let loss: Loss
    /// True if the network outputs logits.
    private let onLogits: Bool
    /// Computes losses that are not means over independent samples.
    private var batches: TrainingExecutor?

    private(set) var truth: [Int32] = []
    private(set) var prediction: [Int32] = []
    private var lossSum = 0.0
    private var errors = ErrorSums()
    private(set) var count = 0

    init(_ model: LoadedModel) throws(CellarError) {
        let whole = try model.outputMeaning()
        let compiled = model.file.compiled?.loss
        let loss = compiled ?? Evaluator.usualLoss(whole)
        let stripped = try naming(file: model.path) { try withoutLastActivation(model.folded, for: loss) }
        network = try naming(file: model.path) {
            try Predictor(stripped ?? model.folded, batchSize: 256, threads: model.threads)
        }
        meaning = stripped == nil ? whole : whole.onLogits
        self.model = model
        self.loss = loss
        onLogits = stripped != nil || (compiled?.fromLogits ?? meaning.isOnLogits)
        if compiled != nil, loss.dependsOnBatch || model.file.model.hasActivityPenalty {
            batches = try naming(file: model.path) { try Evaluator.batches(model.file.model, loss) }
        }
    }

    /// Makes an executor with the batch size of Keras' `evaluate`.
    private static func batches(_ model: Model, _ loss: Loss) throws(CellarError) -> TrainingExecutor {
        try TrainingExecutor(model, loss: loss, metrics: [], optimizer: SGD(), batchSize: 32)
    }

    /// Plans again if the model has free sizes and these samples differ in size from the last ones.
    private func bind(to samples: Samples) throws(CellarError) {
        guard network.network.hasFreeSizes, [samples.shape] != network.network.inputShapes else { return }
        network = try Predictor(
            network.network.bound(to: [samples.shape]), batchSize: 256, threads: model.threads)
        if batches != nil {
            batches = try Evaluator.batches(model.file.model.bound(to: [samples.shape]), loss)
        }
    }

    private static func usualLoss(_ meaning: OutputMeaning) -> Loss {
        switch meaning {
        case .classes: Loss(.sparseCategoricalCrossentropy)
        case .binary: Loss(.binaryCrossentropy)
        case .values: Loss(.meanSquaredError)
        }
    }

    /// Adds samples with their targets and returns the predictions. `rows` are their numbers in the file.
    func add(_ samples: Samples, _ targets: Targets, rows: [Int], of file: String) throws(CellarError)
        -> Predictions
    {
        let outputs = try naming(file: model.path) {
            try bind(to: samples)
            return try network.predict([samples])[0]
        }
        let predictions = Predictions(outputs, meaning: meaning)
        if let broken = predictions.firstNonFinite { throw nonFinite(model, row: rows[broken], of: file) }
        let width = meaning.width
        if let batches {
            try naming(file: file) { try batches.check([samples], targets) }
            lossSum += batches.evaluate([samples], targets).lossSum
        } else {
            for row in 0..<predictions.count {
                lossSum += loss.cost(
                    of: Array(outputs.values[row * width..<(row + 1) * width]),
                    wanted: targets.wanted(row, width), onLogits: onLogits)
            }
        }
        switch targets {
        case .classes(let classes):
            truth += classes
            for row in 0..<predictions.count { prediction.append(Int32(predictions.label(row))) }
        case .values(let values, _):
            for (value, answer) in zip(values, predictions.values) {
                errors.add(Double(value), Double(answer))
            }
        }
        count += predictions.count
        return predictions
    }

    /// The penalties of regularizers. The loss of `batches` includes them.
    private var penalty: Double {
        guard batches == nil else { return 0 }
        let network = model.file.model
        return network.penalty(ofTrained: true) + (loss.newer ? 0 : network.penalty(ofTrained: false))
    }

    func evaluation(of data: String) throws(CellarError) -> Evaluation {
        let mean = lossSum / Double(max(count, 1)) + penalty
        let outcome: Evaluation.Outcome =
            if let classes = meaning.classes {
                try naming(file: data) {
                    let counts = try ClassCounts(truth: truth, prediction: prediction, classes: classes)
                    return .classes(
                        try ConfusionMatrix.ifReadable(
                            truth: truth, prediction: prediction, classes: classes),
                        try ClassificationReport(counts), accuracy: counts.accuracy)
                }
            } else {
                .values(errors)
            }
        return Evaluation(
            model: model.name, data: data, count: count, loss: mean, lossName: loss.kind.rawValue,
            outcome: outcome)
    }
}

/// Sums over values and their predictions, for regression metrics.
public struct ErrorSums: Equatable, Sendable {
    private var count = 0.0
    private var (squares, distances) = (0.0, 0.0)
    // Welford's running mean and sum of squares around it.
    private var (mean, spread) = (0.0, 0.0)

    mutating func add(_ truth: Double, _ prediction: Double) {
        count += 1
        squares += (prediction - truth) * (prediction - truth)
        distances += abs(prediction - truth)
        let distance = truth - mean
        mean += distance / count
        spread += distance * (truth - mean)
    }

    public var meanSquaredError: Double { squares / count }
    public var meanAbsoluteError: Double { distances / count }
    /// The coefficient of determination, R².
    public var r2: Double { 1 - squares / spread }
}

extension Targets {
    /// One number for each output: one-hot for a class.
    fileprivate func wanted(_ row: Int, _ width: Int) -> [Float] {
        switch self {
        case .classes(let classes):
            width == 1 ? [Float(classes[row])] : (0..<width).map { classes[row] == $0 ? 1 : 0 }
        case .values(let values, let width): Array(values[row * width..<(row + 1) * width])
        }
    }
}

extension OutputMeaning {
    /// The meaning for the network without its last softmax or sigmoid.
    var onLogits: OutputMeaning {
        switch self {
        case .classes(let names, _): .classes(names, .softmax)
        case .binary(let names, _): .binary(names, .sigmoid)
        case .values: self
        }
    }

    var isOnLogits: Bool {
        switch self {
        case .classes(_, let link), .binary(_, let link): link == .softmax || link == .sigmoid
        case .values: false
        }
    }
}

/// Returns the network without its last softmax or, for one output, sigmoid; nil if there is none, or the loss is not
/// defined on logits.
private func withoutLastActivation(_ model: Model, for loss: Loss) throws(CellarError) -> Model? {
    let last = model.calls[model.outputs[0]].layer
    let width = model.outputShapes[0].reduce(1, *)
    guard let activation = model.layers[last].finalActivation,
        activation == (width == 1 ? .sigmoid : .softmax), activation == loss.naturalActivation,
        model.calls.count(where: { $0.layer == last }) == 1
    else { return nil }
    var layers = model.layers
    layers[last] = layers[last].withoutActivation()
    return try model.replacing(layers: layers)
}
