import Base
import Network
import Tensors

/// Mistakes of a setup that are visible before training: outputs, loss, metrics and data that do not fit each other.
/// Contradictions are errors, doubts are warnings.
struct SetupChecks {
    let model: Model
    let objective: Objective
    let data: PreparedData
    let recipe: Recipe
    private(set) var warnings: [String] = []

    init(_ model: Model, _ recipe: Recipe, _ data: PreparedData) throws(CellarError) {
        (self.model, self.recipe, self.data) = (model, recipe, data)
        objective = recipe.compile.objective
        guard objective.losses.count == model.outputs.count,
            data.train.targets.count == model.outputs.count
        else { return }
        for index in model.outputs.indices {
            guard let loss = objective.losses[index] else { continue }
            try checkActivation(index, loss)
            checkMetrics(index, loss)
            try checkTargets(index, loss)
        }
        checkScale()
        checkDates()
        checkUnits()
    }

    /// Units of different sizes that are read as if they were the same.
    private mutating func checkUnits() {
        for (column, units) in data.confusedUnits {
            warnings.append(
                "\(column): \(units). Write one unit with the column, to which others are converted, such as \(yaml(column)): { kind: number, unit: km }."
            )
        }
    }

    /// Dates of which the recipe does not say whether the day or the month is first.
    private mutating func checkDates() {
        for column in data.preparation?.columns ?? [] where column.hasGuessedOrder {
            let order = column.order ?? .monthFirst
            warnings.append(
                "\(column.name): its dates are read \(order.rawValue.replacing("_", with: " ")), but they could also be "
                    + "\(order == .dayFirst ? "month" : "day") first. Write the order: "
                    + "\(column.name): { kind: date, order: \(order.rawValue) }.")
        }
    }

    private func wrong(_ message: String, remedy: String) -> CellarError {
        CellarError(
            .badData, message, file: recipe.file, line: recipe.model.lines.last ?? nil, remedy: remedy)
    }

    /// A contradiction is an error in a recipe's layers, but a saved model is trained as it is.
    private mutating func refuse(_ message: String, remedy: String) throws(CellarError) {
        guard recipe.model.isSaved else { throw wrong(message, remedy: remedy) }
        warnings.append("\(message) \(remedy)")
    }

    private mutating func checkActivation(_ index: Int, _ loss: Loss) throws(CellarError) {
        let activation = model.lastActivation(ofOutput: index)
        let width = model.outputShapes[index].last ?? 1
        if activation == .softmax, width == 1, index < model.outputs.count {
            try refuse(
                "softmax over one output is always 1: the model cannot learn.",
                remedy: "Use sigmoid, or an output for each class.")
        }
        let name = activation?.text ?? "no activation"
        let isCrossEntropy = loss.isForEachOutput || loss.isForClasses
        if isCrossEntropy, loss.fromLogits {
            if activation == .softmax || activation == .sigmoid {
                warnings.append(
                    "\(loss.kind.rawValue) has from_logits: true, but the model ends with \(name), whose outputs are no "
                        + "logits; from_logits is ignored, as in Keras.")
            } else if activation?.givesProbabilities ?? false {
                warnings.append(
                    "\(loss.kind.rawValue) has from_logits: true, but the model ends with \(name), whose outputs are no "
                        + "logits. Remove one of them.")
            }
        } else if isCrossEntropy, !(activation?.givesProbabilities ?? false) {
            let wanted = loss.isForEachOutput || width == 1 ? "sigmoid" : "softmax"
            try refuse(
                "\(loss.kind.rawValue) needs probabilities, but the model ends with \(name).",
                remedy: "Use activation: \(wanted) in the last layer, or from_logits: true in the loss.")
        } else if loss.isForClasses, activation == .sigmoid, width > 1 {
            warnings.append(
                "\(loss.kind.rawValue) expects probabilities that sum to 1, but the model ends with sigmoid. "
                    + "Use softmax for one class per sample, or binary_crossentropy for several labels.")
        } else if loss.isForMargins, activation == .sigmoid {
            warnings.append(
                "\(loss.kind.rawValue) expects outputs below and above 0, but sigmoid gives none below. "
                    + "Use tanh, or no activation.")
        }
    }

