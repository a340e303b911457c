import Base
import Network

/// Saves the model with its optimizer's state after each epoch, or after each best epoch so far. The file is written
/// atomically, and training can continue from it: `trainer fit RECIPE --from FILE`.
///
/// Source: Keras 2's ModelCheckpoint: paths are relative to the current folder, and folders are created.
public struct ModelCheckpoint: Callback {
    public struct Options: Equatable, Sendable {
        public var filepath: FileNamePattern
        public var monitor: Monitor
        public var savesBestOnly = false
        /// The value that the first epoch must improve on.
        public var initialValue: Double?
        public var isVerbose = false
        /// Makes each saved file a version in the store.
        public var registers = false

        public init(filepath: FileNamePattern, monitor: String = "val_loss", mode: Monitor.Mode = .auto) {
            self.filepath = filepath
            self.monitor = Monitor(monitor, mode: mode, autoIsMax: Self.autoIsMax)
        }

        private static func autoIsMax(_ name: String) -> Bool {
            name.contains("acc") || name.hasPrefix("fmeasure")
        }

        init(from options: inout LayerConfig, _ names: LogNames) throws(CellarError) {
            let path = try names.path("filepath", &options)
            guard [".h5", ".hdf5"].contains(where: path.hasSuffix) else {
                throw options.error("filepath must end in .h5, but is \"\(path)\"", key: "filepath")
            }
            filepath = try FileNamePattern(path, names: names.all)
            savesBestOnly = try options.bool("save_best_only", default: false)
            // Without save_best_only no metric is monitored, and val_loss may not exist.
            if savesBestOnly {
                monitor = try Monitor(from: &options, names, autoIsMax: Self.autoIsMax)
            } else {
                options.ignore("monitor", "mode")
                monitor = Monitor("val_loss", autoIsMax: Self.autoIsMax)
            }
            if try options.bool("save_weights_only", default: false) {
                throw options.error(
                    "save_weights_only is not supported; the whole model is always saved",
                    key: "save_weights_only")
            }
            _ = try options.string("save_freq", default: "epoch", oneOf: ["epoch"])
            initialValue =
                try options.value("initial_value_threshold") == nil
                ? nil : options.double("initial_value_threshold")
            isVerbose = try options.int("verbose", default: 0, in: 0...2) > 0
            registers = try options.bool("register", default: false)
        }
    }

    let options: Options
    private var best: Double

    public init(_ options: Options) {
        self.options = options
        best = options.initialValue ?? options.monitor.worst
    }

    public mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun
    ) throws(CellarError) {
        if options.savesBestOnly {
            guard let value = logs[options.monitor.name], options.monitor.isBetter(value, than: best) else {
                return
            }
            best = value
        }
        let path = options.filepath.name(epoch: epoch, logs)
        try run.saveModel(to: path, after: epoch, logs)
        if options.registers { try run.checkpointSaved(path) }
        if options.isVerbose { run.note("Epoch \(epoch + 1): saved \(path).") }
    }
}
