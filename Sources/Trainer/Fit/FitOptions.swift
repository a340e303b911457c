import Base
import Datasets
import Network

/// Options of a training run.
public struct FitOptions: Equatable, Sendable {
    /// The number of the last epoch, also if training resumes later: Keras' `epochs`.
    public var epochs = 1
    public var batchSize = 32
    public var shuffle = true
    public var seed = 0
    /// The number of completed epochs: Keras' `initial_epoch`.
    public var initialEpoch = 0
    /// The position within the first epoch at which an interrupted run resumes.
    public var partialEpoch: PartialEpoch?
    /// The random changes to the pictures of each epoch.
    public var augmentation: PictureAugmentation?
    /// The threads that change them; their number does not change the result.
    public var threads = 1

    public init() {}
}

/// The state of an interrupted epoch, from which training resumes with the same results.
public struct PartialEpoch: Equatable, Sendable {
    /// The number of completed batches.
    public var steps: Int
    /// The sums of their losses and metrics.
    public var sums: BatchResult

    public init(steps: Int = 0, sums: BatchResult = BatchResult()) { (self.steps, self.sums) = (steps, sums) }
}

/// The metrics of all epochs, by name, in Keras' order.
public struct TrainingHistory: Equatable, Sendable {
    public private(set) var series: [ModelFacts.MetricSeries] = []

    public init() {}
    public init(_ series: [ModelFacts.MetricSeries]) { self.series = series }

    /// The logs of each epoch.
    public var logs: [EpochLogs] {
        (0..<epochs).map { epoch in
            var logs = EpochLogs()
            for entry in series where epoch < entry.values.count && !entry.values[epoch].isNaN {
                logs[entry.name] = entry.values[epoch]
            }
            return logs
        }
    }

    /// The number of completed epochs.
    public var epochs: Int { series.first?.values.count ?? 0 }

    public subscript(name: String) -> [Double]? { series.first { $0.name == name }?.values }

    public mutating func append(_ logs: EpochLogs) {
        let before = epochs
        for entry in logs.entries {
            if let index = series.firstIndex(where: { $0.name == entry.name }) {
                series[index].values.append(entry.value)
            } else {
                // A metric that earlier epochs of a resumed run did not have.
                series.append(
                    ModelFacts.MetricSeries(
                        name: entry.name, values: Array(repeating: .nan, count: before) + [entry.value]))
            }
        }
        for index in series.indices where series[index].values.count == before {
            series[index].values.append(.nan)
        }
    }
}

/// An observer of a training run's progress.
public protocol FitObserver: AnyObject {
    /// Called at the start of an epoch; `epoch` counts from 1.
    func epochBegan(_ epoch: Int, of epochs: Int, steps: Int)
    /// Called after each batch with the epoch's metrics so far.
    func batchEnded(_ step: Int, _ values: @autoclosure () -> EpochLogs)
    func epochEnded(_ logs: EpochLogs)
    /// Called for a checkpoint that is to be registered.
    func checkpointSaved(_ path: String) throws(CellarError)
    func note(_ line: String)
}

extension FitObserver {
    public func checkpointSaved(_ path: String) throws(CellarError) {}
}

/// The result of a training run.
public struct FitOutcome: Equatable, Sendable {
    public enum End: Equatable, Sendable {
        case completed
        /// A callback stopped the run for this reason.
        case stopped(String)
        /// The user interrupted the run during an epoch.
        case interrupted(PartialEpoch)
    }
    public var history: TrainingHistory
    public var end: End
    public var seconds: Double
    /// The epoch whose weights were restored, counted from 0; nil for the last one's.
    public var restoredEpoch: Int?
}