    private mutating func checkMetrics(_ index: Int, _ loss: Loss) {
        let metrics = objective.metrics[index] + objective.weightedMetrics[index]
        for metric in metrics where metric.countsHits {
            if case .values(let values, _) = data.train.targets[index], loss.isForNumbers {
                guard let other = values.prefix(100_000).first(where: { $0 != 0 && $0 != 1 }) else {
                    continue
                }
                warnings.append(
                    "\(metric.name) counts outputs that are right, which means nothing for targets such as "
                        + "\(other). Use mean_absolute_error or RootMeanSquaredError.")
            } else if metric.comparesWithHalf, model.outputShapes[index].last == 1,
                loss.fromLogits && model.lastActivation(ofOutput: index) != .sigmoid || loss.isForMargins
            {
                var remedy = "Use BinaryAccuracy: { threshold: 0 }."
                if case .values(let values, _) = data.train.targets[index], values.contains(-1) {
                    remedy = "Use labels of 0 and 1, and BinaryAccuracy: { threshold: 0 }."
                }
                warnings.append(
                    "\(metric.name) compares the output with 0.5, as in Keras, but 0 divides the classes. \(remedy)"
                )
            }
        }
    }

    private mutating func checkTargets(_ index: Int, _ loss: Loss) throws(CellarError) {
        guard case .values(let values, let width) = data.train.targets[index] else { return }
        let shape = model.outputShapes[index]
        let (size, classes) = (shape.reduce(1, *), shape.last ?? 1)
        if loss.kind == .sparseCategoricalCrossentropy, width == size, size == classes, classes > 1 {
            throw wrong(
                "the labels are rows of \(width) numbers, but sparse_categorical_crossentropy takes one class number "
                    + "per sample.",
                remedy: "Use categorical_crossentropy, or save the labels with .argmax(axis=1).")
        }
        if loss.isForNumbers, let highest = values.max(), let least = values.min(),
            let (low, high) = model.lastActivation(ofOutput: index)?.range, least < low || highest > high
        {
            warnings.append(
                "the targets go from \(least) to \(highest), but \(model.lastActivation(ofOutput: index)?.text ?? "") "
                    + "gives numbers from \(low) to \(high) only. Use no activation in the last layer.")
        } else if loss.isForEachOutput || loss.isForClasses && size == classes && width == size,
            let wrongValue = values.first(where: { !(0...1).contains($0) })
        {
            try refuse(
                "\(loss.kind.rawValue) takes targets from 0 to 1, but one is \(wrongValue).",
                remedy: "Use class numbers or rows of 0 and 1, or for measurements a loss for numbers.")
        }
    }

    /// Numbers up to 1 that the model divides by 255 once more, and bytes that nothing scales.
    private mutating func checkScale() {
        guard model.inputs.count == 1, data.train.inputs.count == 1 else { return }
        let chain = model.layers.prefix(4)
        let rescaling = chain.lazy.compactMap { $0 as? Rescaling }.first?.inputRescaling
        let samples = data.train.inputs[0]
        let highest: Float =
            switch samples.storage {
            case .bytes(let bytes): Float(bytes.prefix(1 << 22).max() ?? 0)
            case .floats(let floats): floats.prefix(1 << 20).max() ?? 0
            case .texts: 0
            }
        if let (scale, _) = rescaling {
            if scale > 0, scale <= 0.01, highest <= 1 {
                warnings.append(
                    "the samples go to \(highest) only, and the model multiplies them by \(scale): they seem to be scaled "
                        + "already. Remove Rescaling, or use the unscaled samples.")
            }
        } else if samples.shape.count > 1, highest > 100,
            !chain.contains(where: { $0 is Normalization || $0 is BatchNormalization })
        {
            warnings.append(
                "the samples go to \(highest), and nothing scales them. Training is often better with "
                    + "preprocess: [Rescaling].")
        }
    }
}

extension Loss {
    /// True for cross-entropies between classes of which one is right.
    fileprivate var isForClasses: Bool {
        switch kind {
        case .sparseCategoricalCrossentropy, .categoricalCrossentropy, .categoricalFocalCrossentropy: true
        default: false
        }
    }
}

extension Metric {
    /// True if the metric counts outputs that are right.
    fileprivate var countsHits: Bool {
        switch kind {
        case .accuracy, .binaryAccuracy, .categoricalAccuracy, .topK: true
        default: false
        }
    }

    fileprivate var comparesWithHalf: Bool { kind == .accuracy || kind == .binaryAccuracy(threshold: 0.5) }
}

extension Activation {
    /// Keras' word.
    fileprivate var text: String { json.string ?? "its activation" }

    /// True if the outputs lie between 0 and 1.
    fileprivate var givesProbabilities: Bool {
        switch self {
        case .softmax, .sparsemax, .sigmoid, .hardSigmoid, .hardSigmoid3, .sparseSigmoid: true
        default: false
        }
    }

    /// The least and the largest number that it gives.
    fileprivate var range: (Float, Float)? {
        switch self {
        case _ where givesProbabilities: (0, 1)
        case .tanh, .hardTanh, .softsign: (-1, 1)
        default: nil
        }
    }
}
