import Tensors

/// The sizes of a MultiHeadAttention's matrices. Axes that attention does not go over make groups, which see nothing of
/// each other.
struct MultiHeadSizes {
    let heads, keySize, valueSize: Int
    let groups, queries, keys: Int
    /// The last axes of query, key, value and output.
    let queryWidth, keyWidth, valueWidth, outputWidth: Int
    /// Where each position, by group and then by attention axes, stands in the sample; nil where they stand in this
    /// order already.
    let queryOrder, keyOrder: [Int]?

    /// Whether the attention weights go out behind the output: then there is one group.
    let returnsScores: Bool

    var queryPositions: Int { groups * queries }
    var keyPositions: Int { groups * keys }
    /// Of all heads together.
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

/// Where in a MultiHeadAttention's scratch its numbers lie.
struct MultiHeadLayout {
    /// Samples that are computed at once: all of them for training, and as many as a cache holds for inference.
    let samples: Int
    /// Inputs in the order of groups, where they are not in it, and the output likewise.
    let query, key, value, output: Range<Int>
    /// [samples, positions, heads · size]
    let q, k, v, context: Range<Int>
    /// All heads' [queries, keys], of all samples while training; room for one; a transposed k or v of one group.
    let weights, dropped, transposed: Range<Int>
    /// Gradients; a transposed kernel.
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
