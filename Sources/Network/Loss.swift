import Glibc
import JSONText
import Tensors

/// What the outputs should have been: one class index a sample, or one number for each output.
public enum Targets: Sendable {
    case classes([Int32])
    case values([Float], width: Int)

    public var count: Int {
        switch self {
        case .classes(let classes): classes.count
        case .values(let values, let width): values.count / max(width, 1)
        }
    }

    public func selecting(_ rows: some Collection<Int>) -> Targets {
        switch self {
        case .classes(let classes): .classes(rows.map { classes[$0] })
        case .values(let values, let width):
            .values(rows.flatMap { values[$0 * width..<($0 + 1) * width] }, width: width)
        }
    }
}

/// Keras' losses: the mean over the samples of a batch. From an output that ends with softmax or sigmoid, the
/// cross-entropies go back to the logits behind it, as Keras with TensorFlow does.
public struct Loss: Equatable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case sparseCategoricalCrossentropy = "sparse_categorical_crossentropy"
        case categoricalCrossentropy = "categorical_crossentropy"
        case binaryCrossentropy = "binary_crossentropy"
        case meanSquaredError = "mean_squared_error"
    }

    public var kind: Kind
    /// The network's outputs are logits: no softmax or sigmoid at its end.
    public var fromLogits: Bool

    public init(_ kind: Kind, fromLogits: Bool = false) { (self.kind, self.fromLogits) = (kind, fromLogits) }

    /// Reads `"mse"` or `{"class_name": "BinaryCrossentropy", "config": {"from_logits": true}}`.
    public init(from json: JSON) throws(ConfigError) {
        guard let text = json.string ?? json["class_name"]?.string ?? json["config"]?.string else {
            throw ConfigError("a loss is a word such as binary_crossentropy, not \(json.kind)")
        }
        let plain = text.lowercased().filter { $0 != "_" }
        let known = Kind.allCases.first { $0.rawValue.filter { $0 != "_" } == plain }
        guard let kind = known ?? (plain == "mse" ? .meanSquaredError : nil) else {
            let words = Kind.allCases.map(\.rawValue)
            let hint = nearest(text, in: words).map { "; did you mean \($0)?" } ?? ""
            throw ConfigError("there is no loss \"\(text)\"\(hint)")
        }
        self.init(kind, fromLogits: json["config"]?["from_logits"]?.bool ?? false)
        if let smoothing = json["config"]?["label_smoothing"]?.double, smoothing != 0 {
            throw ConfigError("label_smoothing (\(smoothing)) is not supported")
        }
    }

    /// A plain word where it says everything, else an object that Keras 2 and 3 both read.
    public var json: JSON {
        guard fromLogits else { return .string(kind.rawValue) }
        let className = kind.rawValue.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
            .joined()
        return [
            "class_name": .string(className),
            "config": ["name": .string(kind.rawValue), "from_logits": true],
        ]
    }

    /// The activation whose logits this loss wants to work on.
    var naturalActivation: Activation? {
        switch kind {
        case .sparseCategoricalCrossentropy, .categoricalCrossentropy: .softmax
        case .binaryCrossentropy: .sigmoid
        case .meanSquaredError: nil
        }
    }

    /// An error where these targets cannot be compared with outputs of that width.
    public func check(_ targets: Targets, width: Int) throws(ConfigError) {
        switch (kind, targets) {
        case (.sparseCategoricalCrossentropy, .classes(let classes)):
            if let wrong = classes.first(where: { $0 < 0 || $0 >= width }) {
                throw ConfigError(
                    "class \(wrong) does not fit \(width) outputs, which know classes 0 to \(width - 1)")
            }
        case (.sparseCategoricalCrossentropy, .values):
            throw ConfigError("sparse_categorical_crossentropy needs class indices, not numbers")
        case (.categoricalCrossentropy, .classes(let classes)), (.meanSquaredError, .classes(let classes)):
            if width > 1, let wrong = classes.first(where: { $0 < 0 || $0 >= width }) {
                throw ConfigError(
                    "class \(wrong) does not fit \(width) outputs, which know classes 0 to \(width - 1)")
            }
        case (.binaryCrossentropy, .classes(let classes)):
            guard width == 1 else {
                throw ConfigError("binary_crossentropy with classes needs one output, not \(width)")
            }
            if let wrong = classes.first(where: { $0 < 0 || $0 > 1 }) {
                throw ConfigError("class \(wrong) is not 0 or 1, which one sigmoid output stands for")
            }
        case (_, .values(_, let given)):
            guard given == width else {
                throw ConfigError("targets have \(given) numbers a sample, outputs \(width)")
            }
        }
    }
}

/// What a batch cost and how often it was right.
public struct BatchResult: Sendable {
    /// Summed over the samples; Keras' loss is this over `count`, plus the penalties of regularizers.
    public var lossSum = 0.0
    /// Summed over the samples; a sample with several sigmoid outputs counts by the share that is right.
    public var correct = 0.0
    public var count = 0
    public init() {}
}
