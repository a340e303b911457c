import Base
import Tensors

/// Attention over [steps, features]: softmax(scores of queries and keys) · values. The inputs are query, value
/// and optionally key, which defaults to the value. Additional leading axes are computed one at a time.
///
/// As in Keras, a value's mask hides values, and a query's mask sets outputs to zero.
protocol DenseAttention: LayerOfSeveralOutputs, StatelessLayer {
    var dropout: Double { get }
    /// The rule for the mask of the output: none, or that of the query.
    var maskJoin: MaskJoin { get }
    var useCausalMask: Bool { get set }
    /// Whether the attention weights [queries, keys] are a second output.
    var returnsScores: Bool { get set }

    /// Computes the scores [queries, keys] of one group.
    func score(_ group: AttentionGroup, weights: [Floats], into scores: Floats)
    /// Adds the gradients of q, k and weights to the group's dq and dk and to the step's gradients.
    func scoreBackward(_ dscores: Floats, _ group: AttentionGroup, _ call: CallMemory)
}

/// The queries and keys of one attention matrix, and scratch buffers.
struct AttentionGroup {
    let q, k: Floats
    let width: Int
    let queries, keys: Int
    let dq, dk: Floats
    /// Buffers of at least the size of a key matrix, and of at least that of the scores.
    let room, scoreRoom: Floats
}

extension DenseAttention {
    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { maskJoin == .none ? .ends : .passes }
    public func maskJoin(sameMasks: Bool, rank: Int) -> MaskJoin? {
        sameMasks || maskJoin != .none ? nil : MaskJoin.none
    }
    public var usesMasks: Bool { true }
    public var dependsOnTraining: Bool { dropout > 0 }

    public var callOptions: JSONObject {
        attentionOptions(causal: useCausalMask, scores: returnsScores)
    }

    public mutating func take(callOptions: JSONObject) throws(CellarError) {
        (useCausalMask, returnsScores) = try attentionOptions(from: callOptions, subject: subject)
    }

    public var outputCount: Int { returnsScores ? 2 : 1 }
    public func outputCarriesMask(_ output: Int) -> Bool { output == 0 }

    public func outputShapes(for inputs: [[Int]]) throws(CellarError) -> [[Int]] {
        let shape = try checkedShape(inputs)
        guard returnsScores else { return [shape] }
        try checkScores(inputs[0])
        return [shape, [inputs[0][0], inputs[1][0]]]
    }

    /// The output shape; throws unless the shapes are [.., queries, d], [.., keys, e] and [.., keys, d].
    func checkedShape(_ inputs: [[Int]]) throws(CellarError) -> [Int] {
        guard inputs.count == 2 || inputs.count == 3 else {
            throw CellarError(
                "takes query, value and perhaps key, but \(inputs.count) inputs are wired to it",
                subject: subject)
        }
        let (query, value, key) = (inputs[0], inputs[1], inputs.last ?? [])
        guard query.count >= 2, value.count == query.count, key.count == query.count,
            query.dropLast(2) == value.dropLast(2), query.dropLast(2) == key.dropLast(2),
            value[value.count - 2] == key[key.count - 2], query.last == key.last
        else {
            throw CellarError(
                "takes a query [queries, size], a value [keys, any] and a key [keys, size], but they are \(query), "
                    + "\(value) and \(key)", subject: subject)
        }
        return query.dropLast() + value.suffix(1)
    }

    // MARK: Memory

