import Base
import Network

/// Exports Embedding: rows of a table selected by indices, which are floats.
func exportEmbedding(_ call: inout LayerExport) throws(CellarError) -> Value {
    let table = try call.required("embeddings")
    let graph = call.graph
    let numbers = graph.cast(call.input.name(), to: .int64)
    let value = call.output(graph.node("Gather", [table, numbers], ["axis": .int(0)]))
    if try call.config.bool("mask_zero", default: false) {
        let padding = graph.node("Equal", [call.input.name(), graph.float(0)])
        value.mask = .tensor(graph.node("Not", [padding]), rank: call.input.rank)
    }
    return value
}

/// Exports Masking: a step whose values all equal `mask_value` is masked and set to zero.
func exportMasking(_ call: inout LayerExport) throws(CellarError) -> Value {
    let absent = Float(try call.config.double("mask_value", default: 0))
    let (graph, x) = (call.graph, call.input.name())
    let differs = graph.node("Not", [graph.node("Equal", [x, graph.float(absent)])])
    let counts = graph.largest(graph.cast(differs, to: .float), [-1])
    let value = call.output(graph.multiply(x, counts))
    value.mask = .tensor(graph.cast(graph.squeeze(counts, [-1]), to: .bool), rank: call.input.rank - 1)
    return value
}
