/// What is known of one saved model beside its layers and weights. It travels inside the model file, and is the
/// value that the trainer hands to the registry: the index can always be rebuilt from the files.
public struct ModelFacts: Equatable, Sendable {
    /// The model's name in the registry, as `mnist` in `mnist:12`.
    public var name: String
    /// When it was saved: ISO 8601, UTC, `2026-11-22T12:30:05Z`.
    public var created: String
    public var task: Task?
    /// Which Keras layout the file has, as `keras-2.10-h5`.
    public var generation: String
    /// SHA-256 (lower-case hex) over the layers' classes, options and wiring, without names and weights.
    public var architecture: String
    public var trainableParameters: Int
    public var nonTrainableParameters: Int

    /// What the outputs mean, in their order; for one sigmoid unit: the negative class, then the positive.
    public var classes: [String]
    /// What the inputs mean, in their order: the columns of a table.
    public var features: [String]
    /// How a picture has to look, where the model takes pictures.
    public var picture: Picture?

    public var metrics: [Metric]
    /// Per-epoch values by Keras' names (`loss`, `val_accuracy` …), in the order in which Keras lists them.
    public var history: [Series]
    public var hyperparameters = Hyperparameters()
    public var dataset: Dataset?
    /// The recipe's text, as it was read.
    public var recipe: String?
    public var seed: Int?
    public var commandLine: [String]
    public var parents: [Parent]
    public var host: Host?
    public var trainingSeconds: Double?

    public enum Task: String, Sendable { case multiclass, binary, regression }

    /// One number: how good the model is on a split (`train`, `validation`, `test`), by a metric's Keras name.
    public struct Metric: Equatable, Sendable {
        public var split, name: String
        public var value: Double
        public init(split: String, name: String, value: Double) {
            (self.split, self.name, self.value) = (split, name, value)
        }
    }

    public struct Series: Equatable, Sendable {
        public var name: String
        public var values: [Double]
        public init(name: String, values: [Double]) { (self.name, self.values) = (name, values) }
    }

    public struct Picture: Equatable, Sendable {
        public var height, width, channels: Int
        /// True where ink is bright on dark, as in MNIST.
        public var inkIsBright: Bool
        public init(height: Int, width: Int, channels: Int = 1, inkIsBright: Bool) {
            (self.height, self.width, self.channels) = (height, width, channels)
            self.inkIsBright = inkIsBright
        }
    }

    public struct Dataset: Equatable, Sendable {
        public var path, sha256: String
        public var trainRows, validationRows, testRows: Int
        /// How the rows were divided; nil in files from before it was kept.
        public var division: RowDivision?
        public init(
            path: String, sha256: String, trainRows: Int, validationRows: Int, testRows: Int,
            division: RowDivision? = nil
        ) {
            (self.path, self.sha256, self.division) = (path, sha256, division)
            (self.trainRows, self.validationRows, self.testRows) = (trainRows, validationRows, testRows)
        }
    }

    /// The file that this one came from, and how.
    public struct Parent: Equatable, Sendable {
        public enum Kind: String, Sendable {
            case resumedFrom = "resumed-from"
            case checkpointOf = "checkpoint-of"
            case importedFrom = "imported-from"
        }
        public var kind: Kind
        public var sha256: String
        /// What the user called it: `mnist:3`, or a path.
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
