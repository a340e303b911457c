import JSONText
import Tensors

/// Keras' activations. Formulas: Keras 3's documentation, and Keras 2.10 for `hard_sigmoid` (which differs between the
/// two, so that they are two here: a Keras 3 file's `hard_sigmoid` is our `hard_sigmoid_3`).
public enum Activation: String, Sendable, CaseIterable {
    case linear, relu, relu6, elu, selu, gelu, swish, sigmoid, softplus, softsign, tanh, exponential, mish,
        softmax
    case leakyRelu = "leaky_relu"
    case geluTanh = "gelu_tanh"
    case hardSigmoid = "hard_sigmoid"
    case hardSigmoid3 = "hard_sigmoid_3"
    case hardSilu = "hard_silu"
    case celu
    case logSigmoid = "log_sigmoid"
    case hardTanh = "hard_tanh"
    case hardShrink = "hard_shrink"
    case softShrink = "soft_shrink"
    case tanhShrink = "tanh_shrink"
    case squareplus
    case sparsePlus = "sparse_plus"
    case sparseSigmoid = "sparse_sigmoid"
    case logSoftmax = "log_softmax"
    case sparsemax, glu

    /// Reads `"relu"`, or the object that newer Keras writes for it.
    public init(from json: JSON) throws(ConfigError) {
        let text: String? =
            json.string ?? json["config"]?.string ?? json["config"]?["activation"]?.string
            ?? json["config"]?["name"]?.string
        guard let text else { throw ConfigError("an activation is a word such as relu, not \(json.kind)") }
        let aliases = ["silu": "swish", "hard_swish": "hard_silu", "log_softmax_v2": "log_softmax"]
        guard let found = Activation(rawValue: aliases[text] ?? text) else {
            let hint =
                nearest(text, in: Activation.allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ""
            throw ConfigError("there is no activation \"\(text)\"\(hint)")
        }
        self = found
    }

    public var name: String { rawValue }

    /// Softmax and its kin look at a whole row (the last axis) at once.
    public var isRowwise: Bool { [.softmax, .logSoftmax, .sparsemax, .glu].contains(self) }

    /// Backward needs the pre-activation; the others make do with the output.
    public var needsInput: Bool {
        switch self {
        case .linear, .relu, .sigmoid, .tanh, .softmax, .exponential: false
        default: true
        }
    }

    /// The size of the last axis afterwards: glu halves it.
    public func outputWidth(_ width: Int) -> Int { self == .glu ? width / 2 : width }

    /// y = f(z), row by row of `width`. For activations that keep the width y may be z.
    public func forward(_ z: Floats, into y: Floats, width: Int) {
        switch self {
        case .linear: if !z.isSame(as: y) { y.copy(from: z) }
        case .relu:
            if !z.isSame(as: y) { y.copy(from: z) }
            Tensors.relu(y)
        case .softmax: softmaxRows(z, into: y, width: width)
        case .logSoftmax: logSoftmaxRows(z, into: y, width: width)
        case .sparsemax: sparsemaxRows(z, into: y, width: width)
        case .glu: gluRows(z, into: y, width: width)
        default: for i in 0..<z.count { y[i] = value(z[i]) }
        }
    }

    /// dz = f'(z) · dy. `z` is read only where `needsInput`; dz may be dy, except for glu.
    public func backward(_ dy: Floats, z: Floats, y: Floats, into dz: Floats, width: Int) {
        switch self {
        case .linear: if !dy.isSame(as: dz) { dz.copy(from: dy) }
        case .relu: reluBackward(dy, y: y, into: dz)
        case .tanh: tanhBackward(dy, y: y, into: dz)
        case .sigmoid: sigmoidBackward(dy, y: y, into: dz)
        case .exponential: multiplyElements(dy, y, into: dz)
        case .softmax: softmaxBackward(dy, y: y, into: dz, width: width)
        case .logSoftmax: logSoftmaxBackward(dy, y: y, into: dz, width: width)
        case .sparsemax: sparsemaxBackward(dy, z: z, y: y, into: dz, width: width)
        case .glu: gluBackward(dy, z: z, into: dz, width: width)
        default: for i in 0..<z.count { dz[i] = dy[i] * slope(z[i]) }
        }
    }
}

extension Floats {
    func isSame(as other: Floats) -> Bool { unsafe base == other.base && count == other.count }
}
