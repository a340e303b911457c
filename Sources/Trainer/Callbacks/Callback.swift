import Base
import Network

/// A callback that runs between epochs, as in Keras. Callbacks are called in the recipe's order.
public protocol Callback {
    mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError)

    /// Called after `trainingBegins` of a resumed run, with the logs of all earlier epochs: the callback takes the state that it
    /// would have after one run of all epochs.
    mutating func resumes(after earlier: [EpochLogs], _ run: any TrainingRun) throws(CellarError)

    /// True to be called after batches too.
    var watchesBatches: Bool { get }

    /// Called after a batch, if `watchesBatches`. `step` counts all batches of the model's training from 1; the logs are those of
    /// the epoch so far.
    mutating func batchEnds(
        _ step: Int, _ logs: () -> EpochLogs, _ run: any TrainingRun) throws(CellarError)

    /// Called after validation of `epoch`, counted from 0. A callback may add to the logs for later callbacks.
    mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun) throws(CellarError)

    /// Called at the end of training, unless it was interrupted or failed.
    mutating func trainingEnds(_ run: any TrainingRun) throws(CellarError)
}

extension Callback {
    public mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError) {}

    public var watchesBatches: Bool { false }

    public mutating func batchEnds(
        _ step: Int, _ logs: () -> EpochLogs, _ run: any TrainingRun
    ) throws(CellarError) {}

    public mutating func resumes(after earlier: [EpochLogs], _ run: any TrainingRun) throws(CellarError) {
        try repeatEpochs(earlier, run)
    }

    /// Calls `epochEnds` for each earlier epoch, without a network.
    mutating func repeatEpochs(_ earlier: [EpochLogs], _ run: any TrainingRun) throws(CellarError) {
        let repeated = RepeatedRun(learningRate: run.learningRate)
        for (epoch, logs) in earlier.enumerated() {
            var logs = logs
            repeated.learningRate = logs["lr"] ?? repeated.learningRate
            try epochEnds(epoch, &logs, repeated)
        }
    }

    public mutating func trainingEnds(_ run: any TrainingRun) throws(CellarError) {}
}

/// The interface of a training run for callbacks.
public protocol TrainingRun: AnyObject {
    var learningRate: Double { get set }
    /// Ends training after this epoch. `reason` is shown to the user.
    func stop(_ reason: String)
    /// Stores a copy of all weights, as they are after that epoch.
    func rememberWeights(after epoch: Int) -> RememberedWeights
    /// The weights after an epoch before this run; nil if the file that it resumes from does not have them.
    func weights(afterEarlier epoch: Int) -> RememberedWeights?
    /// Goes back to these weights at the end of training.
    func restore(_ weights: RememberedWeights)
    /// Writes the current model with the optimizer's state atomically.
    func saveModel(to path: String, after epoch: Int, _ logs: EpochLogs) throws(CellarError)
    /// Says that a file of `saveModel` is to be registered as a version.
    func checkpointSaved(_ path: String) throws(CellarError)
    /// Shows a line to the user.
    func note(_ line: String)
    /// The number of batches of an epoch; 0 if there is no network.
    var stepsPerEpoch: Int { get }
    /// The network and its data as they are now; nil if there is no network.
    func state() -> RunState?
}

extension TrainingRun {
    public var stepsPerEpoch: Int { 0 }
    public func state() -> RunState? { nil }
}

/// The network and the data of a training run, for callbacks that look at them.
public struct RunState {
    /// The network, with its current weights.
    public var model: Model
    public var objective: Objective
    public var train: DataPart
    public var validation: DataPart?
    public var batchSize: Int
    public var about: RunDescription
}

/// A run's data and settings, from the recipe.
public struct RunDescription: Sendable {
    /// The names of the classes; empty for values.
    public var classes: [String] = []
    /// The form of pictures; nil for other data.
    public var picture: ModelFacts.Picture?
    public var hyperparameters = JSONObject()

    public init() {}
}

/// A copy of all weights.
public struct RememberedWeights {
    /// The epoch that they are from, counted from 0.
    public let epoch: Int
    /// Puts them back into the network.
    public let restore: () -> Void

    public init(epoch: Int, restore: @escaping () -> Void) { (self.epoch, self.restore) = (epoch, restore) }
}

/// Epochs that were trained before, for the callbacks of a resumed run.
private final class RepeatedRun: TrainingRun {
    var learningRate: Double
    init(learningRate: Double) { self.learningRate = learningRate }

    func stop(_ reason: String) {}
    func rememberWeights(after epoch: Int) -> RememberedWeights { RememberedWeights(epoch: epoch) {} }
    func weights(afterEarlier epoch: Int) -> RememberedWeights? { nil }
    func restore(_ weights: RememberedWeights) {}
    func saveModel(to path: String, after epoch: Int, _ logs: EpochLogs) {}
    func checkpointSaved(_ path: String) {}
    func note(_ line: String) {}
}

/// The metrics of one epoch with Keras' names, in Keras' order.
public struct EpochLogs: Equatable, Sendable {
    public struct Entry: Equatable, Sendable {
        public let name: String
        public var value: Double
    }
    public private(set) var entries: [Entry] = []

    public init() {}
    public init(_ entries: KeyValuePairs<String, Double>) {
        for (name, value) in entries { self[name] = value }
    }

    public subscript(name: String) -> Double? {
        get { entries.first { $0.name == name }?.value }
        set {
            guard let newValue else { return entries.removeAll { $0.name == name } }
            if let index = entries.firstIndex(where: { $0.name == name }) {
                entries[index].value = newValue
            } else {
                entries.append(Entry(name: name, value: newValue))
            }
        }
    }
}
