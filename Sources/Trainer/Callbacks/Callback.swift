import Base

/// A callback that runs between epochs, as in Keras. Callbacks are called in the recipe's order.
public protocol Callback {
    mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError)

    /// Called after validation of `epoch`, counted from 0. A callback may add to the logs for later callbacks.
    mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun) throws(CellarError)

    /// Called at the end of training, unless it was interrupted or failed.
    mutating func trainingEnds(_ run: any TrainingRun) throws(CellarError)
}

extension Callback {
    public mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError) {}
    public mutating func trainingEnds(_ run: any TrainingRun) throws(CellarError) {}
}

/// The interface of a training run for callbacks.
public protocol TrainingRun: AnyObject {
    var learningRate: Double { get set }
    /// Ends training after this epoch. `reason` is shown to the user.
    func stop(_ reason: String)
    /// Stores a copy of all weights and returns a closure that restores them.
    func rememberWeights() -> () -> Void
    /// Writes the current model with the optimizer's state atomically.
    func saveModel(to path: String, after epoch: Int, _ logs: EpochLogs) throws(CellarError)
    /// Shows a line to the user.
    func note(_ line: String)
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
