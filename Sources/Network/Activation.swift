import Base
import Tensors

/// Keras' activations. The formulas are those of Keras 3's documentation. `hard_sigmoid` differs between
/// versions: `hard_sigmoid` here is Keras 2.10's, and `hard_sigmoid_3` is the `hard_sigmoid` of a Keras 3
/// file.
public enum Activation: Hashable, Sendable {
    case linear, relu, relu6, leakyRelu, elu, selu, celu, gelu, geluTanh, swish, mish
    case sigmoid, logSigmoid, hardSigmoid, hardSigmoid3, hardSilu, sparseSigmoid
    case softplus, sparsePlus, squareplus, softsign, tanh, hardTanh, tanhShrink, hardShrink, softShrink,
        exponential
    case softmax, logSoftmax, sparsemax, glu
    /// An activation with options, which Keras writes as an object.
    case parametric(ParametricActivation)

    /// Keras' names.
    private static let words: [(word: String, activation: Activation)] = [
        ("linear", .linear), ("relu", .relu), ("relu6", .relu6), ("leaky_relu", .leakyRelu), ("elu", .elu),
        ("selu", .selu), ("celu", .celu), ("gelu", .gelu), ("gelu_tanh", .geluTanh), ("swish", .swish),
        ("mish", .mish), ("sigmoid", .sigmoid), ("log_sigmoid", .logSigmoid), ("hard_sigmoid", .hardSigmoid),
        ("hard_sigmoid_3", .hardSigmoid3), ("hard_silu", .hardSilu), ("sparse_sigmoid", .sparseSigmoid),
        ("softplus", .softplus), ("sparse_plus", .sparsePlus), ("squareplus", .squareplus),
        ("softsign", .softsign), ("tanh", .tanh), ("hard_tanh", .hardTanh), ("tanh_shrink", .tanhShrink),
        ("hard_shrink", .hardShrink), ("soft_shrink", .softShrink), ("exponential", .exponential),
        ("softmax", .softmax), ("log_softmax", .logSoftmax), ("sparsemax", .sparsemax), ("glu", .glu),
    ]

    /// Reads `"relu"`, the object that newer versions of Keras write, or that of a layer:
    /// `{"class_name": "LeakyReLU", …}`.
    public init(from json: JSON) throws(CellarError) {
        if let className = json["class_name"]?.string,
            let layer = try Self.layer(className, options: json["config"]?.object ?? [:])
        {
            self = layer
            return
        }
        let text: String? =
            json.string ?? json["config"]?.string ?? json["config"]?["activation"]?.string
            ?? json["config"]?["name"]?.string
        guard let text else { throw CellarError("an activation is a word such as relu, not \(json.kind)") }
        let word =
            switch text {
            case "silu": "swish"
            case "hard_swish": "hard_silu"
            // TensorFlow's functions, with the names of their second version.
            case "softmax_v2": "softmax"
            case "log_softmax_v2": "log_softmax"
            default: text
            }
        guard let found = Self.words.first(where: { $0.word == word }) else {
            let hint = nearest(text, in: Self.words.map(\.word)).map { "; did you mean \($0)?" } ?? ""
            throw CellarError("there is no activation \"\(text)\"\(hint)")
        }
        self = found.activation
    }

    /// Reads a layer that is used as an activation; nil if the class cannot be used as one.
    private static func layer(_ className: String, options: JSONObject) throws(CellarError) -> Activation? {
        var config = LayerConfig(className: className, options)
        switch className {
        case "Softmax":
            guard try config.ints("axis") ?? [-1] == [-1] else {
                throw CellarError(
                    "a Softmax layer as activation works on the last axis (-1) only, not on "
                        + "\(config.value("axis")?.text() ?? ""); make it a layer of its own")
            }
            return .softmax
        case "PReLU":
            throw CellarError(
                "PReLU has weights, so that it cannot be another layer's activation; make it a layer of its own"
            )
        default:
            return try ParametricActivation(className: className, from: &config).map { .parametric($0) }
        }
    }

    public var name: String {
        if case .parametric(let function) = self { return function.className }
        return Self.words.first { $0.activation == self }?.word ?? "linear"
    }

    /// The activation as Keras 2.10 writes it: a name, or the object of a layer.
    public var json: JSON {
        if case .parametric(let function) = self { return function.json }
        return .string(name)
    }

    /// True if the backward pass needs the pre-activation. For other activations the output is sufficient.
    public var needsInput: Bool {
        switch self {
        case .linear, .relu, .sigmoid, .tanh, .softmax, .exponential: false
        default: true
        }
    }

    /// True if each output number depends only on the corresponding input number.
    public var isElementwise: Bool {
        switch self {
        case .softmax, .logSoftmax, .sparsemax, .glu: false
        default: true
        }
    }

    /// Returns the size of the last axis of the output: glu halves it.
    public func outputWidth(_ width: Int) -> Int { self == .glu ? width / 2 : width }

    /// Computes y = f(z) for rows of `width` numbers. If the activation keeps the width, y may be z.
    public func forward(_ z: Floats, into y: Floats, width: Int) {
        switch self {
        case .linear: if !z.isSame(as: y) { y.copy(from: z) }
        case .relu:
            if !z.isSame(as: y) { y.copy(from: z) }
            Tensors.relu(y)
        case .relu6: rectify(z, slope: 0, threshold: 0, highest: 6, into: y)
        case .leakyRelu: rectify(z, slope: 0.2, threshold: 0, highest: .infinity, into: y)
        case .tanh: tanhElements(z, into: y)
        case .sigmoid: Tensors.sigmoid(z, into: y)
        case .softmax: softmaxRows(z, into: y, width: width)
        case .logSoftmax: logSoftmaxRows(z, into: y, width: width)
        case .sparsemax: sparsemaxRows(z, into: y, width: width)
        case .glu: gluRows(z, into: y, width: width)
        case .parametric(let function): function.forward(z, into: y)
        default: for i in 0..<z.count { y[i] = value(z[i]) }
        }
    }

    /// Computes dz = f'(z) · dy. `z` is read only if `needsInput`. dz may be dy, except for glu.
    public func backward(_ dy: Floats, z: Floats, y: Floats, into dz: Floats, width: Int) {
        switch self {
        case .linear: if !dy.isSame(as: dz) { dz.copy(from: dy) }
        case .relu: reluBackward(dy, y: y, into: dz)
        case .relu6: rectifyBackward(dy, x: z, slope: 0, threshold: 0, highest: 6, into: dz)
        case .leakyRelu:
            rectifyBackward(dy, x: z, slope: 0.2, threshold: 0, highest: .infinity, into: dz)
        case .tanh: tanhBackward(dy, y: y, into: dz)
        case .sigmoid: sigmoidBackward(dy, y: y, into: dz)
        case .exponential: multiplyElements(dy, y, into: dz)
        case .softmax: softmaxBackward(dy, y: y, into: dz, width: width)
        case .logSoftmax: logSoftmaxBackward(dy, y: y, into: dz, width: width)
        case .sparsemax: sparsemaxBackward(dy, z: z, y: y, into: dz, width: width)
        case .glu: gluBackward(dy, z: z, into: dz, width: width)
        case .parametric(let function): function.backward(dy, z: z, into: dz)
        default: for i in 0..<z.count { dz[i] = dy[i] * slope(z[i]) }
        }
    }
}

extension Activation: CaseIterable {
    /// All activations without options.
    public static let allCases: [Activation] = words.map(\.activation)
}

extension Floats {
    func isSame(as other: Floats) -> Bool { unsafe base == other.base && count == other.count }
}
