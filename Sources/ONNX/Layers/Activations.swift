import Base
import Network

extension GraphBuilder {
    /// Adds an activation. `axis` is the position of Keras' last axis, for softmax and similar functions.
    func activation(_ activation: Activation, _ x: String, axis: Int) -> String {
        switch activation {
        case .linear: x
        case .relu: node("Relu", [x])
        case .relu6: clip(x, 0, 6)
        case .elu: node("Elu", [x])
        case .selu:
            node("Selu", [x], ["alpha": .float(1.6732632423543772), "gamma": .float(1.0507009873554805)])
        case .celu: node("Celu", [x])
        case .leakyRelu: node("LeakyRelu", [x], ["alpha": .float(0.2)])
        case .gelu: gelu(x)
        case .geluTanh: geluByTanh(x)
        case .swish: multiply(x, node("Sigmoid", [x]))
        case .sigmoid: node("Sigmoid", [x])
        case .logSigmoid: node("Neg", [node("Softplus", [node("Neg", [x])])])
        case .softplus: node("Softplus", [x])
        case .softsign: node("Softsign", [x])
        case .tanh: node("Tanh", [x])
        case .exponential: node("Exp", [x])
        case .mish: multiply(x, node("Tanh", [node("Softplus", [x])]))
        case .hardSigmoid: hardSigmoid(x, slope: 0.2)
        case .hardSigmoid3: hardSigmoid(x, slope: 1 / 6)
        case .hardSilu: multiply(x, hardSigmoid(x, slope: 1 / 6))
        case .sparseSigmoid: hardSigmoid(x, slope: 0.5)
        case .hardTanh: clip(x, -1, 1)
        case .hardShrink: node("Shrink", [x], ["lambd": .float(0.5), "bias": .float(0)])
        case .softShrink: node("Shrink", [x], ["lambd": .float(0.5), "bias": .float(0.5)])
        case .tanhShrink: subtract(x, node("Tanh", [x]))
        case .squareplus: squareplus(x)
        case .sparsePlus: sparsePlus(x)
        case .softmax: node("Softmax", [x], ["axis": .int(axis)])
        case .logSoftmax: node("LogSoftmax", [x], ["axis": .int(axis)])
        case .sparsemax: sparsemax(x, axis: axis)
        case .glu: glu(x, axis: axis)
        case .parametric(let function): parametric(function, x)
        }
    }

    func parametric(_ function: ParametricActivation, _ x: String) -> String {
        switch function {
        case .leakyReLU(let alpha): node("LeakyRelu", [x], ["alpha": .float(Float(alpha))])
        case .elu(let alpha): node("Elu", [x], ["alpha": .float(Float(alpha))])
        case .thresholdedReLU(let theta): node("ThresholdedRelu", [x], ["alpha": .float(Float(theta))])
        case .relu(let highest, let slope, let threshold):
            rectified(x, highest: highest, slope: Float(slope), threshold: Float(threshold))
        }
    }

    /// x above the threshold, at most `highest`; otherwise slope · (x − threshold).
    private func rectified(_ x: String, highest: Double?, slope: Float, threshold: Float) -> String {
        var y: String
        if threshold == 0 {
            y = slope == 0 ? node("Relu", [x]) : node("LeakyRelu", [x], ["alpha": .float(slope)])
        } else {
            let below = multiply(subtract(x, float(threshold)), float(slope))
            y = node("Where", [node("Greater", [x, float(threshold)]), x, below])
        }
        if let highest { y = node("Min", [y, float(Float(highest))]) }
        return y
    }

    func clip(_ x: String, _ low: Float, _ high: Float) -> String {
        node("Clip", [x, float(low), float(high)])
    }

    private func hardSigmoid(_ x: String, slope: Float) -> String {
        node("HardSigmoid", [x], ["alpha": .float(slope), "beta": .float(0.5)])
    }

    // The Gelu operator needs operator set 20; this is its definition.
    private func gelu(_ x: String) -> String {
        let erf = node("Erf", [multiply(x, float(0.7071067811865476))])
        return multiply(multiply(x, float(0.5)), add(erf, float(1)))
    }