    private func sizes(_ inputs: [[Int]]) -> AttentionSizes { AttentionSizes(inputs) }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        AttentionWorkspace(AttentionSizes(inputs), rows: rows, training: training).count
    }

    // MARK: Forward

    private func attentionMask(_ call: CallMemory, _ sizes: AttentionSizes) -> AttentionMask {
        AttentionMask(
            queries: nil, keys: nil,
            values: AttentionMask.Part(call, 1, positions: sizes.groups * sizes.keys), isCausal: useCausalMask
        )
    }

    private func group(
        _ call: CallMemory, _ sizes: AttentionSizes, _ layout: AttentionWorkspace, _ index: Int
    )
        -> AttentionGroup
    {
        let (q, k) = (sizes.queries * sizes.width, sizes.keys * sizes.width)
        let key = call.inputCount - 1
        return AttentionGroup(
            q: call.x(0)[index * q..<(index + 1) * q], k: call.x(key)[index * k..<(index + 1) * k],
            width: sizes.width, queries: sizes.queries, keys: sizes.keys, dq: call.scratch[layout.dq],
            dk: call.scratch[layout.dk], room: call.scratch[layout.room],
            scoreRoom: call.scratch[layout.scoreRoom])
    }

    /// The attention weights of one group: a separate range while training, a shared one at inference.
    private func place(_ call: CallMemory, _ layout: AttentionWorkspace, _ index: Int, _ size: Int) -> Floats
    {
        let start = layout.weights.lowerBound + (call.isForTraining ? index * size : 0)
        return call.scratch[start..<start + size]
    }

    public func forward(_ call: CallMemory) {
        let sizes = sizes(call.inputShapes)
        let layout = AttentionWorkspace(sizes, rows: call.capacity, training: call.isForTraining)
        let (mask, dropping) = (attentionMask(call, sizes), AttentionDropout(call, rate: dropout))
        let size = sizes.queries * sizes.keys
        for index in 0..<call.rows * sizes.groups {
            let group = group(call, sizes, layout, index)
            let (row, offset) = (index / sizes.groups, index % sizes.groups)
            var weights = place(call, layout, index, size)
            score(group, weights: call.weights, into: weights)
            mask.hide(
                weights, .adding(-1e9), row: row, keys: sizes.keys, query: { offset * sizes.queries + $0 },
                key: { offset * sizes.keys + $0 })
            softmaxRows(weights, into: weights, width: sizes.keys)
            if let dropping {
                let dropped = call.scratch[layout.dropped]
                dropping.apply(weights, at: (call.firstRow * sizes.groups + index) * size, into: dropped)
                weights = dropped
            }
            let (value, output) = (sizes.keys * sizes.values, sizes.queries * sizes.values)
            // If the scores are returned, a sample has only one group.
            let start = returnsScores ? index * call.outputSize : index * output
            if returnsScores { call.y[start + output..<start + output + size].copy(from: weights) }
            multiply(
                weights, call.x(1)[index * value..<(index + 1) * value],
                into: call.y[start..<start + output], m: sizes.queries, n: sizes.values,
                k: sizes.keys)
        }
        hideQueries(call, sizes, call.y)
    }

    private func hideQueries(_ call: CallMemory, _ sizes: AttentionSizes, _ numbers: Floats) {
        let positions = sizes.groups * sizes.queries
        guard let mask = AttentionMask.Part(call, 0, positions: positions) else { return }
        for row in 0..<call.rows {
            for position in 0..<positions where mask.hides(row, position) {
                let start = row * call.outputSize + position * sizes.values
                numbers[start..<start + sizes.values].fill(0)
            }
        }
    }

    // MARK: Backward

    public func backward(_ call: CallMemory) {
        let sizes = sizes(call.inputShapes)
        let layout = AttentionWorkspace(sizes, rows: call.capacity, training: call.isForTraining)
        let dropping = AttentionDropout(call, rate: dropout)
        for gradient in call.weightGradients { gradient?.fill(0) }
        hideQueries(call, sizes, call.dy)
        let size = sizes.queries * sizes.keys
        let (value, output) = (sizes.keys * sizes.values, sizes.queries * sizes.values)
        let (transposed, dweights) = (call.scratch[layout.room], call.scratch[layout.dweights])
        let dvalue = call.scratch[layout.dv]
        for index in 0..<call.rows * sizes.groups {
            let group = group(call, sizes, layout, index)
            let weights = place(call, layout, index, size)
            let place = (call.firstRow * sizes.groups + index) * size
            let start = returnsScores ? index * call.outputSize : index * output
            let dy = call.dy[start..<start + output]
            var dropped = weights
            if let dropping {
                dropped = call.scratch[layout.dropped]
                dropping.apply(weights, at: place, into: dropped)
            }
            multiply(
                dropped, dy, into: dvalue, m: sizes.keys, n: sizes.values, k: sizes.queries, transposed: true)
            transpose(
                call.x(1)[index * value..<(index + 1) * value], rows: sizes.keys, columns: sizes.values,
                into: transposed)
            multiply(dy, transposed, into: dweights, m: sizes.queries, n: sizes.keys, k: sizes.values)
            if returnsScores { add(call.dy[start + output..<start + output + size], to: dweights) }
            if let dropping { dropping.apply(dweights, at: place, into: dweights) }
            softmaxBackward(dweights, y: weights, into: dweights, width: sizes.keys)
            group.dq.fill(0)
            group.dk.fill(0)
            scoreBackward(dweights, group, call)
            putOut(call, index, group.dq, group.dk, dvalue)
        }
    }

    private func putOut(_ call: CallMemory, _ index: Int, _ dq: Floats, _ dk: Floats, _ dv: Floats) {
        func part(_ input: Int, _ size: Int) -> Floats? {
            call.dx(input).map { $0[index * size..<(index + 1) * size] }
        }
        part(0, dq.count)?.copy(from: dq)
        part(1, dv.count)?.copy(from: dv)
        if call.inputCount == 3 {
            part(2, dk.count)?.copy(from: dk)
        } else if let target = part(1, dv.count) {
            add(dk, to: target)
        }
    }
}

