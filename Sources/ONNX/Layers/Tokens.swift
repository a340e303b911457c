import Network

/// Numbers of tokens [batch, …, n] as the layer's `output_mode` gives them out. A number that is no token's becomes zeros; in
/// Cellar it is an error.
private func encoded(_ call: LayerCall, _ numbers: String, mode: String, depth: Int) -> Value {
    let graph = call.graph
    guard mode != "int" else { return call.output(graph.cast(numbers, to: .float)) }
    let isToken = graph.node("Equal", [graph.unsqueeze(numbers, [-1]), graph.ints(Array(0..<depth))])
    let vectors = graph.cast(isToken, to: .float)
    switch mode {
    case "one_hot": return call.output(call.input.shape.last == 1 ? graph.squeeze(vectors, [-2]) : vectors)
    case "count": return call.output(graph.sum(vectors, [-2], keep: false))
    default: return call.output(graph.largest(vectors, [-2], keep: false))
    }
}

func exportCategoryEncoding(_ call: inout LayerCall) throws(ConfigError) -> Value {
    let numbers = call.graph.cast(call.input.name(), to: .int64)
    return encoded(
        call, numbers, mode: try call.config.string("output_mode"), depth: try call.config.int("num_tokens"))
}

/// How many boundaries do not lie above a number; none lies above a NaN.
func exportDiscretization(_ call: inout LayerCall) throws(ConfigError) -> Value {
    let (graph, mode) = (call.graph, try call.config.string("output_mode"))
    let boundaries = (try call.config.doubles("bin_boundaries") ?? []).map(Float.init)
    let isBelow = graph.node(
        "Less",
        [graph.unsqueeze(call.input.name(), [-1]), graph.floats(boundaries, shape: [boundaries.count])])
    let passed = graph.sum(graph.cast(graph.node("Not", [isBelow]), to: .float), [-1], keep: false)
    return encoded(call, graph.cast(passed, to: .int64), mode: mode, depth: boundaries.count + 1)
}
