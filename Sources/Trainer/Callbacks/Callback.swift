import Base

/// What takes part in training between epochs, as Keras' callbacks do. They are called in the recipe's order.
public protocol Callback {
    mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError)

    /// After validation of `epoch`, counted from 0. A callback may add to the logs; later ones see it.
    mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun) throws(CellarError)

    /// Not called where training was interrupted or failed.
    mutating func trainingEnds(_ run: any TrainingRun) throws(CellarError)
}

extension Callback {
    public mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError) {}
    public mutating func trainingEnds(_ run: any TrainingRun) throws(CellarError) {}
}

/// What a callback can see and do.
public protocol TrainingRun: AnyObject {
    var learningRate: Double { get set }
    /// Ends training after this epoch. `reason` is for people.
    func stop(_ reason: String)
    /// Keeps all weights as they are; calling the result brings them back.
    func rememberWeights() -> () -> Void
    /// Writes the model as it is, with the optimizer's state, atomically.
    func saveModel(to path: String, after epoch: Int, _ logs: EpochLogs) throws(CellarError)
    /// A line for people.
    func note(_ line: String)
}

/// The numbers of one epoch by Keras' names, in Keras' order.
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
