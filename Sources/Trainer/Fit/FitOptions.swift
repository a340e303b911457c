import Network

/// How a run goes through the data.
public struct FitOptions: Equatable, Sendable {
    /// The number of the last epoch, also where training starts later: Keras' `epochs`.
    public var epochs = 1
    public var batchSize = 32
    public var shuffle = true
    public var seed = 0
    /// Epochs that are done already: Keras' `initial_epoch`.
    public var initialEpoch = 0
    /// Where to go on within the first epoch, after an interruption.
    public var partialEpoch: PartialEpoch?

    public init() {}
}

/// How far an interrupted epoch came: enough to go on as if nothing had happened.
public struct PartialEpoch: Equatable, Sendable {
    /// Batches that are done.
    public var steps: Int
    /// What they cost, and what the metrics collected there.
    public var sums: BatchResult

    public init(steps: Int = 0, sums: BatchResult = BatchResult()) { (self.steps, self.sums) = (steps, sums) }
}

/// The numbers of all epochs, by name, in Keras' order.
public struct TrainingHistory: Equatable, Sendable {
    public struct MetricSeries: Equatable, Sendable {
        public var name: String
        public var values: [Double]
        public init(name: String, values: [Double]) { (self.name, self.values) = (name, values) }
    }
    public private(set) var series: [MetricSeries] = []

    public init() {}
    public init(_ series: [MetricSeries]) { self.series = series }

    /// Epochs that were completed.
    public var epochs: Int { series.first?.values.count ?? 0 }

    public subscript(name: String) -> [Double]? { series.first { $0.name == name }?.values }

    public mutating func append(_ logs: EpochLogs) {
        let before = epochs
        for entry in logs.entries {
            if let index = series.firstIndex(where: { $0.name == entry.name }) {
                series[index].values.append(entry.value)
            } else {
                // A name that earlier epochs, of a run that was resumed, did not have.
                series.append(
                    MetricSeries(
                        name: entry.name, values: Array(repeating: .nan, count: before) + [entry.value]))
            }
        }
        for index in series.indices where series[index].values.count == before {
            series[index].values.append(.nan)
        }
    }
}

/// What someone who watches a run is told.
public protocol FitObserver: AnyObject {
    /// `epoch` counts from 1, as people do.
    func epochBegan(_ epoch: Int, of epochs: Int, steps: Int)
    /// After each batch, with the epoch's numbers so far.
    func batchEnded(_ step: Int, _ values: @autoclosure () -> EpochLogs)
    func epochEnded(_ logs: EpochLogs)
    func note(_ line: String)
}

/// How a run ended.
public struct FitOutcome: Equatable, Sendable {
    public enum End: Equatable, Sendable {
        case completed
        /// A callback ended it, for that reason.
        case stopped(String)
        /// Someone asked it to stop in the midst of an epoch.
        case interrupted(PartialEpoch)
    }
    public var history: TrainingHistory
    public var end: End
    public var seconds: Double
}
