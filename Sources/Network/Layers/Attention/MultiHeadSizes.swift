import Tensors

/// The sizes of a MultiHeadAttention's matrices. Axes that are not attention axes form independent groups.
struct MultiHeadSizes {
    let heads, keySize, valueSize: Int
    let groups, queries, keys: Int
    /// The sizes of the last axes of query, key, value and output.
    let queryWidth, keyWidth, valueWidth, outputWidth: Int
    /// The index in the sample of each position, ordered by group and then by attention axes; nil if the order
    /// is the same.
    let queryOrder, keyOrder: [Int]?

    /// Whether the attention weights are returned after the output; there is only one group then.
    let returnsScores: Bool

    var queryPositions: Int { groups * queries }
    var keyPositions: Int { groups * keys }
    /// The width of all heads together.
    var keysWidth: Int { heads * keySize }
    var valuesWidth: Int { heads * valueSize }

    init(_ layer: MultiHeadAttention, _ inputs: [[Int]]) {
        let (query, value) = (inputs[0], inputs[1])
        let axes = (try? layer.axes(rank: query.count)) ?? Array(0..<query.count - 1)
        (heads, keySize, valueSize) = (layer.heads, layer.keySize, layer.valueSize)
        returnsScores = layer.returnsScores
        groups = query.indices.dropLast().filter { !axes.contains($0) }.reduce(1) { $0 * query[$1] }
        queries = axes.reduce(1) { $0 * query[$1] }
        keys = axes.reduce(1) { $0 * value[$1] }
        (queryWidth, valueWidth) = (query[query.count - 1], value[value.count - 1])
        keyWidth = inputs[inputs.count - 1].last ?? 1
        outputWidth = layer.outputAxes?.reduce(1, *) ?? queryWidth
        queryOrder = Self.order(Array(query.dropLast()), axes)
        keyOrder = Self.order(Array(value.dropLast()), axes)
    }

    private static func order(_ shape: [Int], _ axes: [Int]) -> [Int]? {
        let sorted = shape.indices.filter { !axes.contains($0) } + axes
        guard sorted != Array(shape.indices) else { return nil }
        var places = [0]
        for axis in sorted {
            let stride = shape[(axis + 1)...].reduce(1, *)
            places = places.flatMap { place in (0..<shape[axis]).map { place + $0 * stride } }
        }
        return places
    }
}

/// The ranges of a MultiHeadAttention's data in its scratch.
struct MultiHeadLayout {
    /// Samples that are computed at once: all of them for training, and as many as fit a cache for inference.
    let samples: Int
    /// Inputs and output in the order of groups, if the order differs from the sample's.
    let query, key, value, output: Range<Int>
    /// [samples, positions, heads · size]
    let q, k, v, context: Range<Int>
    /// Attention weights [queries, keys] of all heads (while training, of all samples); a buffer for one head;
    /// a transposed k or v of one group.
    let weights, dropped, transposed: Range<Int>
    /// Gradients and a transposed kernel.
    let dq, dk, dv, dcontext, dweights, kernel, dinput: Range<Int>
    let count: Int

    private static let cached = 1 << 17

    init(_ sizes: MultiHeadSizes, rows: Int, training: Bool) {
        let (queries, keys) = (sizes.queryPositions, sizes.keyPositions)
        let each =
            queries * (sizes.keysWidth + sizes.valuesWidth) + keys * (sizes.keysWidth + sizes.valuesWidth)
        samples = training ? rows : min(max(Self.cached / each, 1), rows)
        var layout = ArenaLayout()
        let ordersQueries = sizes.queryOrder != nil
        let ordersKeys = sizes.keyOrder != nil
        func reserve(_ count: Int, if needed: Bool = true) -> Range<Int> {
            layout.reserve(needed ? count : 0)
        }
        query = reserve(samples * queries * sizes.queryWidth, if: ordersQueries)
        key = reserve(samples * keys * sizes.keyWidth, if: ordersKeys)
        value = reserve(samples * keys * sizes.valueWidth, if: ordersKeys)
        output = reserve(
            samples * queries * sizes.outputWidth, if: ordersQueries || sizes.returnsScores)
        q = reserve(samples * queries * sizes.keysWidth)
        k = reserve(samples * keys * sizes.keysWidth)
        v = reserve(samples * keys * sizes.valuesWidth)
        context = reserve(samples * queries * sizes.valuesWidth)
        let weightsOfOne = sizes.queries * sizes.keys
        weights = reserve(training ? rows * sizes.groups * sizes.heads * weightsOfOne : weightsOfOne)
        dropped = reserve(weightsOfOne)
        transposed = reserve(sizes.keys * max(sizes.keysWidth, sizes.valuesWidth))
        dq = reserve(rows * queries * sizes.keysWidth, if: training)
        dk = reserve(rows * keys * sizes.keysWidth, if: training)
        dv = reserve(rows * keys * sizes.valuesWidth, if: training)
        dcontext = reserve(rows * queries * sizes.valuesWidth, if: training)
        dweights = reserve(weightsOfOne, if: training)
        kernel = reserve(
            max(sizes.queryWidth, sizes.keyWidth, sizes.valueWidth, sizes.outputWidth)
                * max(sizes.keysWidth, sizes.valuesWidth), if: training)
        dinput = reserve(
            rows
                * max(queries * sizes.queryWidth, keys * max(sizes.keyWidth, sizes.valueWidth)),
            if: training && (ordersQueries || ordersKeys))
        count = layout.count
    }
}