    private func geluByTanh(_ x: String) -> String {
        let cube = multiply(multiply(x, x), x)
        let inner = add(x, multiply(cube, float(0.044715)))
        let tanh = node("Tanh", [multiply(inner, float(0.7978845608028654))])
        return multiply(multiply(x, float(0.5)), add(tanh, float(1)))
    }

    private func squareplus(_ x: String) -> String {
        let root = node("Sqrt", [add(multiply(x, x), float(4))])
        return multiply(add(x, root), float(0.5))
    }

    /// 0 up to −1, (x + 1)² / 4 up to 1, then x.
    private func sparsePlus(_ x: String) -> String {
        let shifted = add(clip(x, -1, 1), float(1))
        let curve = multiply(multiply(shifted, shifted), float(0.25))
        return node("Where", [node("Less", [x, float(1)]), curve, x])
    }

    private func glu(_ x: String, axis: Int) -> String {
        let halves = node("Split", [x], ["axis": .int(axis)], outputs: 2)
        return multiply(halves[0], node("Sigmoid", [halves[1]]))
    }

    /// max(z − τ, 0), where τ = (cumulative sum of the support − 1) / k, as in Keras 3.
    private func sparsemax(_ z: String, axis: Int) -> String {
        let along = int(axis)
        let size = node("Gather", [node("Shape", [z]), ints([axis])], ["axis": .int(0)])
        let sorted = node("TopK", [z, size], ["axis": .int(axis)], outputs: 2)[0]
        let sums = node("CumSum", [sorted, along])
        let ranks = node("CumSum", [add(multiply(sorted, float(0)), float(1)), along])
        let distance = subtract(sorted, divide(subtract(sums, float(1)), ranks))
        let support = cast(node("Greater", [distance, float(0)]), to: .float)
        let total = sum(multiply(sums, support), [axis])
        let threshold = divide(subtract(total, float(1)), sum(support, [axis]))
        return node("Relu", [subtract(z, threshold)])
    }
}

extension ExportedCall {
    /// The activation that the layer's config names, behind what was computed in a layout.
    mutating func activated(_ x: String, _ layout: AxisOrder = .keras) throws(CellarError) -> String {
        let activation = try config.activation()
        return graph.activation(
            activation, x, axis: layout.axis(outputShape.count - 1, rank: outputShape.count))
    }
}

/// `Activation`: one of the named functions.
func exportActivation(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let x = call.input
    return call.output(try call.activated(x.name(x.native), x.native), x.native)
}

/// Layers that do nothing at inference.
func exportNothing(_ call: inout ExportedCall) throws(CellarError) -> Value { call.elementwise { $0 } }

func exportSoftmax(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let x = call.input
    if try call.mask() != nil { throw call.error("uses a mask, which ONNX export does not support yet") }
    let axes = try (call.config.ints("axis") ?? [-1]).map { axis throws(CellarError) in
        x.native.axis(try call.axis(axis, rank: x.rank), rank: x.rank)
    }
    let (name, graph) = (x.name(x.native), call.graph)
    if axes.count == 1 {
        return call.output(graph.node("Softmax", [name], ["axis": .int(axes[0])]), x.native)
    }
    let powers = graph.node("Exp", [graph.subtract(name, graph.largest(name, axes))])
    return call.output(graph.divide(powers, graph.sum(powers, axes)), x.native)
}

/// ReLU, LeakyReLU, ELU and ThresholdedReLU.
func exportParametricActivation(_ call: inout ExportedCall) throws(CellarError) -> Value {
    guard let layer = call.layer as? any ParametricActivationLayer else {
        throw call.error("cannot be exported to ONNX yet")
    }
    return call.elementwise { call.graph.parametric(layer.function, $0) }
}

func exportPReLU(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let x = call.input
    // The slopes have the sample's shape, with ones on shared axes. The batch is broadcast.
    let order = x.native.ordered(Array(0..<x.rank))
    let alpha = try call.required("alpha") { $0.permuted(order) }
    return call.elementwise { call.graph.node("PRelu", [$0, alpha]) }
}
