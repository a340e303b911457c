import JSONText
import Network
import Tensors

extension LayerCall {
    /// A layer inside this one, called with `inputs`; `weights` are its share.
    fileprivate func inner(
        _ json: JSON?, key: String, inputs: [Value], weights: ArraySlice<Tensor>
    ) throws(ConfigError) -> LayerCall {
        guard let className = json?["class_name"]?.string, let config = json?["config"]?.object else {
            throw error("has no \(key) that ONNX export can read")
        }
        let layer = try LayerTable.make(className: className, config: config)
        let shape = try layer.outputShape(for: inputs.map(\.shape))
        return LayerCall(
            layer: layer, path: "\(path)/\(layer.name)", inputs: inputs, outputShape: shape, outputFree: [],
            weights: Array(weights), maskUse: .ends, graph: graph)
    }
}

/// A recurrent layer forwards and one backwards through time, and what both give joined.
func exportBidirectional(_ call: inout LayerCall) throws(ConfigError) -> Value {
    let (layer, half) = (call.config.value("layer"), call.weights.count / 2)
    let input = call.input
    var forward = try call.inner(
        layer, key: "layer", inputs: [input], weights: call.weights[..<half])
    var backward = try call.inner(
        call.config.value("backward_layer") ?? layer, key: "backward_layer", inputs: [input],
        weights: call.weights[half...])
    let mask = try call.mask()
    let sequences = try forward.config.bool("return_sequences", default: false)
    // The same directions as they are declared: a layer that goes backwards has its partner forwards.
    let turned = try forward.config.bool("go_backwards", default: false)
    var results: [String] = []
    for (index, isBackward) in [turned, !turned].enumerated() {
        call.graph.path = call.path + (index == 0 ? "/forward" : "/backward")
        let result =
            index == 0
            ? try Recurrence(&forward).run(input.name(), mask: mask, backwards: isBackward)
            : try Recurrence(&backward).run(input.name(), mask: mask, backwards: isBackward)
        // The second is turned round again, so that both are in the order of the first.
        results.append(
            sequences
                ? (turned ? call.graph.reverse(result.sequence, axis: 1) : result.sequence) : result.last)
    }
    call.graph.path = call.path
    let graph = call.graph
    let mode = try call.config.string("merge_mode", default: "concat")
    switch mode {
    case "concat": return call.output(graph.concatenate(results, axis: -1))
    case "sum": return call.output(graph.add(results[0], results[1]))
    case "mul": return call.output(graph.multiply(results[0], results[1]))
    case "ave": return call.output(graph.multiply(graph.add(results[0], results[1]), graph.float(0.5)))
    default: throw call.error("merges by \"\(mode)\", which ONNX export cannot do yet")
    }
}

/// One layer for every step: the steps become samples, and samples again steps.
func exportTimeDistributed(_ call: inout LayerCall) throws(ConfigError) -> Value {
    let (x, graph) = (call.input, call.graph)
    let shape = Array(x.shape.dropFirst())
    guard x.free.allSatisfy({ $0 == 0 }), call.outputFree.allSatisfy({ $0 == 0 }) else {
        throw call.error("has steps of a free size, which ONNX export cannot do yet")
    }
    let samples = graph.reshape(x.name(), [-1] + shape)
    let value = Value(samples, shape: shape, graph: graph)
    var inner = try call.inner(
        call.config.value("layer"), key: "layer", inputs: [value], weights: call.weights[...])
    graph.path = inner.path
    let result = try export(&inner)
    graph.path = call.path
    // [batch, steps] are those of the input, which may be free.
    let front = graph.node("Shape", [x.name()], ["start": .int(0), "end": .int(2)])
    let target = graph.node("Concat", [front, graph.ints(result.shape)], ["axis": .int(0)])
    return call.output(graph.node("Reshape", [result.name(), target]))
}