/// The sizes of query [groups, queries, width], key [groups, keys, width] and value [groups, keys, values].
struct AttentionSizes {
    let groups, queries, keys, width, values: Int

    init(_ inputs: [[Int]]) {
        let (query, value) = (inputs[0], inputs[1])
        groups = query.dropLast(2).reduce(1, *)
        (queries, width) = (query[query.count - 2], query[query.count - 1])
        (keys, values) = (value[value.count - 2], value[value.count - 1])
    }
}

private struct AttentionWorkspace {
    let weights, dropped, room, scoreRoom, dweights, dq, dk, dv: Range<Int>
    let count: Int

    init(_ sizes: AttentionSizes, rows: Int, training: Bool) {
        let size = sizes.queries * sizes.keys
        var layout = ArenaLayout()
        func forTraining(_ count: Int) -> Range<Int> { layout.reserve(training ? count : 0) }
        weights = layout.reserve(training ? rows * sizes.groups * size : size)
        dropped = layout.reserve(size)
        room = layout.reserve(sizes.keys * max(sizes.width, sizes.values))
        scoreRoom = layout.reserve(size)
        dweights = forTraining(size)
        dq = forTraining(sizes.queries * sizes.width)
        dk = forTraining(sizes.keys * sizes.width)
        dv = forTraining(sizes.keys * sizes.values)
        count = layout.count
    }
}

/// Reads `use_causal_mask`, the only call option that all attention layers have.
func causalMask(from options: JSONObject, subject: String) throws(CellarError) -> Bool {
    for (name, value) in options.members where name != "use_causal_mask" || value.bool == nil {
        throw CellarError(
            "is called with \(name) = \(value.text().prefix(60)), which is not supported", subject: subject)
    }
    return options["use_causal_mask"]?.bool ?? false
}

/// Reads `use_causal_mask` and `return_attention_scores`.
func attentionOptions(
    from options: JSONObject, subject: String
) throws(CellarError) -> (causal: Bool, scores: Bool) {
    var others = options
    others["return_attention_scores"] = nil
    return (
        try causalMask(from: others, subject: subject), options["return_attention_scores"]?.bool ?? false
    )
}

func attentionOptions(causal: Bool, scores: Bool) -> JSONObject {
    var options: JSONObject = [:]
    if causal { options["use_causal_mask"] = true }
    if scores { options["return_attention_scores"] = true }
    return options
}

extension Layer {
    /// Throws if attention weights are returned and samples have more axes than steps and features.
    func checkScores(_ query: [Int]) throws(CellarError) {
        guard query.count == 2 else {
            throw CellarError(
                "is called with return_attention_scores for samples of shape \(query); that is supported for "
                    + "[steps, features]", subject: subject)
        }
    }
}
