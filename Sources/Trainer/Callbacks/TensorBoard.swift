import Base
import Foundation
import Network

/// Writes each epoch's metrics for TensorBoard: `epoch_loss`, `epoch_accuracy`, `epoch_learning_rate` … in the folders
/// `train` and `validation`, which TensorBoard shows in one chart.
///
/// Source: Keras 3's TensorBoard with `update_freq: epoch`, without the model's graph and metrics per batch.
public struct TensorBoard: Callback {
    public struct Options: Equatable, Sendable {
        public var folder: String

        public init(folder: String) { self.folder = folder }

        /// By default each run has a folder of its own; Keras' default, `logs`, mixes the curves of all runs.
        init(from options: inout LayerConfig, _ names: LogNames) throws(CellarError) {
            folder = try names.path("log_dir", default: "logs/fit/log_%Y_%m_%d_%H_%M_%S", &options)
            _ = try options.string("update_freq", default: "epoch", oneOf: ["epoch"])
            for name in ["histogram_freq", "embeddings_freq"]
            where try options.int(name, default: 0, in: 0...Int(Int32.max)) != 0 {
                throw options.error("\(name) is not supported; only numbers of epochs are written", key: name)
            }
            for name in ["write_images", "write_steps_per_second"]
            where try options.bool(name, default: false) {
                throw options.error("\(name) is not supported; only numbers of epochs are written", key: name)
            }
            // Keras draws the graph and profiles by default; neither affects training.
            options.ignore("write_graph", "profile_batch", "embeddings_metadata")
        }
    }

    let options: Options
    private var training, validation: EventFile?

    public init(_ options: Options) { self.options = options }

    /// Creates the first file, so that an unwritable folder fails before the first epoch.
    public mutating func trainingBegins(_ run: any TrainingRun) throws(CellarError) {
        training = try file("train")
        run.note("TensorBoard: \(options.folder)")
    }

    /// The earlier epochs are in the files of the earlier run.
    public mutating func resumes(after earlier: [EpochLogs], _ run: any TrainingRun) {}

    public mutating func epochEnds(
        _ epoch: Int, _ logs: inout EpochLogs, _ run: any TrainingRun
    ) throws(CellarError) {
        let time = Date().timeIntervalSince1970
        for entry in logs.entries {
            let isValidation = entry.name.hasPrefix("val_")
            if isValidation, validation == nil { validation = try file("validation") }
            let name = isValidation ? String(entry.name.dropFirst(4)) : entry.name
            try write(entry.value, "epoch_" + name, epoch, time, to: isValidation ? validation : training)
        }
        try write(run.learningRate, "epoch_learning_rate", epoch, time, to: training)
    }

    private func file(_ name: String) throws(CellarError) -> EventFile {
        do { return try EventFile(in: options.folder + "/" + name) } catch {
            throw error.advising("Choose another log_dir for TensorBoard.")
        }
    }

    private func write(
        _ value: Double, _ tag: String, _ epoch: Int, _ time: Double, to file: EventFile?
    ) throws(CellarError) {
        try file?.write(Event(time: time, step: epoch, content: .scalar(tag: tag, Float(value))))
    }
}
