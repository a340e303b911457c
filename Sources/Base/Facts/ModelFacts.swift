/// The metadata of one saved model besides its layers and weights. It is stored in the model file, so that
/// the registry's index can always be rebuilt from the files.
public struct ModelFacts: Equatable, Sendable {
    /// The model's name in the registry: `mnist` in `mnist:12`.
    public var name: String
    /// The time of saving: ISO 8601, UTC, `2026-11-22T12:30:05Z`.
    public var created: String
    public var task: Task?
    /// The Keras file layout, as `keras-2.10-h5`.
    public var generation: String
    /// SHA-256 (lower-case hex) of the layers' classes, options and connections, without names and weights.
    public var architecture: String
    public var trainableParameters: Int
    public var nonTrainableParameters: Int

    /// The meaning of the outputs, in order. For one sigmoid unit: the negative class, then the positive.
    public var classes: [String]
    /// The meaning of the inputs, in order: the columns of a table.
    public var features: [String]
    /// The required form of an input picture, if the model takes pictures.
    public var picture: Picture?

    /// The rule by which one of two classes is predicted, if it is not the usual one.
    public var decision: Decision?
    /// The calibration by which the logits were divided; nil if they are those of training.
    public var calibration: JSON?

    public var metrics: [MetricValue]
    /// Per-epoch values by Keras' names (`loss`, `val_accuracy` …), in Keras' order.
    public var history: [MetricSeries]
    public var hyperparameters = Hyperparameters()
    public var dataset: Dataset?
    /// The text of the recipe, unchanged.
    public var recipe: String?
    public var seed: Int?
    /// Identifies the training run: the same in its checkpoints and in the model that it saved.
    public var run: String?
    /// True for a file that a run wrote on the way.
    public var isCheckpoint = false
    /// The number of epochs that a checkpoint's weights were trained.
    public var epoch: Int?
    public var commandLine: [String]
    public var parents: [Parent]
    public var host: Host?
    public var trainingSeconds: Double?

    public enum Task: String, Sendable { case multiclass, binary, regression }

    /// The positive one of two classes, and the score from which on it is predicted.
    public struct Decision: Equatable, Sendable {
        public var positive: String
        public var threshold: Double
        public init(positive: String, threshold: Double) {
            (self.positive, self.threshold) = (positive, threshold)
        }
    }

    /// A metric value of the model on a split (`train`, `validation`, `test`), by the metric's Keras name.
    public struct MetricValue: Equatable, Sendable {
        public var split, name: String
        public var value: Double
        public init(split: String, name: String, value: Double) {
            (self.split, self.name, self.value) = (split, name, value)
        }
    }

    public struct MetricSeries: Equatable, Sendable {
        public var name: String
        public var values: [Double]
        public init(name: String, values: [Double]) { (self.name, self.values) = (name, values) }
    }

    public struct Dataset: Equatable, Sendable {
        public var path, sha256: String
        public var trainRows, validationRows, testRows: Int
        /// The division of the rows; nil in files written before this key existed.
        public var division: RowDivision?
        /// The dialect of the table, as far as the recipe gives it.
        public var dialect: TableDialect?
        /// True if a table's columns entered the model one by one: a recipe with `columns`.
        public var readsColumns = false
        /// True if rows without a target were left out before the division.
        public var dropsMissingTargets = false
        public init(
            path: String, sha256: String, trainRows: Int, validationRows: Int, testRows: Int,
            division: RowDivision? = nil, dialect: TableDialect? = nil
        ) {
            (self.path, self.sha256, self.division, self.dialect) = (path, sha256, division, dialect)
            (self.trainRows, self.validationRows, self.testRows) = (trainRows, validationRows, testRows)
        }
    }

    /// The file that this one was made from, and how.
    public struct Parent: Equatable, Sendable {
        public enum Kind: String, Sendable {
            case resumedFrom = "resumed-from"
            case checkpointOf = "checkpoint-of"
            case importedFrom = "imported-from"
            case trialOf = "trial-of"
            /// The same model with a temperature or a threshold.
            case adjustedFrom = "adjusted-from"
        }
        public var kind: Kind
        /// Empty for a run, which is no file. For `trialOf` the digest of the sweep's description.
        public var sha256: String
        /// The name that the user gave: `mnist:3`, or a path. For `checkpointOf` the run, for `trialOf` the sweep.
        public var reference: String
        public init(kind: Kind, sha256: String, reference: String) {
            (self.kind, self.sha256, self.reference) = (kind, sha256, reference)
        }
    }

    public struct Host: Equatable, Sendable {
        public var processor, vectorExtensions, blas: String
        public var threads: Int
        public init(processor: String, vectorExtensions: String, blas: String, threads: Int) {
            (self.processor, self.vectorExtensions, self.blas) = (processor, vectorExtensions, blas)
            self.threads = threads
        }
    }

    public init(
        name: String, created: String, generation: String, architecture: String = "",
        trainableParameters: Int = 0, nonTrainableParameters: Int = 0
    ) {
        (self.name, self.created, self.generation) = (name, created, generation)
        self.architecture = architecture
        self.trainableParameters = trainableParameters
        self.nonTrainableParameters = nonTrainableParameters
        (classes, features, metrics, history, commandLine, parents) = ([], [], [], [], [], [])
    }

    public func metric(_ name: String, on split: String) -> Double? {
        metrics.first { $0.name == name && $0.split == split }?.value
    }
}
