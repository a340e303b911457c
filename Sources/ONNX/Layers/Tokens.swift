import Base
import Network

/// Numbers of tokens [batch, …, n] as the layer's `output_mode` gives them out. A number that is no token's becomes zeros; in
/// Cellar it is an error.
private func encoded(
    _ call: ExportedCall, _ numbers: String, mode: String, depth: Int, weights: [Float] = []
) -> Value {
    let graph = call.graph
    guard mode != "int" else { return call.output(graph.cast(numbers, to: .float)) }
    let isToken = graph.node("Equal", [graph.unsqueeze(numbers, [-1]), graph.ints(Array(0..<depth))])
    let vectors = graph.cast(isToken, to: .float)
    switch mode {
    case "one_hot": return call.output(call.input.shape.last == 1 ? graph.squeeze(vectors, [-2]) : vectors)
    case "count": return call.output(graph.sum(vectors, [-2], keep: false))
    case "tf_idf":
        let counts = graph.sum(vectors, [-2], keep: false)
        return call.output(graph.multiply(counts, graph.floats(weights, shape: [weights.count])))
    default: return call.output(graph.largest(vectors, [-2], keep: false))
    }
}

func exportCategoryEncoding(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let graph = call.graph
    let (mode, depth) = (try call.config.string("output_mode"), try call.config.int("num_tokens"))
    let numbers = graph.cast(call.input.name(), to: .int64)
    guard call.inputs.count == 2 else { return encoded(call, numbers, mode: mode, depth: depth) }
    // Each token counts as much as its weight. A weight that is no number stays at its own token: a product with 0 would be
    // none either.
    let isToken = graph.node("Equal", [graph.unsqueeze(numbers, [-1]), graph.ints(Array(0..<depth))])
    let weights = graph.unsqueeze(call.inputs[1].name(), [-1])
    return call.output(graph.sum(graph.node("Where", [isToken, weights, graph.float(0)]), [-2], keep: false))
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
    let first = mode == "int" && maskToken != nil ? 1 : 0
    let depth = call.outputShape.last ?? 1
    let numbers = graph.cast(call.input.name(), to: .int64)
    let isWord = graph.node("Equal", [graph.unsqueeze(numbers, [-1]), graph.ints(vocabulary)])
    let matches = graph.cast(isWord, to: .int64)
    let places = graph.ints(vocabulary.indices.map { first + unknownPlaces + $0 })
    let found = graph.sum(graph.multiply(matches, places), [-1], keep: false)
    let unknown =
        unknownPlaces > 0
        ? graph.add(graph.node("Mod", [numbers, graph.int(unknownPlaces)]), graph.int(first))
        : graph.int(first + vocabulary.count)
    let isKnown = graph.cast(graph.sum(matches, [-1], keep: false), to: .bool)
    var place = graph.node("Where", [isKnown, found, unknown])
    if let maskToken {
        // The mask token is not in the vocabulary; with integer output its index is 0.
        let isMasked = graph.node("Equal", [numbers, graph.int(maskToken)])
        place = graph.node("Where", [isMasked, graph.int(mode == "int" ? 0 : -1), place])
    }
    if unknownPlaces == 0 { place = refusing(place, first + vocabulary.count, graph) }
    return encoded(call, place, mode: mode, depth: depth)
}

/// The places as they are; a runtime fails at one that is `count`. The mask's −1 stays.
private func refusing(_ places: String, _ count: Int, _ graph: GraphBuilder) -> String {
    // Gather counts −1 from the end, where the −1 is.
    graph.node(
        "Gather",
        [
            graph.ints(Array(0..<count) + [-1]),
            graph.node(
                "Where",
                [
                    graph.node("Equal", [places, graph.int(count)]), graph.int(count + 1), places,
                ]),
        ])
}

/// A text's index by a table of the operator set for machine learning.
func exportStringLookup(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let (graph, mode) = (call.graph, try call.config.string("output_mode"))
    guard let lookup = call.layer as? StringLookup else { throw call.error("is no StringLookup") }
    guard lookup.unknownPlaces <= 1 else {
        throw call.error(
            "has \(lookup.unknownPlaces) places for unknown texts (num_oov_indices), which it chooses by a hash that ONNX does not have"
        )
    }
    let first = (mode == "int" && lookup.maskToken != nil ? 1 : 0) + lookup.unknownPlaces
    let count = first + lookup.vocabulary.count
    var (keys, values) = (lookup.vocabulary, Array(first..<count))
    if let maskToken = lookup.maskToken {
        keys.append(maskToken)
        values.append(mode == "int" ? 0 : -1)
    }
    var place = graph.node(
        "LabelEncoder", [call.input.name()],
        [
            "keys_strings": .strings(keys), "values_int64s": .ints(values),
            "default_int64": .int(lookup.unknownPlaces > 0 ? first - 1 : count),
        ], outputs: 1, domain: NodeProto.machineLearning)[0]
    if lookup.unknownPlaces == 0 { place = refusing(place, count, graph) }
    let depth = call.outputShape.last ?? 1
    let weights = (lookup.idfWeights ?? []).prefix(depth)
    return encoded(
        call, place, mode: mode, depth: depth,
        weights: weights + Array(repeating: 0, count: depth - weights.count))
}
