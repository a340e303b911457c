import JSONText
import Network
import Tensors

/// softmax(query · keyᵀ) · value, over [query, value] or [query, value, key].
func exportAttention(_ call: inout LayerCall) throws(ConfigError) -> Value {
    let (query, value) = (call.inputs[0].name(), call.inputs[1].name())
    let key = call.inputs.count > 2 ? call.inputs[2].name() : value
    let graph = call.graph
    var scores: String
    if call.layer.className == "Attention",
        try call.config.string("score_mode", default: "dot") == "dot"
    {
        scores = graph.node("MatMul", [query, graph.transpose(key, [0, 2, 1])])
        if let scale = call.constant("scale") { scores = graph.multiply(scores, scale) }
    } else {
        // Σ scale · tanh(query + key) for each pair: [batch, queries, keys, features].
        let pairs = graph.add(graph.unsqueeze(query, [2]), graph.unsqueeze(key, [1]))
        let concatenated = call.layer.className == "Attention"
        var inside = pairs
        if concatenated, let scale = call.constant("scale") { inside = graph.multiply(pairs, scale) }
        var terms = graph.node("Tanh", [inside])
        if !concatenated, let scale = call.constant("scale") { terms = graph.multiply(terms, scale) }
        scores = graph.sum(terms, [-1], keep: false)
        if concatenated, let weight = call.constant("concat_score_weight") {
            scores = graph.multiply(scores, weight)
        }
    }
    scores = try call.masked(scores, heads: false)
    let weights = graph.node("Softmax", [scores], ["axis": .int(-1)])
    var y = graph.node("MatMul", [weights, value])
    // What a masked query asks for is zero.
    if let mask = try call.mask(0) {
        y = graph.multiply(y, graph.unsqueeze(graph.cast(mask, to: .float), [2]))
    }
    let result = call.output(y)
    result.mask = call.inputs[0].mask
    return result
}

/// Several attentions side by side, each over its own products of query, key and value (Vaswani et al., 2017).
func exportMultiHeadAttention(_ call: inout LayerCall) throws(ConfigError) -> Value {
    let heads = try call.config.int("num_heads")
    let keySize = try call.config.int("key_dim")
    let axes = try call.config.ints("attention_axes")
    guard call.input.rank == 2, axes == nil || axes == [1] else {
        throw call.error(
            "attends over other axes than [batch, steps, features], which ONNX export cannot do yet")
    }
    let graph = call.graph
    let query = call.inputs[0]
    let value = call.inputs[1]
    let key = call.inputs.count > 2 ? call.inputs[2] : value
    // The weights in Keras' order: query, key, value, output; each a kernel and, where there is one, a bias.
    let q = graph.multiply(try call.heads(0, query, heads), graph.float(1 / Float(keySize).squareRoot()))
    let (k, v) = (try call.heads(1, key, heads), try call.heads(2, value, heads))
    var scores = graph.node("MatMul", [q, graph.transpose(k, [0, 1, 3, 2])])
    scores = try call.masked(scores, heads: true)
    let weights = graph.node("Softmax", [scores], ["axis": .int(-1)])
    let mixed = graph.transpose(graph.node("MatMul", [weights, v]), [0, 2, 1, 3])
    let (kernel, bias) = call.projection(3)
    let width = kernel.shape[0] * kernel.shape[1]
    let joined = graph.reshape(mixed, [0, 0, width])
    let matrix = graph.weight("output/kernel") { kernel.reshaped([width, kernel.count / width]) }
    var y = graph.node("MatMul", [joined, matrix])
    if let bias { y = graph.add(y, graph.weight("output/bias") { bias.reshaped([bias.count]) }) }
    return call.output(y)
}

extension LayerCall {
    /// The kernel and bias of a MultiHeadAttention's n-th product.
    fileprivate func projection(_ number: Int) -> (kernel: Tensor, bias: Tensor?) {
        weights.count == 8 ? (weights[2 * number], weights[2 * number + 1]) : (weights[number], nil)
    }

    /// x · kernel + bias for every head: [batch, heads, steps, size].
    fileprivate func heads(_ number: Int, _ x: Value, _ heads: Int) throws(ConfigError) -> String {
        let (kernel, bias) = projection(number)
        let name = ["query", "key", "value"][number]
        let width = kernel.shape[1] * kernel.shape[2]
        let matrix = graph.weight("\(name)/kernel") { kernel.reshaped([kernel.shape[0], width]) }
        var y = graph.node("MatMul", [x.name(), matrix])
        if let bias { y = graph.add(y, graph.weight("\(name)/bias") { bias.reshaped([width]) }) }
        return graph.transpose(graph.reshape(y, [0, 0, heads, kernel.shape[2]]), [0, 2, 1, 3])
    }

    /// Scores [batch, (heads,) queries, keys] with those far below all others that must not be looked at.
    fileprivate func masked(_ scores: String, heads: Bool) throws(ConfigError) -> String {
        var allowed: String?
        func both(_ part: String) { allowed = allowed.map { graph.node("And", [$0, part]) } ?? part }
        // A masked value, or key, is not looked at by anybody.
        if let mask = try mask(1) { both(graph.unsqueeze(mask, heads ? [1, 2] : [1])) }
        if heads {
            if let mask = try mask(0) { both(graph.unsqueeze(mask, [1, 3])) }
            if try mask(2) != nil { both(graph.unsqueeze(try mask(2) ?? "", [1, 2])) }
        }
        if layer.callOptions["use_causal_mask"]?.bool == true {
            // Row i may look at columns 0 … i.
            let shape = graph.node("Shape", [scores], ["start": .int(heads ? 2 : 1)])
            let ones = graph.node("Expand", [graph.float(1), shape])
            both(graph.cast(graph.node("Trilu", [ones], ["upper": .int(0)]), to: .bool))
        }
        guard let allowed else { return scores }
        return graph.add(
            scores,
            graph.multiply(
                graph.subtract(graph.cast(allowed, to: .float), graph.float(1)), graph.float(1e9)))
    }
}
