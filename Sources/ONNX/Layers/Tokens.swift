import Base
import Network

/// Numbers of tokens [batch, …, n] as the layer's `output_mode` gives them out. A number that is no token's becomes zeros; in
/// Cellar it is an error.
private func encoded(_ call: ExportedCall, _ numbers: String, mode: String, depth: Int) -> Value {
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

func exportCategoryEncoding(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let numbers = call.graph.cast(call.input.name(), to: .int64)
    return encoded(
        call, numbers, mode: try call.config.string("output_mode"), depth: try call.config.int("num_tokens"))
}

/// How many boundaries do not lie above a number; none lies above a NaN.
func exportDiscretization(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let (graph, mode) = (call.graph, try call.config.string("output_mode"))
    let boundaries = (try call.config.doubles("bin_boundaries") ?? []).map(Float.init)
    let isBelow = graph.node(
        "Less",
        [graph.unsqueeze(call.input.name(), [-1]), graph.floats(boundaries, shape: [boundaries.count])])
    let passed = graph.sum(graph.cast(graph.node("Not", [isBelow]), to: .float), [-1], keep: false)
    return encoded(call, graph.cast(passed, to: .int64), mode: mode, depth: boundaries.count + 1)
}

/// Each number is held against the whole vocabulary; one that it has not goes to a place by its remainder.
func exportIntegerLookup(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let (graph, mode) = (call.graph, try call.config.string("output_mode"))
    let vocabulary = try call.config.ints("vocabulary") ?? []
    let unknownPlaces = try call.config.int("num_oov_indices", in: 0...Int.max)
    let maskToken = try call.config.ints("mask_token")?.first
    guard unknownPlaces > 0 else {
        throw call.error(
            "has no index for unknown numbers (num_oov_indices is 0), which ONNX export does not support yet")
    }
    let first = mode == "int" && maskToken != nil ? 1 : 0
    let numbers = graph.cast(call.input.name(), to: .int64)
    let isWord = graph.node("Equal", [graph.unsqueeze(numbers, [-1]), graph.ints(vocabulary)])
    let matches = graph.cast(isWord, to: .int64)
    let places = graph.ints(vocabulary.indices.map { first + unknownPlaces + $0 })
    let found = graph.sum(graph.multiply(matches, places), [-1], keep: false)
    let unknown = graph.add(graph.node("Mod", [numbers, graph.int(unknownPlaces)]), graph.int(first))
    let isKnown = graph.cast(graph.sum(matches, [-1], keep: false), to: .bool)
    var place = graph.node("Where", [isKnown, found, unknown])
    if let maskToken {
        // The mask token is not in the vocabulary; with integer output its index is 0.
        let isMasked = graph.node("Equal", [numbers, graph.int(maskToken)])
        place = graph.node("Where", [isMasked, graph.int(mode == "int" ? 0 : -1), place])
    }
    return encoded(call, place, mode: mode, depth: call.outputShape.last ?? 1)
}
