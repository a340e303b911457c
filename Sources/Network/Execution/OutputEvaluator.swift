import Tensors

/// The data of a batch that all threads need to evaluate the outputs.
struct Batch {
    var targets: [Targets]
    /// One weight for each sample of the data.
    var weights: [Float]?
    /// The number of samples in the batch.
    var count: Int
    var training: Bool
    /// For each output, true if the targets of a hinge loss are 0 and 1.
    var hasBinaryTargets: [Bool]
}

/// Computes the losses with their gradients, and the metrics' sums, from the outputs of one thread's rows.
final class OutputEvaluator {
    /// The result of the last evaluated batch; `lossSum` is this thread's part.
    private(set) var result = BatchResult()
    /// For each output, the weight of this thread's rows in a mean.
    private var counted: [Double]

    private let objective: Objective
    private let plan: Plan
    private let outputs: [Output]
    private let isForClasses: Bool
    private let kept: Arena

    private struct Output {
        var width, positions: Int
        var onLogits: Bool
        /// Scratch memory for the targets and for a copy of the outputs at one position.
        var target, copy: Floats
        /// Scratch memory for the gradient of a second loss on the same output, which is added to the first
        /// one's.
        var addition: Floats?
    }

    /// - onLogits: For each output, true if the network gives logits to the loss.
    init(_ network: Model, _ objective: Objective, plan: Plan, rows: Int, onLogits: [Bool]) {
        (self.objective, self.plan) = (objective, plan)
        counted = network.outputs.map { _ in 0 }
        var layout = ArenaLayout()
        let places = network.outputs.enumerated().map { index, call in
            let shape = network.shapes[call]
            let (size, width) = (shape.reduce(1, *), shape.last ?? 1)
            let isRepeated = network.outputs[..<index].contains(call)
            return (
                width: width, positions: size / width, target: layout.reserve(width),
                copy: layout.reserve(width),
                addition: isRepeated ? layout.reserve(rows * size) : nil
            )
        }
        let kept = Arena(count: layout.count)
        self.kept = kept
        outputs = places.enumerated().map { index, place in
            Output(
                width: place.width, positions: place.positions, onLogits: onLogits[index],
                target: kept.slice(place.target), copy: kept.slice(place.copy),
                addition: place.addition.map { kept.slice($0) })
        }
        isForClasses =
            objective.losses.count == 1 && onLogits[0] && outputs[0].positions == 1 && outputs[0].width > 1
            && network.maskShapes[network.outputs[0]] == nil
            && objective.losses[0].map { $0.isPlainForClasses } ?? false
            && objective.all.allSatisfy { $0.metric.isCategoricalAccuracy }
        result.metricSums = objective.all.map { output, metric, _ in
            Array(repeating: 0, count: metric.sumCount(width: outputs[output].width))
        }
    }

    private func rows(_ index: Int, _ batch: Batch, _ samples: ArraySlice<Int>) -> OutputRows {
        let output = outputs[index]
        // A loss by positions ignores a mask of another shape, such as that of an inner axis.
        let mask = plan.outputMask(index).flatMap { $0.count == samples.count * output.positions ? $0 : nil }
        return OutputRows(
            outputs: plan.output(index), positions: output.positions, width: output.width,
            targets: batch.targets[index], samples: samples, weights: batch.weights, mask: mask,
            target: output.target, copy: output.copy)
    }

    /// Computes the divisors of means that depend on more than the batch size.
    func count(_ batch: Batch, samples: ArraySlice<Int>) {
        for (index, loss) in objective.losses.enumerated() {
            guard let loss else { continue }
            counted[index] = loss.counted(rows(index, batch, samples))
        }
    }

    /// Evaluates the outputs of a batch.
    ///
    /// - others: The evaluators of all threads, after `count`.
    func evaluate(_ batch: Batch, samples: ArraySlice<Int>, others: [OutputEvaluator]?) {
        if evaluatesClasses(batch, samples: samples) { return }
        result.lossSum = 0
        result.count = samples.count
        if objective.losses.count > 1 { result.outputLossSums = objective.losses.map { _ in 0 } }
        for index in outputs.indices {
            let seen = rows(index, batch, samples)
            let readsLogits = objective.losses[index]?.fromLogits ?? false
            if readsLogits { addMetrics(index, seen) }
            assess(index, seen, batch, others)
            if !readsLogits { addMetrics(index, seen) }
        }
    }

