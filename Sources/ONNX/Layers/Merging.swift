import Base
import Network

extension ExportedCall {
    /// The inputs of a merging layer, of one rank and in one layout. Keras puts axes of size 1 behind the batch of those
    /// that have fewer.
    fileprivate func aligned() -> (names: [String], layout: AxisOrder) {
        let rank = inputs.map(\.rank).max() ?? 0
        let same = inputs.allSatisfy { $0.rank == rank }
        let layout: AxisOrder =
            same && inputs.contains { $0.native == .channelsFirst } ? .channelsFirst : .keras
        let names = inputs.map { input in
            input.rank == rank
                ? input.name(layout) : graph.unsqueeze(input.name(), Array(1...rank - input.rank))
        }
        return (names, layout)
    }

    fileprivate func merged(_ operation: String) throws(CellarError) -> Value {
        if layer.maskJoin(sameMasks: true, rank: outputShape.count) == .any,
            inputs.contains(where: { if case .none = $0.mask { false } else { true } })
        {
            throw error("leaves out masked values, which ONNX export cannot do yet")
        }
        let (names, layout) = aligned()
        let name = names.dropFirst().reduce(names[0]) { graph.node(operation, [$0, $1]) }
        let value = output(name, layout)
        joinMasks(into: value)
        return value
    }

    /// Joins the inputs' masks, if the layer makes a mask.
    fileprivate func joinMasks(into value: Value) {
        guard case .makes = maskUse else { return }
        let operation = layer.maskJoin(sameMasks: false, rank: outputShape.count) == .any ? "Or" : "And"
        var joined: (name: String, rank: Int)?
        for input in inputs {
            switch input.mask {
            case .none: continue
            case .lost(let source):
                value.mask = .lost(source)
                return
            case .tensor(let name, let rank):
                joined = joined.map { (graph.node(operation, [$0.name, name]), rank) } ?? (name, rank)
            }
        }
        if let joined { value.mask = .tensor(joined.name, rank: joined.rank) }
    }
}

func exportAdd(_ call: inout ExportedCall) throws(CellarError) -> Value { try call.merged("Add") }
func exportSubtract(_ call: inout ExportedCall) throws(CellarError) -> Value { try call.merged("Sub") }
func exportMultiply(_ call: inout ExportedCall) throws(CellarError) -> Value { try call.merged("Mul") }
func exportDivide(_ call: inout ExportedCall) throws(CellarError) -> Value { try call.merged("Div") }
func exportMaximum(_ call: inout ExportedCall) throws(CellarError) -> Value { try call.merged("Max") }
func exportMinimum(_ call: inout ExportedCall) throws(CellarError) -> Value { try call.merged("Min") }

func exportAverage(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let sum = try call.merged("Add")
    let count = call.graph.float(Float(call.inputs.count))
    let mean = call.output(call.graph.divide(sum.name(sum.native), count), sum.native)
    mean.mask = sum.mask
    return mean
}

func exportConcatenate(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let (names, layout) = call.aligned()
    let rank = call.outputShape.count
    let axis = try call.axis(try call.config.int("axis", default: -1, in: -9...9), rank: rank)
    let value = call.output(call.graph.concatenate(names, axis: layout.axis(axis, rank: rank)), layout)
    // Along the steps the masks would have to be concatenated too, which is not supported.
    if axis == rank - 1 { call.joinMasks(into: value) }
    return value
}

/// Σ over one axis of each: [batch, rest of the first, rest of the second].
func exportDot(_ layer: Dot, _ call: inout ExportedCall) throws(CellarError) -> Value {
    let (a, b, graph) = (call.inputs[0], call.inputs[1], call.graph)
    let given = try call.config.ints("axes") ?? [-1]
    let axes = [
        try call.axis(given[0], rank: a.rank) + 1, try call.axis(given.last ?? -1, rank: b.rank) + 1,
    ]
    var (left, right) = (a.name(), b.name())
    if try call.config.bool("normalize", default: false) {
        left = graph.ofUnitLength(left, [axes[0]], leastSquares: layer.leastSquares)
        right = graph.ofUnitLength(right, [axes[1]], leastSquares: layer.leastSquares)
    }
    if a.rank == 1, b.rank == 1 { return call.output(graph.sum(graph.multiply(left, right), [1])) }
    // The contracted axis is last on the left and first on the right, and all other axes are merged into one.
    // If a merged axis is dynamic, so is the result.
    func matrix(_ name: String, _ value: Value, _ axis: Int, last: Bool) throws(CellarError) -> String {
        let others = (1...value.rank).filter { $0 != axis }
        let ordered = graph.transpose(name, [0] + (last ? others + [axis] : [axis] + others))
        let size = try call.fixed(value, axis: axis - 1)
        return value.rank == 2 ? ordered : graph.reshape(ordered, last ? [0, -1, size] : [0, size, -1])
    }
    let product = graph.node(
        "MatMul",
        [try matrix(left, a, axes[0], last: true), try matrix(right, b, axes[1], last: false)])
    if a.rank == 2, b.rank == 2 { return call.output(product) }
    guard call.outputFree.isEmpty else {
        throw call.error("multiplies inputs of free sizes, which ONNX export does not support yet")
    }
    return call.output(graph.reshape(product, [0] + call.outputShape))
}

/// a + scale · b
func exportScaledSum(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let scale = call.graph.float(Float(try call.config.double("scale")))
    let (a, b) = (call.inputs[0].name(), call.graph.multiply(call.inputs[1].name(), scale))
    return call.output(call.graph.add(a, b))
}
