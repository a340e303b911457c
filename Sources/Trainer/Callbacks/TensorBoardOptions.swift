import Base
import Network

extension TensorBoard {
    public struct Options: Equatable, Sendable {
        public enum UpdateFrequency: Equatable, Sendable {
            case epoch
            /// After each such number of batches.
            case batches(Int)
        }

        public var folder: String
        public var updateFrequency = UpdateFrequency.epoch
        public var writesGraph = true
        /// The number of epochs from one histogram of the weights to the next; 0 for none.
        public var histogramFrequency = 0
        /// Writes the weights as pictures beside their histograms.
        public var writesImages = false
        public var writesStepsPerSecond = false
        /// The number of epochs from one picture of the confusion matrix of the validation rows to the next; 0 for none.
        public var confusionMatrixFrequency = 0
        /// The same for pictures of validation rows that are predicted wrong.
        public var mistakesFrequency = 0
        /// Writes the hyper-parameters for TensorBoard's page of them.
        public var writesHyperparameters = true

        public init(folder: String) { self.folder = folder }

        /// By default each run has a folder of its own; Keras' default, `logs`, mixes the curves of all runs.
        init(from options: inout LayerConfig, _ names: LogNames) throws(CellarError) {
            folder = try names.path("log_dir", default: "logs/fit/log_%Y_%m_%d_%H_%M_%S", &options)
            updateFrequency = try Self.updateFrequency(&options)
            writesGraph = try options.bool("write_graph", default: true)
            let epochs = 0...Int(Int32.max)
            histogramFrequency = try options.int("histogram_freq", default: 0, in: epochs)
            writesImages = try options.bool("write_images", default: false)
            writesStepsPerSecond = try options.bool("write_steps_per_second", default: false)
            confusionMatrixFrequency = try options.int("confusion_matrix_freq", default: 0, in: epochs)
            mistakesFrequency = try options.int("mistakes_freq", default: 0, in: epochs)
            writesHyperparameters = try options.bool("hparams", default: true)
            if try options.int("embeddings_freq", default: 0, in: epochs) != 0 {
                throw options.error("embeddings_freq is not supported", key: "embeddings_freq")
            }
            if writesImages, histogramFrequency == 0 {
                throw options.error("write_images needs histogram_freq, as in Keras", key: "write_images")
            }
            let needed = [
                ("confusion_matrix_freq", confusionMatrixFrequency), ("mistakes_freq", mistakesFrequency),
            ]
            for (key, frequency) in needed where frequency > 0 && !names.all.contains("val_loss") {
                throw options.error("\(key) needs validation rows", key: key)
            }
            // A profile is of TensorFlow's operations, which do not exist here.
            options.ignore("profile_batch", "embeddings_metadata")
        }

        private static func updateFrequency(_ options: inout LayerConfig) throws(CellarError)
            -> UpdateFrequency
        {
            if let number = options.value("update_freq")?.int {
                guard number > 0 else {
                    throw options.error("update_freq must be at least 1 batch", key: "update_freq")
                }
                return .batches(number)
            }
            let name = try options.string("update_freq", default: "epoch", oneOf: ["epoch", "batch"])
            return name == "batch" ? .batches(1) : .epoch
        }
    }
}
