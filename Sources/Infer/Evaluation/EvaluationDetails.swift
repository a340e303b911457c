import Base
import Metrics
import Network
import Tensors

/// The outcomes of an evaluation's rows, for reports: what sums do not tell.
public struct EvaluationDetails: Sendable {
    /// The details for models that predict one class a row.
    public struct Classes: Sendable {
        public let names: [String]
        public let kind: OutputScore.Kind
        /// Indices into `names`.
        public internal(set) var truth: [Int32] = []
        public internal(set) var prediction: [Int32] = []
        /// The score of each class: [rows, classes].
        public internal(set) var scores: [Float] = []
        /// The network's numbers before a softmax or sigmoid, as the logits of a softmax: [rows, classes].
        public internal(set) var logits: [Float] = []
        /// The threshold of the positive class, if the model or the user chose one.
        public internal(set) var threshold: Double?
        /// The index of the positive class of that threshold.
        public internal(set) var positive: Int?

        public func score(_ row: Int, of label: Int) -> Float { scores[row * names.count + label] }
    }

    /// The details for models that predict values.
    public struct Values: Sendable {
        /// The values of a row.
        public let width: Int
        /// [rows, width]
        public internal(set) var truth: [Float] = []
        public internal(set) var prediction: [Float] = []
    }

    /// The details for models that predict several labels a row.
    public struct Labels: Sendable {
        public let names: [String]
        public let kind: OutputScore.Kind
        /// [rows, labels]
        public internal(set) var truth: [Bool] = []
        public internal(set) var prediction: [Bool] = []
        public internal(set) var scores: [Float] = []
    }

    public enum Outcomes: Sendable {
        case classes(Classes)
        case values(Values)
        case labels(Labels)
        /// Several outputs, or a class for each position.
        case none
    }

    public internal(set) var outcomes = Outcomes.none
    /// The numbers of the rows in the data, from 1.
    public internal(set) var rows: [Int] = []
    /// True for rows that the model was trained on; nil if these are unknown.
    public internal(set) var seen: [Bool]?
    /// The rows that are predicted wrong, the most confident first; of values, those with the largest errors.
    public internal(set) var worst: [WorstRow] = []
    /// The distribution of each input column; empty for pictures.
    public internal(set) var columns: [ColumnStatistics] = []
    /// True if there were more rows than are kept: then only sums are known.
    public internal(set) var isCut = false
    /// The form of pictures; nil for other data.
    public internal(set) var picture: ModelFacts.Picture?
}

/// A row that is predicted wrong, or with a large error.
public struct WorstRow: Sendable {
    /// The position among the evaluated rows, from 0.
    public let index: Int
    /// The error of the row; more is worse.
    let badness: Float
    /// The first input's numbers.
    public let sample: [Float]
}

/// Mean and standard deviation of a column.
public struct ColumnStatistics: Equatable, Sendable {
    public let name: String
    public private(set) var count = 0.0
    public private(set) var mean = 0.0
    private var spread = 0.0

    init(name: String) { self.name = name }

    mutating func add(_ value: Double) {
        count += 1
        let distance = value - mean
        mean += distance / count
        spread += distance * (value - mean)
    }

    public var standardDeviation: Double { count > 1 ? (spread / count).squareRoot() : 0 }

    /// The distance of a value from the mean, in standard deviations.
    public func distance(of value: Double) -> Double {
        standardDeviation > 0 ? (value - mean) / standardDeviation : 0
    }
}
