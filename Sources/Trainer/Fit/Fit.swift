import Base
import Foundation
import Network
import Tensors

/// Keras' `fit`: epochs of shuffled batches, including the short last one, with validation and callbacks.
///
/// The order of the samples depends only on the seed and the epoch. Training for four epochs therefore gives the same
/// bits as training for two, saving, and continuing for two more.
public final class Fit: TrainingRun {
    private let executor: TrainingExecutor
    private let train: DataPart
    private let validation: DataPart?
    private let options: FitOptions
    private let observer: (any FitObserver)?
    private let save: (String, Int, TrainingHistory) throws(CellarError) -> Void
    private var stopReason: String?
    private var history: TrainingHistory
    /// The names of an epoch's metrics.
    private let names: [String]

    /// The stream of random numbers for shuffling. Initial weights use streams from 1000.
    private static let shuffling = 1

    /// - Parameters:
    ///   - history: The history of the epochs before `options.initialEpoch`.
    ///   - save: Writes the executor's current model to a path, with the number of completed epochs and their history.
    ///     Only ModelCheckpoint calls it.
    public init(
        _ executor: TrainingExecutor, train: DataPart, validation: DataPart?, options: FitOptions,
        history: TrainingHistory = TrainingHistory(), observer: (any FitObserver)? = nil,
        save: @escaping (String, Int, TrainingHistory) throws(CellarError) -> Void
    ) {
        (self.executor, self.train, self.validation) = (executor, train, validation)
        (self.options, self.history, self.observer, self.save) = (options, history, observer, save)
        names = executor.logNames
    }

    /// Returns the rows in the training order of an epoch, which is counted from 0.
    static func order(of count: Int, epoch: Int, _ options: FitOptions) -> [Int] {
        guard options.shuffle else { return Array(0..<count) }
        var random = RandomNumbers(seed: options.seed, stream: shuffling &+ epoch << 32)
        return random.permutation(of: count)
    }

    /// Trains until `options.epochs`, a callback's stop, or the first batch after which `shouldStop` returns true.
    ///
    /// Throws if a callback fails or the loss becomes infinite or NaN. Files that ModelCheckpoint wrote before are kept.
    public func run(
        callbacks: [any Callback], shouldStop: () -> Bool = { false }
    ) throws(CellarError) -> FitOutcome {
        let start = ContinuousClock.now
        var callbacks = callbacks
        for index in callbacks.indices { try callbacks[index].trainingBegins(self) }
        var end = FitOutcome.End.completed
        var partial = options.partialEpoch
        var epoch = options.initialEpoch
        while epoch < options.epochs {
            let result = try trainEpoch(epoch, from: partial ?? PartialEpoch(), shouldStop)
            partial = nil
            if let stopped = result.stopped {
                end = .interrupted(stopped)
                break
            }
            var logs = result.logs
            if let validation {
                let result = executor.evaluate(
                    validation.inputs, validation.targets, weights: validation.weights)
                try check(result, "the validation data, after epoch \(epoch + 1)")
                let values = numbers(result)
                for entry in values.entries { logs["val_" + entry.name] = entry.value }
            }
            for index in callbacks.indices { try callbacks[index].epochEnds(epoch, &logs, self) }
            history.append(logs)
            observer?.epochEnded(logs)
            for line in pending { observer?.note(line) }
            pending = []
            epoch += 1
            if let stopReason {
                end = .stopped(stopReason)
                break
            }
        }
        if case .interrupted = end {
            // Resuming needs the weights of the last batch, not of the best epoch.
        } else {
            for index in callbacks.indices { try callbacks[index].trainingEnds(self) }
        }
        for line in pending { observer?.note(line) }
        pending = []
        let time = (ContinuousClock.now - start).components
        return FitOutcome(
            history: history, end: end, seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18)
    }

    private func trainEpoch(
        _ epoch: Int, from begun: PartialEpoch, _ shouldStop: () -> Bool
    ) throws(CellarError) -> (logs: EpochLogs, stopped: PartialEpoch?) {
        let order = Self.order(of: train.count, epoch: epoch, options)
        let steps = (train.count + options.batchSize - 1) / options.batchSize
        var done = begun
        observer?.epochBegan(epoch + 1, of: options.epochs, steps: steps)
        while done.steps < steps {
            let first = done.steps * options.batchSize
            let rows = order[first..<min(first + options.batchSize, train.count)]
            let batch = executor.trainBatch(
                train.inputs, train.targets, weights: train.weights, rows: rows)
            try check(batch, "epoch \(epoch + 1), batch \(done.steps + 1)")
            guard batch.lossSum.isFinite else { throw diverged(epoch, done.steps) }
            done.steps += 1
            done.sums.add(batch)
            observer?.batchEnded(done.steps, numbers(done.sums))
            if shouldStop() { return (EpochLogs(), done) }
        }
        return (numbers(done.sums), nil)
    }

    /// Throws if a layer cannot compute with the data.
    private func check(_ result: BatchResult, _ place: String) throws(CellarError) {
        guard let failure = result.failure else { return }
        throw CellarError(
            .badData, "\(failure) It occurred in \(place); training was stopped and nothing was saved.")
    }

    private func diverged(_ epoch: Int, _ step: Int) -> CellarError {
        CellarError(
            .badData,
            "the loss became infinite or NaN in epoch \(epoch + 1), batch \(step + 1); training was stopped and "
                + "nothing was saved.",
            remedy:
                "Lower the learning rate (now \(Float(learningRate))), or check the data for extreme values.")
    }

    private func numbers(_ sums: BatchResult) -> EpochLogs {
        var logs = EpochLogs()
        for (name, value) in zip(names, executor.objective.logs(of: sums)) { logs[name] = value }
        return logs
    }

    // MARK: TrainingRun, for callbacks

    public var learningRate: Double {
        get { executor.learningRate }
        set { executor.learningRate = newValue }
    }

    public func stop(_ reason: String) { stopReason = stopReason ?? reason }

    public func rememberWeights() -> () -> Void {
        let checkpoint = executor.checkpoint
        return { [executor] in executor.restore(checkpoint) }
    }

    public func saveModel(to path: String, after epoch: Int, _ logs: EpochLogs) throws(CellarError) {
        var history = history
        history.append(logs)
        try save(path, epoch + 1, history)
    }

    /// Notes that are shown after the epoch's line is complete.
    private var pending: [String] = []
    public func note(_ line: String) { pending.append(line) }
}
