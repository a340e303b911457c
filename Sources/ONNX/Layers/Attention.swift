import JSONText
import Network
import Tensors

/// softmax(query · keyᵀ) · value, over [query, value] or [query, value, key].
func exportAttention(_ call: inout LayerCall) throws(ConfigError) -> Value {
    let (query, value) = (call.inputs[0].name(), call.inputs[1].name())
    let key = call.inputs.count > 2 ? call.inputs[2].name() : value
    let graph = call.graph
    // Leading axes, if there are more than the batch, stay in front.
    let rank = call.input.rank
    if rank > 2, call.inputs.contains(where: \.isMasked) {
        throw call.error("looks at masks of inputs with more axes, which ONNX export cannot do yet")
    }
    var scores: String
    if call.layer.className == "Attention",
        try call.config.string("score_mode", default: "dot") == "dot"
    {
        scores = graph.node("MatMul", [query, graph.transpose(key, Array(0..<rank - 1) + [rank, rank - 1])])
        if let scale = call.constant("scale") { scores = graph.multiply(scores, scale) }
    } else {
        // Σ scale · tanh(query + key) for each pair: [batch, queries, keys, features].
        let pairs = graph.add(graph.unsqueeze(query, [rank]), graph.unsqueeze(key, [rank - 1]))
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
    scores = try call.masked(scores, rank: rank + 1)
    let weights = graph.node("Softmax", [scores], ["axis": .int(-1)])
    var y = graph.node("MatMul", [weights, value])
    // What a masked query asks for is zero.
    if let mask = try call.mask(0) {
        y = graph.multiply(y, graph.unsqueeze(graph.cast(mask, to: .float), [2]))
    }
    return call.output(y)
}

/// Several attentions side by side, each over its own products of query, key and value (Vaswani et al., 2017).
func exportMultiHeadAttention(_ call: inout LayerCall) throws(ConfigError) -> Value {
    let heads = try call.config.int("num_heads")
    let keySize = try call.config.int("key_dim")
    let axes = try call.config.ints("attention_axes")
    guard call.inputs.allSatisfy({ $0.rank == 2 }), axes == nil || axes == [1] || axes == [-2] else {
        throw call.error(
            "attends over other axes than [batch, steps, features], which ONNX export cannot do yet")
    }
    if call.config.value("sliding_window") != nil {
        throw call.error("has a sliding window, which ONNX export cannot do yet")
    }
    let graph = call.graph
    let query = call.inputs[0]
    let value = call.inputs[1]
    let key = call.inputs.count > 2 ? call.inputs[2] : value
    // The weights in Keras' order: query, key, value, output; each a kernel and, where there is one, a bias.
    let q = graph.multiply(try call.heads(0, query, heads), graph.float(1 / Float(keySize).squareRoot()))
    let (k, v) = (try call.heads(1, key, heads), try call.heads(2, value, heads))
    var scores = graph.node("MatMul", [q, graph.transpose(k, [0, 1, 3, 2])])
    scores = try call.masked(scores, rank: 4)
    let weights = graph.node("Softmax", [scores], ["axis": .int(-1)])
    let mixed = graph.transpose(graph.node("MatMul", [weights, v]), [0, 2, 1, 3])
    let (kernel, bias) = call.projection(3)
    let width = kernel.shape[0] * kernel.shape[1]
    let joined = graph.reshape(mixed, [0, 0, width])
    let matrix = graph.weight("output/kernel") { kernel.reshaped([width, kernel.count / width]) }
    var y = graph.node("MatMul", [joined, matrix])
    if let bias { y = graph.add(y, graph.weight("output/bias") { bias.reshaped([bias.count]) }) }
    if call.outputShape.count > 2 { y = graph.reshape(y, [0, 0] + call.outputShape.dropFirst()) }
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

    /// Scores [batch, (heads,) queries, keys], with −10⁹ in the place of those that are hidden.
    fileprivate func masked(_ scores: String, rank: Int) throws(ConfigError) -> String {
        var seen: [String] = []
        let heads = rank == 4
        // A masked value or key is hidden; several heads also hide all from a masked query.
        if let mask = try mask(1) { seen.append(graph.unsqueeze(mask, heads ? [1, 2] : [1])) }
        if heads, let mask = try mask(0) { seen.append(graph.unsqueeze(mask, [1, 3])) }
        if heads, let mask = try mask(2) { seen.append(graph.unsqueeze(mask, [1, 2])) }
        if layer.callOptions["use_causal_mask"]?.bool == true {
            // Query i sees the keys 0 … i.
            let shape = graph.node("Shape", [scores], ["start": .int(-2)])
            let ones = graph.node("Expand", [graph.float(1), shape])
            seen.append(graph.cast(graph.node("Trilu", [ones], ["upper": .int(0)]), to: .bool))
        }
        guard let first = seen.first else { return scores }
        let allowed = seen.dropFirst().reduce(first) { graph.node("And", [$0, $1]) }
        return graph.node("Where", [allowed, scores, graph.float(-1e9)])
    }
}
