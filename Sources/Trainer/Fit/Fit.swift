import Base
import Datasets
import Foundation
import KerasFile
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
    /// Threads that change the pictures of each epoch; nil without augmentation.
    private let changers: ThreadPool?
    private let observer: (any FitObserver)?
    private let save: (String, TrainingHistory, KeptWeights?) throws(CellarError) -> Void
    private let earlier: (Int) -> (() -> Void)?
    private let about: RunDescription
    private var stopReason: String?
    private var remembered: RememberedWeights?
    private var restoredEpoch: Int?
    private var history: TrainingHistory
    /// The names of an epoch's metrics.
    private let names: [String]

    /// The stream of random numbers for shuffling. Initial weights use streams from 1000.
    private static let shuffling = 1

    /// - Parameters:
    ///   - history: The history of the epochs before `options.initialEpoch`.
    ///   - about: What callbacks may know about the data.
    ///   - earlierWeights: The way back to the weights after an epoch before `options.initialEpoch`, if it is known.
    ///   - save: Writes the executor's current model to a path, with the history and the weights of the best epoch if they are
    ///     others. Only ModelCheckpoint calls it.
    public init(
        _ executor: TrainingExecutor, train: DataPart, validation: DataPart?, options: FitOptions,
        history: TrainingHistory = TrainingHistory(), observer: (any FitObserver)? = nil,
        about: RunDescription = RunDescription(),
        earlierWeights: @escaping (Int) -> (() -> Void)? = { _ in nil },
        save: @escaping (String, TrainingHistory, KeptWeights?) throws(CellarError) -> Void
    ) {
        (self.executor, self.train, self.validation) = (executor, train, validation)
        (self.options, self.history, self.observer, self.save) = (options, history, observer, save)
        (earlier, self.about) = (earlierWeights, about)
        changers = options.augmentation == nil ? nil : ThreadPool(count: options.threads)
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
        if history.epochs > 0 {
            let logs = history.logs
            for index in callbacks.indices { try callbacks[index].resumes(after: logs, self) }
        }
        showNotes()
        var end = FitOutcome.End.completed
        var partial = options.partialEpoch
        var epoch = options.initialEpoch
        while epoch < options.epochs {
            let result = try trainEpoch(
                epoch, from: partial ?? PartialEpoch(), &callbacks, shouldStop)
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
            showNotes()
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
        showNotes()
        let time = (ContinuousClock.now - start).components
        return FitOutcome(
            history: history, end: end, seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18,
            restoredEpoch: restoredEpoch)
    }

    private func trainEpoch(
        _ epoch: Int, from begun: PartialEpoch, _ callbacks: inout [any Callback],
        _ shouldStop: () -> Bool
    ) throws(CellarError) -> (logs: EpochLogs, stopped: PartialEpoch?) {
        let order = Self.order(of: train.count, epoch: epoch, options)
        let steps = stepsPerEpoch
        let watching = callbacks.indices.filter { callbacks[$0].watchesBatches }
        var done = begun
        observer?.epochBegan(epoch + 1, of: options.epochs, steps: steps)
        var inputs = train.inputs
        if let augmentation = options.augmentation, let changers {
            inputs = inputs.map {
                augmentation.applied(to: $0, seed: options.seed, epoch: epoch, on: changers)
            }
        }
        while done.steps < steps {
            let first = done.steps * options.batchSize
            let rows = order[first..<min(first + options.batchSize, train.count)]
            let batch = executor.trainBatch(
                inputs, train.targets, weights: train.weights, rows: rows)
            if executor.isAbandoned { return (EpochLogs(), done) }
            try check(batch, "epoch \(epoch + 1), batch \(done.steps + 1)")
            guard batch.lossSum.isFinite else { throw diverged(epoch, done.steps) }
            done.steps += 1
            done.sums.add(batch)
            observer?.batchEnded(done.steps, numbers(done.sums))
            for index in watching {
                try callbacks[index].batchEnds(epoch * steps + done.steps, { numbers(done.sums) }, self)
            }
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

    public var stepsPerEpoch: Int { (train.count + options.batchSize - 1) / options.batchSize }

    public func state() -> RunState? {
        RunState(
            model: executor.trainedNetwork, objective: executor.objective, train: train,
            validation: validation, batchSize: options.batchSize, about: about)
    }

    public func stop(_ reason: String) { stopReason = stopReason ?? reason }

    public func rememberWeights(after epoch: Int) -> RememberedWeights {
        let checkpoint = executor.checkpoint
        let weights = RememberedWeights(epoch: epoch) { [executor] in executor.restore(checkpoint) }
        remembered = weights
        return weights
    }

    public func weights(afterEarlier epoch: Int) -> RememberedWeights? {
        remembered = earlier(epoch).map { RememberedWeights(epoch: epoch, restore: $0) }
        return remembered
    }

    public func restore(_ weights: RememberedWeights) {
        weights.restore()
        restoredEpoch = weights.epoch
    }

    /// The weights that a callback remembers; nil if they are those after `epoch`.
    func keptWeights(unlessOf epoch: Int? = nil) -> KeptWeights? {
        guard let remembered, remembered.epoch != epoch else { return nil }
        let now = executor.checkpoint
        defer { executor.restore(now) }
        remembered.restore()
        return KeptWeights(epoch: remembered.epoch, weights: executor.trainedNetwork.weights)
    }

    public func saveModel(to path: String, after epoch: Int, _ logs: EpochLogs) throws(CellarError) {
        var history = history
        history.append(logs)
        try save(path, history, keptWeights(unlessOf: epoch))
    }

    public func checkpointSaved(_ path: String) throws(CellarError) { try observer?.checkpointSaved(path) }

    /// Notes that are shown after the epoch's line is complete.
    private var pending: [String] = []
    private func showNotes() {
        for line in pending { observer?.note(line) }
        pending = []
    }
    public func note(_ line: String) { pending.append(line) }
}
