import Base
import Tensors

/// Accumulates losses and metrics of outputs that were computed elsewhere, block by block, as Keras'
/// `evaluate` does. It is only for losses that are means over samples; see `Objective.isMeanOverSamples`.
public final class ObjectiveSums {
    public private(set) var result = BatchResult()
    private let objective: Objective
    private let shapes: [[Int]]
    private let onLogits: [Bool]

    /// - Parameters:
    ///   - shapes: The shape of each output.
    /// - onLogits: For each output, true if its numbers are logits; see `Model.withLossesOnLogits`.
    public init(_ objective: Objective, shapes: [[Int]], onLogits: [Bool]) {
        (self.objective, self.shapes, self.onLogits) = (objective, shapes, onLogits)
    }

    /// Adds a block of outputs, each [samples, shape], and their targets.
    public func add(_ outputs: [Tensor], _ targets: [Targets]) {
        var block = BatchResult()
        block.count = outputs[0].shape[0]
        if objective.losses.count > 1 { block.outputLossSums = objective.losses.map { _ in 0 } }
        block.metricSums = objective.all.map { output, metric, _ in
            Array(repeating: 0, count: metric.sumCount(width: shapes[output].last ?? 1))
        }
        for index in outputs.indices { add(index, outputs[index], targets[index], to: &block) }
        result.add(block)
    }

    private func add(_ index: Int, _ output: Tensor, _ targets: Targets, to block: inout BatchResult) {
        let (size, width) = (shapes[index].reduce(1, *), shapes[index].last ?? 1)
        var layout = ArenaLayout()
        let places = [output.values.count, width, width].map { layout.reserve($0) }
        let arena = Arena(count: layout.count)
        let rows = OutputRows(
            outputs: arena.slice(places[0]), positions: size / max(width, 1), width: width, targets: targets,
            samples: Array(0..<block.count)[...], weights: nil, mask: nil, target: arena.slice(places[1]),
            copy: arena.slice(places[2]))
        rows.outputs.copy(from: output.values)
        // The loss replaces logits by probabilities, but metrics use the model's outputs.
        let readsLogits = objective.losses[index]?.fromLogits ?? false
        if readsLogits { addMetrics(index, rows, to: &block) }
        if let loss = objective.losses[index] {
            let sum = loss.evaluate(
                rows, logits: onLogits[index],
                hasBinaryTargets: loss.isHinge && targets.areBinary(rows.samples),
                divisor: Double(rows.positions), gradient: nil)
            block.lossSum += sum * objective.weights[index]
            if objective.losses.count > 1 { block.outputLossSums[index] = sum }
        }
        if !readsLogits { addMetrics(index, rows, to: &block) }
    }

    private func addMetrics(_ index: Int, _ rows: OutputRows, to block: inout BatchResult) {
        for (number, (output, metric, _)) in objective.all.enumerated() where output == index {
            metric.add(rows, to: &block.metricSums[number])
        }
    }
}

extension Objective {
    /// False if the loss of a batch is not the mean of its samples' losses.
    public var isMeanOverSamples: Bool { !losses.contains { $0?.dependsOnBatch ?? false } }

    /// Returns the objective as Keras computes it: after a softmax or sigmoid, Keras ignores `from_logits`
    /// and uses the logits before the activation.
    public func ignoringFromLogits(behind network: Model) -> Objective {
        var effective = self
        for (index, output) in network.outputs.enumerated() where losses.indices.contains(index) {
            guard let loss = losses[index], loss.fromLogits, let natural = loss.naturalActivation,
                network.layers[network.calls[output].layer].finalActivation == natural
            else { continue }
            effective.losses[index]?.fromLogits = false
        }
        return effective
    }
}

extension Targets {
    /// Creates the targets of a loss from an array of labels: class indices if there is one number per sample
    /// and the loss is for classes, otherwise numbers. Labels of −1 and 1 for a hinge loss remain numbers.
    public init(labels: Samples, for loss: Loss?) throws(CellarError) {
        let values: [Float] =
            labels.floats ?? []
        let isForNumbers = loss?.isForNumbers ?? true
        if isForNumbers || labels.size > 1
            || loss?.isForMargins == true && values.contains(-1) && values.allSatisfy({ abs($0) == 1 })
        {
            self = .values(values, width: labels.size)
            return
        }
        var classes: [Int32] = []
        classes.reserveCapacity(values.count)
        for (row, value) in values.enumerated() {
            guard let number = Int32(exactly: value),
                (0..<1_000_000).contains(number) || number == loss?.ignoredClass.map({ Int32(clamping: $0) })
            else {
                let shown = value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
                throw CellarError(
                    .badData,
                    "expected class numbers (0, 1, 2 …), because the loss is for classes, found \(shown).",
                    at: .init(row: row + 1),
                    remedy: value == value.rounded()
                        ? "Number the classes from 0."
                        : "For measurements use a loss for numbers, such as mean_squared_error.")
            }
            classes.append(number)
        }
        self = .classes(classes)
    }
}
