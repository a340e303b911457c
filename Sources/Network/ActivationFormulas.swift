import Glibc

private let seluScale: Float = 1.0507009873554805
private let seluAlpha: Float = 1.6732632423543772

func logistic(_ x: Float) -> Float {
    // The exponent is never positive, because exp of a large positive number would overflow.
    let e = exp(-abs(x))
    return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}

func softPlus(_ x: Float) -> Float { max(x, 0) + log1p(exp(-abs(x))) }

private func clipped(_ x: Float, _ low: Float, _ high: Float) -> Float { min(max(x, low), high) }
private func normalDensity(_ x: Float) -> Float { 0.3989422804014327 * exp(-x * x / 2) }
private func normalCDF(_ x: Float) -> Float { 0.5 * (1 + erf(x * 0.7071067811865476)) }
private func geluTanhInner(_ x: Float) -> Float { 0.7978845608028654 * (x + 0.044715 * x * x * x) }

/// The elementwise activations. NaN inputs give NaN.
extension Activation {
    func value(_ x: Float) -> Float {
        if x.isNaN { return x }
        switch self {
        case .linear, .softmax, .logSoftmax, .sparsemax, .glu: return x
        case .relu: return max(x, 0)
        case .relu6: return clipped(x, 0, 6)
        case .leakyRelu: return x >= 0 ? x : 0.2 * x
        case .elu: return x > 0 ? x : expm1(x)
        case .selu: return seluScale * (x > 0 ? x : seluAlpha * expm1(x))
        case .celu: return max(x, 0) + min(expm1(x), 0)
        case .gelu: return x * normalCDF(x)
        case .geluTanh: return 0.5 * x * (1 + Glibc.tanh(geluTanhInner(x)))
        case .swish: return x * logistic(x)
        case .sigmoid: return logistic(x)
        case .logSigmoid: return -softPlus(-x)
        case .softplus: return softPlus(x)
        case .softsign: return x / (1 + abs(x))
        case .tanh: return Glibc.tanh(x)
        case .exponential: return exp(x)
        case .mish: return x * Glibc.tanh(softPlus(x))
        case .hardSigmoid: return clipped(0.2 * x + 0.5, 0, 1)
        case .hardSigmoid3: return clipped(x / 6 + 0.5, 0, 1)
        case .hardSilu: return x * clipped(x / 6 + 0.5, 0, 1)
        case .hardTanh: return clipped(x, -1, 1)
        case .hardShrink: return abs(x) > 0.5 ? x : 0
        case .softShrink: return x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0
        case .tanhShrink: return x - Glibc.tanh(x)
        case .squareplus: return (x + (x * x + 4).squareRoot()) / 2
        case .sparsePlus: return x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x
        case .sparseSigmoid: return clipped((x + 1) / 2, 0, 1)
        case .parametric(let function): return function.value(x)
        }
    }

    /// Returns the derivative at x. Where it is not defined, the value is that of Keras' automatic
    /// differentiation.
    func slope(_ x: Float) -> Float {
        if x.isNaN { return x }
        switch self {
        case .linear, .softmax, .logSoftmax, .sparsemax, .glu: return 1
        case .relu: return x > 0 ? 1 : 0
        case .relu6: return x > 0 && x < 6 ? 1 : 0
        case .leakyRelu: return x > 0 ? 1 : 0.2
        case .elu, .celu: return x > 0 ? 1 : exp(x)
        case .selu: return seluScale * (x > 0 ? 1 : seluAlpha * exp(x))
        case .gelu: return normalCDF(x) + x * normalDensity(x)
        case .geluTanh:
            let t = Glibc.tanh(geluTanhInner(x))
            return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 3 * 0.044715 * x * x)
        case .swish:
            let s = logistic(x)
            return s + x * s * (1 - s)
        case .sigmoid:
            let s = logistic(x)
            return s * (1 - s)
        case .logSigmoid: return logistic(-x)
        case .softplus: return logistic(x)
        case .softsign:
            let d = 1 + abs(x)
            return 1 / (d * d)
        case .tanh:
            let t = Glibc.tanh(x)
            return 1 - t * t
        case .exponential: return exp(x)
        case .mish:
            let t: Float = Glibc.tanh(softPlus(x))
            return t + x * (1 - t * t) * logistic(x)
        case .hardSigmoid: return abs(x) < 2.5 ? 0.2 : 0
        case .hardSigmoid3: return abs(x) < 3 ? 1 / 6 : 0
        case .hardSilu: return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5
        case .hardTanh: return abs(x) < 1 ? 1 : 0
        case .hardShrink, .softShrink: return abs(x) > 0.5 ? 1 : 0
        case .tanhShrink:
            let t = Glibc.tanh(x)
            return t * t
        case .squareplus: return (1 + x / (x * x + 4).squareRoot()) / 2
        case .sparsePlus: return x <= -1 ? 0 : x < 1 ? (x + 1) / 2 : 1
        case .sparseSigmoid: return abs(x) < 1 ? 0.5 : 0
        case .parametric(let function): return function.slope(x)
        }
    }
}
