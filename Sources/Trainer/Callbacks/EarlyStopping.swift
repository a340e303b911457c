import Base
import Network

/// Ends training when a metric stops improving.
///
/// Source: Keras' EarlyStopping since 2.11 (and in Keras 3): an epoch that improves never ends training, and
/// `restore_best_weights` always restores at the end of training. Keras 2.10 differs in both: with patience 0 it stops
/// after the second epoch even if that improved, and it restores only if it stopped early.
public struct EarlyStopping: Callback {
    public struct Options: Equatable, Sendable {
        public var monitor: Monitor
        /// The minimum change that counts as an improvement.
        public var minDelta = 0.0
        /// Epochs without improvement after which training ends; 0 and 1 are equivalent.
        public var patience = 0
        /// A value that an improvement must also exceed to reset the patience.
        public var baseline: Double?
        public var restoresBestWeights = false
        /// The first epoch to monitor, counted from 0.
        public var startFromEpoch = 0

        public init(monitor: String = "val_loss", mode: Monitor.Mode = .auto) {
            self.monitor = Monitor(monitor, mode: mode, autoIsMax: Self.autoIsMax)
        }

        private static func autoIsMax(_ name: String) -> Bool {
            ["acc", "accuracy", "auc"].contains(where: name.hasSuffix)
        }

        init(from options: inout LayerConfig, _ names: LogNames) throws(CellarError) {
            monitor = try Monitor(from: &options, names, autoIsMax: Self.autoIsMax)
            minDelta = abs(try options.double("min_delta", default: 0))
            patience = try options.int("patience", default: 0, in: 0...Int(Int32.max))
            baseline = try options.value("baseline") == nil ? nil : options.double("baseline")
            restoresBestWeights = try options.bool("restore_best_weights", default: false)
            startFromEpoch = try options.int("start_from_epoch", default: 0, in: 0...Int(Int32.max))
            options.ignore("verbose")
        }
    }

    let options: Options
    private var wait = 0
    private var best: Double
    private var bestWeights: RememberedWeights?
    /// The best epoch was before this run, and its weights are not known.
    private var hasLostBest = false

    public init(_ options: Options) {
        self.options = options
        best = options.monitor.worst
    }

    public mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun
    ) throws(CellarError) {
        let monitor = options.monitor
        guard let value = logs[monitor.name], epoch >= options.startFromEpoch else { return }
        // If no epoch improves, the first epoch's weights are restored.
        if options.restoresBestWeights && bestWeights == nil && !hasLostBest {
            bestWeights = run.rememberWeights(after: epoch)
        }
        wait += 1
        if monitor.isBetter(value, than: best, by: options.minDelta) {
            best = value
            if options.restoresBestWeights {
                (bestWeights, hasLostBest) = (run.rememberWeights(after: epoch), false)
            }
            if options.baseline.map({ monitor.isBetter(value, than: $0, by: options.minDelta) }) ?? true {
                wait = 0
            }
        } else if wait >= options.patience && epoch > 0 {
            run.stop("\(monitor.name) has not improved for \(wait) epoch\(wait == 1 ? "" : "s")")
            // Who resumes a run that was stopped gives it that many epochs again.
            wait = 0
        }
    }

    public mutating func resumes(after earlier: [EpochLogs], _ run: any TrainingRun) throws(CellarError) {
        try repeatEpochs(earlier, run)
        guard let repeated = bestWeights else { return }
        bestWeights = run.weights(afterEarlier: repeated.epoch)
        guard bestWeights == nil else { return }
        hasLostBest = true
        run.note(
            "The best epoch so far by \(options.monitor.name) is \(repeated.epoch + 1), whose weights are not in the file "
                + "that this run resumes: unless a later epoch is better, the last weights are kept.")
    }

    public mutating func trainingEnds(_ run: any TrainingRun) throws(CellarError) {
        guard let bestWeights else { return }
        run.restore(bestWeights)
        run.note(
            "Restored the weights of epoch \(bestWeights.epoch + 1), the best by \(options.monitor.name).")
    }
}
