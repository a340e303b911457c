import Base

/// The losses, loss weights and metrics of `compile`, for each output of a model in its order. The model's
/// loss is Σ weight · loss.
public struct Objective: Equatable, Sendable {
    /// The loss of each output; nil for an output without a loss.
    public var losses: [Loss?]
    /// Keras' `loss_weights`.
    public var weights: [Double]
    public var metrics: [[Metric]]
    /// The metrics that use sample weights.
    public var weightedMetrics: [[Metric]]

    public init(
        losses: [Loss?], weights: [Double]? = nil, metrics: [[Metric]]? = nil,
        weightedMetrics: [[Metric]]? = nil
    ) {
        self.losses = losses
        self.weights = weights ?? losses.map { _ in 1 }
        self.metrics = metrics ?? losses.map { _ in [] }
        self.weightedMetrics = weightedMetrics ?? losses.map { _ in [] }
    }

    /// Creates the objective of a model with one output.
    public init(_ loss: Loss, metrics: [Metric] = []) { self.init(losses: [loss], metrics: [metrics]) }

    public var isNewer: Bool { losses.contains { $0?.newer ?? false } }

    /// See `Loss.countsMasked`.
    public mutating func setCountsMasked(_ counts: Bool) {
        for index in losses.indices { losses[index]?.countsMasked = counts }
    }

    /// Sets whether losses use the formulas of Keras 3.
    public mutating func setNewer(_ newer: Bool) {
        for index in losses.indices { losses[index]?.newer = newer }
        for index in metrics.indices { metrics[index] = metrics[index].map { $0.settingNewer(newer) } }
        for index in weightedMetrics.indices {
            weightedMetrics[index] = weightedMetrics[index].map { $0.settingNewer(newer) }
        }
    }

    /// The loss of the first output that has one.
    public var loss: Loss? { losses.lazy.compactMap { $0 }.first }

    /// All metrics in the order of their sums: by output, the unweighted ones first.
    var all: [(output: Int, metric: Metric, isWeighted: Bool)] {
        losses.indices.flatMap { output in
            metrics[output].map { (output, $0, false) } + weightedMetrics[output].map { (output, $0, true) }
        }
    }

    /// Returns the names of an epoch's values in the history, without `val_`: `loss`, the loss of each output
    /// if there are several, then the metrics, with the order and names of Keras 2.
    public func logNames(outputs: [String]) -> [String] {
        let isSingle = outputs.count == 1
        var names = ["loss"]
        if !isSingle { names += zip(outputs, losses).filter { $1 != nil }.map { $0.0 + "_loss" } }
        for (output, metric, isWeighted) in all {
            let prefix = isSingle ? "" : outputs[output] + "_"
            var name = prefix + metric.name
            if isWeighted && names.contains(name) { name = prefix + "weighted_" + metric.name }
            let plain = name
            var number = 1
            while names.contains(name) {
                name = "\(plain)_\(number)"
                number += 1
            }
            names.append(name)
        }
        return names
    }

    /// Returns the values for these names.
    public func logs(of sums: BatchResult) -> [Double] {
        let count = Double(max(sums.count, 1))
        var values = [sums.lossSum / count]
        if losses.count > 1 {
            for (loss, sum) in zip(losses, sums.outputLossSums) {
                guard let loss else { continue }
                values.append(sum / (sums.batches > 0 && loss.isOneValue ? Double(sums.batches) : count))
            }
        }
        return values + zip(all, sums.metricSums).map { $0.metric.result($1) }
    }

    /// Returns the accuracy that Keras' word accuracy means at an output of that width.
    static func accuracy(width: Int, loss: Loss?) -> Metric.Kind {
        width == 1
            ? .binaryAccuracy(threshold: 0.5)
            : .categoricalAccuracy(sparse: loss?.kind == .sparseCategoricalCrossentropy)
    }
}

/// The losses and metrics of one or more batches.
public struct BatchResult: Equatable, Sendable {
    /// Keras' loss times the number of samples: including regularizers, weighted over outputs.
    public var lossSum = 0.0
    public var count = 0
    /// The loss of each output times the number of samples, if there are several outputs. Where `batches` counts them, an output's
    /// loss that is one value a batch is not multiplied.
    public var outputLossSums: [Double] = []
    /// The number of batches if each of them counts alike in the losses of single outputs; otherwise 0.
    public var batches = 0
    /// The metrics' sums, in the order of `Objective.all`.
    public var metricSums: [[Double]] = []
    /// An error that a layer found in a sample, such as an id out of range. If it is set, all other numbers
    /// are invalid.
    public var failure: CellarError?

    public init() {}

    /// Returns true if these are sums of that objective.
    public func fits(_ objective: Objective) -> Bool {
        outputLossSums.count == (objective.losses.count > 1 ? objective.losses.count : 0)
            && metricSums.count == objective.all.count
    }

    /// The sum of the first metric: the number of correct samples if it is accuracy, as by default.
    public var correct: Double { metricSums.first?.first ?? 0 }

    public mutating func add(_ other: BatchResult) {
        failure = failure ?? other.failure
        lossSum += other.lossSum
        count += other.count
        batches += other.batches
        Self.add(other.outputLossSums, to: &outputLossSums)
        if metricSums.isEmpty { return metricSums = other.metricSums }
        for (index, sums) in other.metricSums.enumerated() { Self.add(sums, to: &metricSums[index]) }
    }

    private static func add(_ other: [Double], to sums: inout [Double]) {
        if sums.isEmpty { return sums = other }
        for (index, value) in other.enumerated() { sums[index] += value }
    }
}

extension Model {
    /// Keras' names of the outputs, which are their layers' names. A layer with two outputs has `name` and
    /// `name_1`.
    public var outputNames: [String] {
        var names: [String] = []
        for output in outputs {
            let name = layers[calls[output].layer].name
            var (unique, number) = (name, 1)
            while names.contains(unique) { (unique, number) = ("\(name)_\(number)", number + 1) }
            names.append(unique)
        }
        return names
    }
}
