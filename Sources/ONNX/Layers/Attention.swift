import Base
import Network
import Tensors

/// softmax(query · keyᵀ) · value, over [query, value] or [query, value, key].
func exportAttention(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let (query, value) = (call.inputs[0].name(), call.inputs[1].name())
    let key = call.inputs.count > 2 ? call.inputs[2].name() : value
    let graph = call.graph
    // Additional leading axes stay before the last two.
    let rank = call.input.rank
    if rank > 2, call.inputs.contains(where: \.isMasked) {
        throw call.error("uses masks of inputs with more axes, which ONNX export does not support yet")
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
    scores = try call.masked(scores, heads: false)
    let weights = graph.node("Softmax", [scores], ["axis": .int(-1)])
    var y = graph.node("MatMul", [weights, value])
    // The output of a masked query is zero.
    if let mask = try call.mask(0) {
        y = graph.multiply(y, graph.unsqueeze(graph.cast(mask, to: .float), [2]))
    }
    return call.output(y)
}

/// Several attentions side by side, each over its own products of query, key and value (Vaswani et al., 2017).
func exportMultiHeadAttention(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let heads = try call.config.int("num_heads")
    let keySize = try call.config.int("key_dim")
    let (query, value, graph) = (call.inputs[0], call.inputs[1], call.graph)
    let key = call.inputs.count > 2 ? call.inputs[2] : value
    let axes = try (call.config.ints("attention_axes") ?? Array(1..<query.rank)).map {
        axis throws(CellarError) in
        // Here −1 is the last axis, which attention does not cover.
        try call.axis(axis, rank: query.rank)
    }
    // The weights in Keras' order: query, key, value, output, each a kernel and an optional bias.
    let q = try call.heads(0, try call.positions(query, axes), heads)
    let k = try call.heads(1, try call.positions(key, axes), heads)
    let v = try call.heads(2, try call.positions(value, axes), heads)
    let scaled = graph.multiply(q, graph.float(1 / Float(keySize).squareRoot()))
    var scores = graph.node("MatMul", [scaled, graph.transpose(k, [0, 1, 3, 2])])
    scores = try call.masked(scores, heads: true)
    let weights = graph.node("Softmax", [scores], ["axis": .int(-1)])
    let mixed = graph.transpose(graph.node("MatMul", [weights, v]), [0, 2, 1, 3])
    let (kernel, bias) = call.projection(3)
    let width = kernel.shape[0] * kernel.shape[1]
    let joined = graph.reshape(mixed, [0, 0, width])
    let matrix = graph.weight("output/kernel") { kernel.reshaped([width, kernel.count / width]) }
    var y = graph.node("MatMul", [joined, matrix])
    if let bias { y = graph.add(y, graph.weight("output/bias") { bias.reshaped([bias.count]) }) }
    return call.output(call.positionsBack(y, axes))
}

/// The axes outside of attention, then the attention axes.
private func groupedAxes(rank: Int, _ axes: [Int]) -> [Int] {
    (0..<rank - 1).filter { !axes.contains($0) } + axes
}

extension ExportedCall {
    /// [batch, positions, features]: all axes that attention goes over as one, and the others, which see nothing of each
    /// other, as more samples.
    fileprivate func positions(_ x: Value, _ axes: [Int]) throws(CellarError) -> String {
        if x.rank == 2 { return x.name() }
        guard !inputs.contains(where: \.isMasked) else {
            throw error("uses masks of inputs with more axes, which ONNX export does not support yet")
        }
        let order = groupedAxes(rank: x.rank, axes)
        for axis in order { _ = try fixed(x, axis: axis) }
        let grouped = graph.transpose(x.name(), [0] + order.map { $0 + 1 } + [x.rank])
        return graph.reshape(grouped, [-1, axes.reduce(1) { $0 * x.shape[$1] }, x.shape[x.rank - 1]])
    }

    /// Reshapes from [batch, positions, features] to the output's shape.
    fileprivate func positionsBack(_ y: String, _ axes: [Int]) -> String {
        let (rank, features) = (input.rank, Array(outputShape.dropFirst(input.rank - 1)))
        if rank == 2 { return features.count == 1 ? y : graph.reshape(y, [0, 0] + features) }
        let order = groupedAxes(rank: rank, axes)
        let apart = graph.reshape(y, [-1] + order.map { input.shape[$0] } + features)
        let back = (0..<rank - 1).map { axis in (order.firstIndex(of: axis) ?? 0) + 1 }
        return graph.transpose(apart, [0] + back + features.indices.map { $0 + rank })
    }
    /// Returns the kernel and bias of the n-th projection of a MultiHeadAttention.
    fileprivate func projection(_ number: Int) -> (kernel: Tensor, bias: Tensor?) {
        weights.count == 8 ? (weights[2 * number], weights[2 * number + 1]) : (weights[number], nil)
    }

    /// Returns x · kernel + bias for every head: [batch, heads, steps, size].
    fileprivate func heads(_ number: Int, _ x: String, _ heads: Int) throws(CellarError) -> String {
        let (kernel, bias) = projection(number)
        let name = ["query", "key", "value"][number]
        let width = kernel.shape[1] * kernel.shape[2]
        let matrix = graph.weight("\(name)/kernel") { kernel.reshaped([kernel.shape[0], width]) }
        var y = graph.node("MatMul", [x, matrix])
        if let bias { y = graph.add(y, graph.weight("\(name)/bias") { bias.reshaped([width]) }) }
        return graph.transpose(graph.reshape(y, [0, 0, heads, kernel.shape[2]]), [0, 2, 1, 3])
    }

    /// Returns the scores [batch, (heads,) queries, keys] with −10⁹ at masked positions, or decreased by that.
    fileprivate mutating func masked(_ scores: String, heads: Bool) throws(CellarError) -> String {
        var seen: [String] = []
        // A masked value or key is hidden. Multi-head attention also hides all keys from a masked query.
        if let mask = try mask(1) { seen.append(graph.unsqueeze(mask, heads ? [1, 2] : [1])) }
        if heads, let mask = try mask(0) { seen.append(graph.unsqueeze(mask, [1, 3])) }
        if heads, let mask = try mask(2) { seen.append(graph.unsqueeze(mask, [1, 2])) }
        let window = config.value("sliding_window")?.int
        let causal = layer.callOptions["use_causal_mask"]?.bool == true
        if window != nil || causal {
            let shape = graph.node("Shape", [scores], ["start": .int(-2)])
            let ones = graph.node("Expand", [graph.float(1), shape])
            // The part of [queries, keys] below or above a diagonal, inclusive.
            func band(_ upper: Bool, _ offset: Int) -> String {
                let part = graph.node("Trilu", [ones, graph.int(offset)], ["upper": .int(upper ? 1 : 0)])
                return graph.cast(part, to: .bool)
            }
            if causal { seen.append(band(false, 0)) }
            if let window { seen += [band(false, window - 1), band(true, 1 - window)] }
        }
        guard let first = seen.first else { return scores }
        let allowed = seen.dropFirst().reduce(first) { graph.node("And", [$0, $1]) }
        if (layer as? MultiHeadAttention)?.replacesMaskedScores == true {
            return graph.node("Where", [allowed, scores, graph.float(-1e9)])
        }
        return graph.add(scores, graph.node("Where", [allowed, graph.float(0), graph.float(-1e9)]))
    }
}