    /// Computes the most common objective of classifiers (softmax, cross-entropy with class indices,
    /// accuracy) in one pass over the logits. Returns false for any other objective.
    private func evaluatesClasses(_ batch: Batch, samples: ArraySlice<Int>) -> Bool {
        guard isForClasses, batch.weights == nil, case .classes(let classes) = batch.targets[0] else {
            return false
        }
        let weight = objective.weights[0]
        let (loss, correct) = softmaxCrossEntropy(
            plan.output(0), width: outputs[0].width, classes: classes, samples: samples,
            each: Float(weight) / Float(batch.count),
            gradient: batch.training ? plan.outputGradient(0) : nil)
        (result.lossSum, result.count) = (loss * weight, samples.count)
        for number in result.metricSums.indices {
            result.metricSums[number][0] = correct
            result.metricSums[number][1] = Double(samples.count)
        }
        return true
    }

    private func assess(_ index: Int, _ seen: OutputRows, _ batch: Batch, _ others: [OutputEvaluator]?) {
        let output = outputs[index]
        let gradient = batch.training ? plan.outputGradient(index) : nil
        guard let loss = objective.losses[index] else {
            if output.addition == nil { gradient?.fill(0) }
            return
        }
        let divisor =
            switch loss.reduction {
            case .sum, .unreduced: 1.0
            case .mean, .weightedMean:
                others.map { $0.reduce(0) { $0 + $1.counted[index] } }
                    ?? Double(batch.count * output.positions)
            }
        let addition = output.addition.flatMap { room in gradient.map { room.prefix($0.count) } }
        var value = loss.evaluate(
            seen, logits: output.onLogits, hasBinaryTargets: batch.hasBinaryTargets[index],
            // If no position counts, the loss is 0.
            divisor: divisor == 0 ? 1 : divisor, scale: Float(objective.weights[index]),
            gradient: addition ?? gradient)
        if loss.reduction == .unreduced { value /= Double(batch.count * output.positions) }
        if let addition, let gradient { add(addition, to: gradient) }
        result.lossSum += value * objective.weights[index] * Double(batch.count)
        if objective.losses.count > 1 { result.outputLossSums[index] = value * Double(batch.count) }
    }

    private func addMetrics(_ index: Int, _ seen: OutputRows) {
        for (number, (output, metric, isWeighted)) in objective.all.enumerated() where output == index {
            for i in result.metricSums[number].indices { result.metricSums[number][i] = 0 }
            var seen = seen
            if !isWeighted { seen.weights = nil }
            if metric.countsMasked { seen.mask = nil }
            metric.add(seen, to: &result.metricSums[number])
        }
    }
}

extension Metric {
    /// True if the metric is the share of samples whose largest output, of several, is the target's.
    fileprivate var isCategoricalAccuracy: Bool {
        switch kind {
        case .accuracy, .categoricalAccuracy: true
        default: false
        }
    }
}

extension Loss {
    /// True for the cross-entropy of a softmax with class indices, averaged over all samples.
    fileprivate var isPlainForClasses: Bool {
        kind == .sparseCategoricalCrossentropy && !fromLogits && reduction == .mean && ignoredClass == nil
            && labelSmoothing == 0
    }

    /// Returns true if a batch's mean is not over all of its positions.
    func countsRows(hasMask: Bool) -> Bool {
        reduction == .weightedMean || reduction == .mean && (hasMask && !countsMasked || ignoredClass != nil)
    }

    /// Returns the weight of these rows in a mean.
    func counted(_ rows: OutputRows) -> Double {
        var sum = 0.0
        for (row, sample) in rows.samples.enumerated() {
            for position in 0..<rows.positions where !isIgnored(rows, sample, position) {
                sum +=
                    reduction == .weightedMean
                    ? Double(rows.weight(row, sample, position))
                    : countsMasked ? 1 : Double(rows.mask?[row * rows.positions + position] ?? 1)
            }
        }
        return sum
    }
}
