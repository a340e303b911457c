import Base
import Tensors

/// One of Keras' losses with its options: a value for each position of an output (all axes except the last),
/// averaged over a batch. If the output ends with softmax or sigmoid, cross-entropies use the logits, as
/// Keras with TensorFlow does.
public struct Loss: Equatable, Sendable {
    /// The names of Keras' functions.
    public enum Kind: String, Sendable, CaseIterable {
        case sparseCategoricalCrossentropy = "sparse_categorical_crossentropy"
        case categoricalCrossentropy = "categorical_crossentropy"
        case categoricalFocalCrossentropy = "categorical_focal_crossentropy"
        case binaryCrossentropy = "binary_crossentropy"
        case binaryFocalCrossentropy = "binary_focal_crossentropy"
        case meanSquaredError = "mean_squared_error"
        case meanAbsoluteError = "mean_absolute_error"
        case meanAbsolutePercentageError = "mean_absolute_percentage_error"
        case meanSquaredLogarithmicError = "mean_squared_logarithmic_error"
        case huber
        case logCosh = "log_cosh"
        case poisson
        case klDivergence = "kl_divergence"
        case cosineSimilarity = "cosine_similarity"
        case hinge
        case squaredHinge = "squared_hinge"
        case categoricalHinge = "categorical_hinge"
    }

    /// The reduction of a batch's values to one.
    public enum Reduction: String, Sendable, CaseIterable {
        /// Σ w·l / n, where n is the number of positions that are not masked.
        case mean = "sum_over_batch_size"
        case sum
        /// Σ w·l / Σ w; Keras 3 only.
        case weightedMean = "mean_with_sample_weight"
        /// None, in a file also null: each position keeps its own value. Their sum is minimized, their mean is shown.
        case unreduced = "none"
    }

    public var kind: Kind
    /// True if the network's outputs are logits, without softmax or sigmoid.
    public var fromLogits: Bool
    public var reduction = Reduction.mean
    /// Keras' `label_smoothing` s: t becomes t·(1 − s) + s/classes; for the binary losses, t·(1 − s) + s/2.
    public var labelSmoothing = 0.0
    /// Keras' `ignore_class`: positions of this class have no loss and do not count.
    public var ignoredClass: Int?
    /// The distance at which huber changes from a quadratic to a linear function.
    public var delta = 1.0
    /// The factors of the focal losses.
    public var focus = Focus()

    /// True for Keras 2.3 to 2.10: masked positions have no loss but count in the mean.
    public var countsMasked = false

    /// True for the formulas of Keras 3: no 1e-7 is added to clipped probabilities before the logarithm.
    public var newer = false

    /// Options of the focal losses: (1 − p)^gamma, times alpha.
    public struct Focus: Equatable, Sendable {
        public var alpha = [0.25]
        public var gamma = 2.0
        /// True if alpha is used; only for the binary loss.
        public var balancesClasses = false
        public init() {}
    }

    public init(_ kind: Kind, fromLogits: Bool = false) { (self.kind, self.fromLogits) = (kind, fromLogits) }

    /// The activation whose logits this loss uses.
    public var naturalActivation: Activation? {
        switch kind {
        // Keras 3 sets ignored outputs to 0 and then no longer knows the logits that they are computed from.
        case .sparseCategoricalCrossentropy where newer && ignoredClass != nil: nil
        case .sparseCategoricalCrossentropy, .categoricalCrossentropy: .softmax
        case .binaryCrossentropy, .binaryFocalCrossentropy: .sigmoid
        default: nil
        }
    }

    /// True if the loss is for regression, not for classes.
    public var isForNumbers: Bool {
        switch kind {
        case .meanSquaredError, .meanAbsoluteError, .meanAbsolutePercentageError,
            .meanSquaredLogarithmicError,
            .huber, .logCosh, .poisson, .cosineSimilarity:
            true
        default: false
        }
    }

    /// True if the loss distinguishes two classes with one output.
    public var isBinary: Bool { isForEachOutput || isHinge }

    /// True if each output is a binary prediction, so that a sample may have several labels.
    public var isForEachOutput: Bool { kind == .binaryCrossentropy || kind == .binaryFocalCrossentropy }

    /// True if the outputs are margins: distances from the decision boundary.
    public var isForMargins: Bool { isHinge || kind == .categoricalHinge }

    /// True if the loss of a batch is not the mean of its samples' losses.
    public var dependsOnBatch: Bool { reduction == .sum || ignoredClass != nil }

    /// True if the loss of a batch is one value, as it is but for the reduction none.
    var isOneValue: Bool { reduction != .unreduced }

    /// True for hinge losses with targets of −1 and 1. If a batch has only 0 and 1, they are converted.
    var isHinge: Bool { kind == .hinge || kind == .squaredHinge }

    /// Throws an error if these targets cannot be compared with outputs of that shape.
    public func check(_ targets: Targets, shape: [Int]) throws(CellarError) {
        let (width, size) = (shape.last ?? 1, shape.reduce(1, *))
        let positions = size / max(width, 1)
        func wrongClass(_ index: Int) -> CellarError {
            CellarError("class \(index) does not fit \(width) outputs, which know classes 0 to \(width - 1)")
        }
        switch targets {
        case .classes(let classes):
            guard positions == 1 else {
                throw CellarError("the output has \(positions) positions, but there is one class a sample")
            }
            if width > 1 {
                guard kind != .binaryCrossentropy && kind != .binaryFocalCrossentropy else {
                    throw CellarError("\(kind.rawValue) with classes needs one output, not \(width)")
                }
                for index in classes.lazy.map({ Int($0) }) where index != ignoredClass {
                    guard (0..<width).contains(index) else { throw wrongClass(index) }
                }
            } else if kind == .sparseCategoricalCrossentropy, let wrong = classes.first(where: { $0 != 0 }) {
                throw wrongClass(Int(wrong))
            } else if isBinary, let wrong = classes.first(where: { $0 < 0 || $0 > 1 }) {
                throw CellarError("class \(wrong) is not 0 or 1, which one sigmoid output stands for")
            }
        case .values(let values, let given):
            guard kind == .sparseCategoricalCrossentropy else {
                guard given == size else {
                    throw CellarError("targets have \(given) numbers a sample, outputs \(size)")
                }
                return
            }
            guard given == positions else {
                throw CellarError(
                    "sparse_categorical_crossentropy needs \(positions) class indices a sample, not \(given) numbers"
                )
            }
            for value in values where ignoredClass.map({ Float($0) != value }) ?? true {
                guard let index = Int(exactly: value) else {
                    throw CellarError("sparse_categorical_crossentropy needs class indices, not \(value)")
                }
                guard (0..<width).contains(index) else { throw wrongClass(index) }
            }
        }
    }
}
