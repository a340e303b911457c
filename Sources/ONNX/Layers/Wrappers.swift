import Base
import Network
import Tensors

extension ExportedCall {
    /// A layer inside this one, called with `inputs`; `weights` are its share.
    fileprivate func inner(
        _ json: JSON?, key: String, inputs: [Value], weights: ArraySlice<Tensor>
    ) throws(CellarError) -> ExportedCall {
        guard let className = json?["class_name"]?.string, let config = json?["config"]?.object else {
            throw error("has no \(key) that ONNX export can read")
        }
        let layer = try LayerTable.make(className: className, config: config)
        let shape = try layer.outputShape(for: inputs.map(\.shape))
        return ExportedCall(
            layer: layer, path: "\(path)/\(layer.name)", inputs: inputs, outputShape: shape, outputFree: [],
            weights: Array(weights), maskUse: .ends, graph: graph)
    }
}

/// A recurrent layer forwards and one backwards through time, and what both give joined.
func exportBidirectional(_ wrapper: Bidirectional, _ call: inout ExportedCall) throws(CellarError) -> Value {
    let (layer, graph) = (call.config.value("layer"), call.graph)
    let (mask, half) = (try call.maskWithStates(), (call.inputs.count - 1) / 2)
    var states: [String] = []
    let other = call.config.value("backward_layer") ?? layer
    var used = 0
    var results: [String] = []
    var turned = false
    for (number, json) in [layer, other].enumerated() {
        var side = try call.inner(json, key: "layer", inputs: [call.input], weights: call.weights[used...])
        used += side.weightNames.count
        graph.path = call.path + (number == 0 ? "/forward" : "/backward")
        // The backward layer processes time in reverse; its output is reversed again, so that both are in the
        // order of the first.
        if number == 0 { turned = try side.config.bool("go_backwards", default: false) }
        let sequences = try side.config.bool("return_sequences", default: false)
        let result = try Recurrence(&side, zeroForMasked: sequences && wrapper.zeroesMasked)
            .run(
                call.input.name(), mask: mask, backwards: turned != (number == 1),
                states: call.inputs[1 + number * half..<1 + (number + 1) * half].map { $0.name() })
        states += result.states
        let sequence = turned ? graph.reverse(result.sequence, axis: 1) : result.sequence
        results.append(sequences ? sequence : result.last)
    }
    graph.path = call.path
    if call.config.object["merge_mode"]?.isNull == true { return call.outputs(results + states) }
    let merged =
        switch try call.config.string("merge_mode", default: "concat") {
        case "sum": graph.add(results[0], results[1])
        case "mul": graph.multiply(results[0], results[1])
        case "ave": graph.multiply(graph.add(results[0], results[1]), graph.float(0.5))
        default: graph.concatenate(results, axis: -1)
        }
    return call.outputs([merged] + states)
}

/// One layer for every step: the steps become samples, and samples again steps.
func exportTimeDistributed(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let graph = call.graph
    guard call.inputs.allSatisfy({ $0.free.allSatisfy { $0 == 0 } }), call.outputFree.allSatisfy({ $0 == 0 })
    else {
        throw call.error("has a free number of steps, which ONNX export does not support yet")
    }
    guard let layer = call.layer.wrapped else { throw call.error("is around no layer") }
    let samples = call.inputs.map { $0.stepsAsSamples(graph) }
    let masks = samples.map { value -> [Int]? in
        switch value.mask {
        case .none: nil
        case .tensor(_, let rank): Array(value.shape.prefix(rank))
        // A layer that looks at it is refused, whatever its shape.
        case .lost: value.shape.dropLast()
        }
    }
    var inner = ExportedCall(
        layer: layer, path: "\(call.path)/\(layer.name)", inputs: samples,
        outputShape: try layer.outputShape(for: samples.map(\.shape)), outputFree: [], weights: call.weights,
        maskUse: layer.mask(for: samples.map(\.shape), masks: masks), graph: graph)
    graph.path = inner.path
    let result = try export(&inner)
    graph.path = call.path
    // [batch, steps] come from the input, because the steps may be dynamic.
    let front = graph.node("Shape", [call.input.name()], ["start": .int(0), "end": .int(2)])
    func asSteps(_ name: String, _ shape: [Int]) -> String {
        graph.node("Reshape", [name, graph.node("Concat", [front, graph.ints(shape)], ["axis": .int(0)])])
    }
    let value = call.output(asSteps(result.name(), result.shape))
    if case .makes = call.maskUse, case .makes = inner.maskUse, case .tensor(let name, let rank) = result.mask
    {
        value.mask = .tensor(asSteps(name, Array(result.shape.prefix(rank))), rank: rank + 1)
    }
    return value
}

extension Value {
    /// Makes every step a sample. A mask of whole steps ends, one of numbers within a step goes on.
    fileprivate func stepsAsSamples(_ graph: GraphBuilder) -> Value {
        let inside = Array(shape.dropFirst())
        let value = Value(graph.reshape(name(), [-1] + inside), shape: inside, graph: graph)
        switch mask {
        case .tensor(let name, let rank) where rank > 1:
            value.mask = .tensor(graph.reshape(name, [-1] + inside.prefix(rank - 1)), rank: rank - 1)
        case .lost: value.mask = mask
        case .none, .tensor: break
        }
        return value
    }
}
