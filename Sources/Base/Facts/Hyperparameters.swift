/// The settings that a model was compiled and trained with.
public struct Hyperparameters: Equatable, Sendable {
    /// The optimizer, its learning rate and options, and the loss, under the keys of Keras' configs. Keys that this
    /// release does not know stay here too.
    public var config: JSONObject
    /// The Keras release whose optimizer formulas were used, where it is not 2.10.
    public var optimizerRelease: String?
    /// The Keras release whose loss formulas were used, where it is not 2.10.
    public var lossRelease: String?
    public var batchSize: Int?
    public var epochs: Int?
    public var shuffle: Bool?
    /// The columns of the table that the model learned to predict; empty for other data.
    public var targets: [String] = []
    /// The epoch whose weights were restored at the end, counted from 1 as in the history; nil if they are the last epoch's.
    public var restoredEpoch: Int?
    /// The epoch that was not completed.
    public var interrupted: InterruptedEpoch?

    public init(config: JSONObject = [:]) { self.config = config }

    /// The constant learning rate; nil for a schedule.
    public var learningRate: Double? { config["learning_rate"]?.double }
}

/// The running sums of an epoch that was interrupted: enough to continue it with the same result.
public struct InterruptedEpoch: Equatable, Sendable {
    /// Batches that were trained.
    public var steps: Int
    /// Samples that were trained.
    public var count: Int
    public var lossSum: Double
    /// One sum for each output, where there are several.
    public var outputLossSums: [Double]
    /// The sums of each metric.
    public var metricSums: [[Double]]

    public init(
        steps: Int, count: Int, lossSum: Double, outputLossSums: [Double], metricSums: [[Double]]
    ) {
        (self.steps, self.count, self.lossSum) = (steps, count, lossSum)
        (self.outputLossSums, self.metricSums) = (outputLossSums, metricSums)
    }
}

extension Hyperparameters {
    public var json: JSON {
        var object = config
        let target: JSON? =
            switch targets.count {
            case 0: nil
            case 1: .string(targets[0])
            default: .array(targets.map { .string($0) })
            }
        let known: KeyValuePairs<String, JSON?> = [
            "optimizer_of": optimizerRelease.map { .string($0) }, "loss_of": lossRelease.map { .string($0) },
            "batch_size": batchSize.map { .integer($0) }, "epochs": epochs.map { .integer($0) },
            "shuffle": shuffle.map { .bool($0) }, "target": target, "interrupted": interrupted?.json,
            "restored_epoch": restoredEpoch.map { .integer($0) },
        ]
        for (key, value) in known { if let value { object[key] = value } }
        return .object(object)
    }

    /// A value of an unexpected type, or a number that no training has, stays in `config`.
    init(json: JSON?) {
        var rest = json?.object ?? [:]
        func take<Value>(_ key: String, _ parse: (JSON) -> Value?) -> Value? {
            guard let value = rest[key].flatMap(parse) else { return nil }
            rest[key] = nil
            return value
        }
        optimizerRelease = take("optimizer_of", \.string)
        lossRelease = take("loss_of", \.string)
        batchSize = take("batch_size") { smallCount($0).flatMap { $0 > 0 ? $0 : nil } }
        epochs = take("epochs", smallCount)
        shuffle = take("shuffle", \.bool)
        targets = take("target") { $0.string.map { [$0] } ?? $0.array?.compactMap(\.string) } ?? []
        restoredEpoch = take("restored_epoch", smallCount)
        interrupted = take("interrupted", InterruptedEpoch.init)
        config = rest
    }
}

extension InterruptedEpoch {
    fileprivate var json: JSON {
        func numbers(_ values: [Double]) -> JSON { .array(values.map { .number($0) }) }
        return [
            "steps": .integer(steps), "loss_sum": .number(lossSum), "count": .integer(count),
            "output_loss_sums": numbers(outputLossSums), "metric_sums": .array(metricSums.map(numbers)),
        ]
    }

    fileprivate init?(json: JSON) {
        guard let steps = smallCount(json["steps"]), let count = smallCount(json["count"]), steps > 0,
            count > 0
        else {
            return nil
        }
        self.init(
            steps: steps, count: count, lossSum: json["loss_sum"]?.double ?? 0,
            outputLossSums: json["output_loss_sums"]?.array?.compactMap(\.double) ?? [],
            metricSums: (json["metric_sums"]?.array ?? []).map { $0.array?.compactMap(\.double) ?? [] })
    }
}
