import Base
import Network

/// Lowers the learning rate when a metric stops improving. It adds `lr` to the logs: the rate of the epoch before the
/// reduction.
///
/// Source: Keras 2's ReduceLROnPlateau. Rates are rounded to float32, as in Keras' variable.
public struct ReduceLROnPlateau: Callback {
    public struct Options: Equatable, Sendable {
        public var monitor: Monitor
        public var factor = 0.1
        public var patience = 10
        public var minDelta = 1e-4
        /// Epochs after a reduction that are not counted.
        public var cooldown = 0
        public var minLearningRate = 0.0
        public var isVerbose = false

        public init(monitor: String = "val_loss", mode: Monitor.Mode = .auto) {
            self.monitor = Monitor(monitor, mode: mode) { $0.contains("acc") }
        }

        init(from options: inout LayerConfig, _ names: LogNames) throws(CellarError) {
            monitor = try Monitor(from: &options, names) { $0.contains("acc") }
            factor = try options.double("factor", default: 0.1, in: 0...1)
            guard factor < 1 else {
                throw options.error("factor must be less than 1, but is 1", key: "factor")
            }
            patience = try options.int("patience", default: 10, in: 0...Int(Int32.max))
            minDelta = try options.double("min_delta", default: 1e-4)
            cooldown = try options.int("cooldown", default: 0, in: 0...Int(Int32.max))
            minLearningRate = try options.double("min_lr", default: 0, in: 0...1e6)
            isVerbose = try options.int("verbose", default: 0, in: 0...2) > 0
        }
    }

    let options: Options
    private var wait = 0
    private var coolingDown = 0
    private var best: Double

    public init(_ options: Options) {
        self.options = options
        best = options.monitor.worst
    }

    public mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun
    ) throws(CellarError) {
        let rate = Double(Float(run.learningRate))
        logs["lr"] = rate
        guard let value = logs[options.monitor.name] else { return }
        if coolingDown > 0 { (coolingDown, wait) = (coolingDown - 1, 0) }
        // Keras adds the delta to the best value here, which rounds differently from EarlyStopping.
        let better =
            options.monitor.wantsMore ? value > best + options.minDelta : value < best - options.minDelta
        if better {
            (best, wait) = (value, 0)
        } else if coolingDown == 0 {
            wait += 1
            guard wait >= options.patience, rate > Double(Float(options.minLearningRate)) else { return }
            let lower = max(Double(Float(rate) * Float(options.factor)), options.minLearningRate)
            run.learningRate = lower
            if options.isVerbose {
                run.note("Epoch \(epoch + 1): learning rate reduced from \(Float(rate)) to \(Float(lower)).")
            }
            (coolingDown, wait) = (options.cooldown, 0)
        }
    }
}
