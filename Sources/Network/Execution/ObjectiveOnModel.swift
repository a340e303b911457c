import Base
import Tensors

extension Objective {
    /// Throws an error if the objective does not fit the model.
    public func check(_ network: Model) throws(CellarError) {
        let names = network.outputNames
        guard losses.count == names.count else {
            throw CellarError(
                "there are losses for \(losses.count) outputs, but the model has \(names.count) "
                    + "(\(names.joined(separator: ", ")))", key: "loss")
        }
        guard losses.contains(where: { $0 != nil }) else {
            throw CellarError("no output has a loss", key: "loss")
        }
        for (index, loss) in losses.enumerated() {
            let width = network.outputShapes[index].last ?? 1
            if let alpha = loss?.focus.alpha, alpha.count > 1, alpha.count != width {
                throw CellarError(
                    "alpha has \(alpha.count) numbers, but output \(names[index]) tells \(width) classes apart",
                    key: "loss")
            }
            for metric in metrics[index] + weightedMetrics[index] {
                if case .confusion(let confusion) = metric.kind, let wanted = confusion.classIndex,
                    wanted >= width
                {
                    throw CellarError(
                        "\(metric.name)'s class_id is \(wanted), but output \(names[index]) has \(width) numbers",
                        key: "metrics")
                }
            }
        }
        try checkUnreduced(network)
    }

    /// Refuses losses without reduction where the sum of values for each position with another number means another thing.
    private func checkUnreduced(_ network: Model) throws(CellarError) {
        let given = losses.indices.filter { losses[$0] != nil }
        guard given.contains(where: { losses[$0]?.reduction == .unreduced }) else { return }
        func error(_ text: String) -> CellarError {
            CellarError(
                "the loss has the reduction none, which \(text). Give it the reduction sum, whose steps are the same",
                key: "loss")
        }
        let isPenalized = network.weightSpecs.joined().contains { $0.regularizer != nil }
        if isPenalized || network.hasActivityPenalty {
            throw error("Keras cannot add to a regularizer's penalty")
        }
        let haveOneValue = given.allSatisfy { index in
            losses[index]?.reduction == .unreduced
                && network.outputShapes[index].dropLast().allSatisfy { $0 == 1 }
        }
        guard given.count == 1 || haveOneValue else {
            throw error(
                "is supported beside other losses only where all of them have it, and one value a sample")
        }
    }
}

extension Model {
    /// True if an output has a mask of valid positions.
    public var hasOutputMask: Bool { outputs.contains { maskShapes[$0] != nil } }

    /// Removes the last softmax or sigmoid of each output whose loss is more accurate on the logits. Also
    /// returns, for each output, true if its loss gets logits.
    public func withLossesOnLogits(
        _ losses: [Loss?]
    ) throws(CellarError) -> (Model, onLogits: [Bool]) {
        var layers = layers
        var onLogits: [Bool] = []
        for (output, loss) in zip(outputs, losses) {
            let last = calls[output].layer
            if loss?.fromLogits ?? false {
                onLogits.append(true)
            } else if let activation = loss?.naturalActivation,
                self.layers[last].finalActivation == activation,
                calls.count(where: { $0.layer == last }) == 1, outputs.count(where: { $0 == output }) == 1,
                !calls.contains(where: { $0.inputs.contains(output) })
            {
                layers[last] = layers[last].withoutActivation()
                onLogits.append(true)
            } else {
                onLogits.append(false)
            }
        }
        return (onLogits.contains(true) ? try replacing(layers: layers) : self, onLogits)
    }
}

extension Targets {
    /// Returns true if the targets of these samples are only 0 and 1.
    func areBinary(_ rows: ArraySlice<Int>) -> Bool {
        switch self {
        case .classes: true
        case .values(let values, let width):
            rows.allSatisfy { row in (0..<width).allSatisfy { [0, 1].contains(values[row * width + $0]) } }
        }
    }
}
