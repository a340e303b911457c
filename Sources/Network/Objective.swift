import Base

/// What `compile` says beside the optimizer: for each output of a model, in its order, what is to become small and what
/// else is told. The model's loss is Σ weight · loss.
public struct Objective: Equatable, Sendable {
    /// Nil for an output that nothing is asked of.
    public var losses: [Loss?]
    /// Keras' `loss_weights`.
    public var weights: [Double]
    public var metrics: [[Metric]]
    /// Metrics in which samples have their weights.
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

    /// For a model of one output.
    public init(_ loss: Loss, metrics: [Metric] = []) { self.init(losses: [loss], metrics: [metrics]) }

    public var isNewer: Bool { losses.contains { $0?.newer ?? false } }

    /// See `Loss.countsMasked`.
    public mutating func setCountsMasked(_ counts: Bool) {
        for index in losses.indices { losses[index]?.countsMasked = counts }
    }

    /// Whether losses compute as Keras 3 does, where that differs.
    public mutating func setNewer(_ newer: Bool) {
        for index in losses.indices { losses[index]?.newer = newer }
        for index in metrics.indices { metrics[index] = metrics[index].map { $0.settingNewer(newer) } }
        for index in weightedMetrics.indices {
            weightedMetrics[index] = weightedMetrics[index].map { $0.settingNewer(newer) }
        }
    }

    /// The loss of the first output that has one.
    public var loss: Loss? { losses.lazy.compactMap { $0 }.first }

    /// All metrics in the order in which sums are kept: output by output, the unweighted ones first.
    var all: [(output: Int, metric: Metric, isWeighted: Bool)] {
        losses.indices.flatMap { output in
            metrics[output].map { (output, $0, false) } + weightedMetrics[output].map { (output, $0, true) }
        }
    }

    /// What history calls the numbers of an epoch, without `val_`: `loss`, with several outputs the loss of each, then the
    /// metrics, as Keras 2 orders and names them.
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

    /// The numbers to those names.
    public func logs(of sums: BatchResult) -> [Double] {
        let count = Double(max(sums.count, 1))
        var values = [sums.lossSum / count]
        if losses.count > 1 {
            values += zip(losses, sums.outputLossSums).filter { $0.0 != nil }.map { $0.1 / count }
        }
        return values + zip(all, sums.metricSums).map { $0.metric.result($1) }
    }

    /// Which accuracy the word stands for at an output of that width, for Keras.
    static func accuracy(width: Int, loss: Loss?) -> Metric.Kind {
        width == 1
            ? .binaryAccuracy(threshold: 0.5)
            : .categoricalAccuracy(sparse: loss?.kind == .sparseCategoricalCrossentropy)
    }
}

/// What a batch, or several, cost and what metrics collected there.
public struct BatchResult: Equatable, Sendable {
    /// Keras' loss times the number of samples: with regularizers, weighted over the outputs.
    public var lossSum = 0.0
    public var count = 0
    /// The same for each output's own loss, where there are several.
    public var outputLossSums: [Double] = []
    /// The metrics' sums, in the order of `Objective.all`.
    public var metricSums: [[Double]] = []
    /// What a layer found wrong with a sample, such as an id that no table has: then all other numbers mean nothing.
    public var failure: CellarError?

    public init() {}

    /// Whether these are sums of that objective.
    public func fits(_ objective: Objective) -> Bool {
        outputLossSums.count == (objective.losses.count > 1 ? objective.losses.count : 0)
            && metricSums.count == objective.all.count
    }

    /// The first metric's sum: how many samples were right, where that is accuracy, as it is unless one says otherwise.
    public var correct: Double { metricSums.first?.first ?? 0 }

    public mutating func add(_ other: BatchResult) {
        failure = failure ?? other.failure
        lossSum += other.lossSum
        count += other.count
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
    /// Keras' names of the outputs: their layers'. A layer that gives two outputs is called `name` and `name_1`.
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
