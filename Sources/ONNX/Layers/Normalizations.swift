import Base
import Network
import Tensors

/// x · factor + shift for each channel, with the moving averages.
func exportBatchNormalization(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let x = call.input
    let axes = try call.config.ints("axis") ?? [-1]
    guard axes.count == 1 else {
        throw call.error("normalizes several axes, which ONNX export does not support yet")
    }
    let axis = try call.axis(axes[0], rank: x.rank)
    let epsilon = try call.config.double("epsilon", default: 0.001)
    let (mean, variance) = (try call.required("moving_mean"), try call.required("moving_variance"))
    let channels = [x.shape[axis]]
    let graph = call.graph
    if x.native.axis(axis, rank: x.rank) == 1 {
        let gamma = call.constant("gamma") ?? graph.weight("gamma") { Tensor(shape: channels, filledWith: 1) }
        let beta = call.constant("beta") ?? graph.weight("beta") { Tensor(shape: channels, filledWith: 0) }
        return call.elementwise { name in
            graph.node(
                "BatchNormalization", [name, gamma, beta, mean, variance],
                ["epsilon": .float(Float(epsilon))])
        }
    }
    // ONNX' operator requires the channels directly after the batch; otherwise plain arithmetic is used.
    let means = call.weight("moving_mean")?.values ?? []
    let variances = call.weight("moving_variance")?.values ?? []
    let gammas = call.weight("gamma")?.values ?? means.map { _ in 1 }
    let factors = zip(gammas, variances).map { Float(Double($0) / (Double($1) + epsilon).squareRoot()) }
    let (centre, factor) = (try call.along([axis], means, x), try call.along([axis], factors, x))
    let beta = try call.weight("beta").map { beta throws(CellarError) in
        try call.along([axis], beta.values, x)
    }
    return call.elementwise { name in
        let y = graph.multiply(graph.subtract(name, centre), factor)
        return beta.map { graph.add(y, $0) } ?? y
    }
}

/// Over all axes that are named, each sample for itself.
func exportLayerNormalization(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let x = call.input
    let epsilon = Float(try call.config.double("epsilon", default: 0.001))
    let axes = try (call.config.ints("axis") ?? [-1]).map { axis throws(CellarError) in
        try call.axis(axis, rank: x.rank)
    }.sorted()
    let graph = call.graph
    // ONNX' operator normalizes the last axes in Keras' order.
    if axes == Array((x.rank - axes.count)..<x.rank), let gamma = call.constant("gamma") {
        let beta = call.constant("beta").map { [$0] } ?? []
        return call.output(
            graph.node(
                "LayerNormalization", [x.name(), gamma] + beta,
                ["axis": .int(x.rank - axes.count + 1), "epsilon": .float(epsilon)]))
    }
    let places = axes.map { x.native.axis($0, rank: x.rank) }
    let gamma = try call.weight("gamma").map { gamma throws(CellarError) in
        try call.along(axes, gamma.values, x)
    }
    let beta = try call.weight("beta").map { beta throws(CellarError) in try call.along(axes, beta.values, x)
    }
    return call.elementwise { name in
        var y = graph.normalized(name, over: places, epsilon: epsilon)
        if let gamma { y = graph.multiply(y, gamma) }
        if let beta { y = graph.add(y, beta) }
        return y
    }
}

/// Over a group of channels and all places, each sample for itself.
func exportGroupNormalization(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let x = call.input
    let epsilon = Float(try call.config.double("epsilon", default: 0.001))
    let axis = try call.axis(try call.config.ints("axis")?.first ?? -1, rank: x.rank)
    let channels = try call.fixed(x, axis: axis)
    var groups = try call.config.int("groups", default: 32, in: -1...Int(Int32.max))
    if groups < 1 { groups = channels }
    // With the channels directly after the batch, the values of a group are contiguous.
    let layout: AxisOrder = axis == x.rank - 1 ? .channelsFirst : .keras
    guard layout.axis(axis, rank: x.rank) == 1 else {
        throw call.error("normalizes an inner axis, which ONNX export does not support yet")
    }
    let graph = call.graph
    let name = x.name(layout)
    let grouped = graph.normalized(graph.reshape(name, [0, groups, -1]), over: [2], epsilon: epsilon)
    var y = graph.node("Reshape", [grouped, graph.node("Shape", [name])])
    for (weight, combine) in [("gamma", graph.multiply), ("beta", graph.add)] {
        if let values = call.weight(weight)?.values {
            y = combine(y, try call.along([axis], values, x, layout))
        }
    }
    return call.output(y, layout)
}

/// x / √max(Σ x², leastSquares).
func exportUnitNormalization(_ layer: UnitNormalization, _ call: inout ExportedCall) throws(CellarError)
    -> Value
{
    let x = call.input
    let axes = try (call.config.ints("axis") ?? [-1]).map { axis throws(CellarError) in
        x.native.axis(try call.axis(axis, rank: x.rank), rank: x.rank)
    }
    return call.elementwise { call.graph.ofUnitLength($0, axes, leastSquares: Float(layer.leastSquares)) }
}

/// x / √(mean of x² + epsilon) · scale.
func exportRMSNormalization(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let x = call.input
    let epsilon = Float(try call.config.double("epsilon", default: 1e-6))
    let axes = try (call.config.ints("axis") ?? [-1]).map { axis throws(CellarError) in
        try call.axis(axis, rank: x.rank)
    }.sorted()
    let scale = try call.along(axes, call.weight("scale")?.values ?? [1], x)
    let (graph, places) = (call.graph, axes.map { x.native.axis($0, rank: x.rank) })
    return call.elementwise { name in
        let meanSquare = graph.mean(graph.multiply(name, name), places)
        let root = graph.node("Sqrt", [graph.add(meanSquare, graph.float(epsilon))])
        return graph.multiply(graph.divide(name, root), scale)
    }
}

extension GraphBuilder {
    /// Returns (x − mean) / √(variance + epsilon), with the biased variance.
    fileprivate func normalized(_ x: String, over axes: [Int], epsilon: Float) -> String {
        let centred = subtract(x, mean(x, axes))
        let variance = mean(multiply(centred, centred), axes)
        return divide(centred, node("Sqrt", [add(variance, float(epsilon))]))
    }

    func ofUnitLength(_ x: String, _ axes: [Int], leastSquares: Float) -> String {
        let squares = sum(multiply(x, x), axes)
        return divide(x, node("Sqrt", [node("Max", [squares, float(leastSquares)])]))
    }
}

/// Multiplies along the last axis.
func exportLayerScale(_ call: inout ExportedCall) throws(CellarError) -> Value {
    call.output(call.graph.multiply(call.input.name(), try call.required("gamma")))
}
