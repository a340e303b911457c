import Glibc
import Tensors

/// One pass of a MultiHeadAttention over a batch, forward or backward.
struct MultiHeadPass {
    private let call: CallMemory
    private let sizes: MultiHeadSizes
    private let layout: MultiHeadLayout
    private let mask: AttentionMask
    private let dropping: AttentionDropout?
    /// True if the scores of masked keys are replaced (see `AttentionMask.Hiding`).
    private let replaces: Bool
    private let useBias: Bool
    private let scale: Float

    init(_ call: CallMemory, _ layer: MultiHeadAttention) {
        self.call = call
        sizes = MultiHeadSizes(layer, call.inputShapes)
        layout = MultiHeadLayout(sizes, rows: call.capacity, training: call.isForTraining)
        dropping = AttentionDropout(call, rate: layer.dropout)
        (useBias, replaces) = (layer.useBias, layer.replacesMaskedScores)
        scale = 1 / Float(layer.keySize).squareRoot()
        func part(_ input: Int, positions: Int) -> AttentionMask.Part? {
            layer.ignoresMask ? nil : AttentionMask.Part(call, input, positions: positions)
        }
        mask = AttentionMask(
            queries: part(0, positions: sizes.queryPositions),
            keys: call.inputCount > 2 ? part(2, positions: sizes.keyPositions) : nil,
            values: part(1, positions: sizes.keyPositions), isCausal: layer.useCausalMask,
            window: layer.slidingWindow)
    }

    private var keyInput: Int { call.inputCount - 1 }

    private func room(_ place: Range<Int>, _ count: Int) -> Floats {
        call.scratch[place.lowerBound..<place.lowerBound + count]
    }

    // MARK: Projections: 0 for the query, 1 for the key, 2 for the value, 3 for the output

    private func kernel(_ projection: Int) -> Floats { call.weights[projection * (useBias ? 2 : 1)] }
    private func bias(_ projection: Int) -> Floats? { useBias ? call.weights[projection * 2 + 1] : nil }

    private func project(_ x: Floats, _ projection: Int, into y: Floats) {
        let kernel = kernel(projection)
        let width = bias(projection)?.count ?? outputWidth(projection)
        let inputs = kernel.count / width
        multiply(
            x, kernel, into: y, m: x.count / inputs, n: width, k: inputs,
            epilogue: Epilogue(bias: bias(projection)))
    }

    private func outputWidth(_ projection: Int) -> Int {
        [sizes.keysWidth, sizes.keysWidth, sizes.valuesWidth, sizes.outputWidth][projection]
    }

    /// Computes the gradients of kernel and bias, and of the projection's input if `dx` is given.
    private func projectBackward(
        _ dy: Floats, x: Floats, _ projection: Int, dx: Floats?, accumulate: Bool = false
    ) {
        let (kernel, width) = (kernel(projection), outputWidth(projection))
        let inputs = kernel.count / width
        let first = projection * (useBias ? 2 : 1)
        if let gradient = call.weightGradients[first] {
            multiply(x, dy, into: gradient, m: inputs, n: width, k: dy.count / width, transposed: true)
        }
        if useBias, let gradient = call.weightGradients[first + 1] { columnSums(dy, into: gradient) }
        guard let dx else { return }
        let transposed = room(layout.kernel, kernel.count)
        transpose(kernel, rows: inputs, columns: width, into: transposed)
        multiply(
            dy, transposed, into: dx, m: dy.count / width, n: inputs, k: width,
            epilogue: Epilogue(accumulate: accumulate))
    }

    // MARK: Order of positions

    /// Copies vectors of `width` from sample order into group order, or in the other direction if `back`.
    private func reorder(_ from: Floats, into to: Floats, _ order: [Int], width: Int, back: Bool = false) {
        for sample in 0..<from.count / (order.count * width) {
            for (place, position) in order.enumerated() {
                let grouped = (sample * order.count + place) * width
                let own = (sample * order.count + position) * width
                let (source, target) = back ? (grouped, own) : (own, grouped)
                to[target..<target + width].copy(from: from[source..<source + width])
            }
        }
    }

    private func ordered(_ x: Floats, _ order: [Int]?, _ place: Range<Int>, width: Int) -> Floats {
        guard let order else { return x }
        let result = room(place, x.count)
        reorder(x, into: result, order, width: width)
        return result
    }

    // MARK: Heads

    /// One head of one group: matrices with a row stride of all heads.
    private struct AttentionHead {
        let q, k, v, context: Range<Int>
        /// The ranges of this head in the transposed k and v of all heads.
        let kT, vT: Range<Int>
        let weights: Int
        /// The offset of its attention weights in the batch, for dropout.
        let place: Int
        /// Its index among all heads of all samples of this step.
        let index: Int

        /// The range of its attention weights in the output, after its sample's output.
        func scores(_ call: CallMemory, _ sizes: MultiHeadSizes) -> Range<Int> {
            let size = sizes.queries * sizes.keys
            let (row, number) = (index / sizes.heads, index % sizes.heads)
            let start =
                row * call.outputSize + sizes.queryPositions * sizes.outputWidth + number * size
            return start..<start + size
        }
    }

    private func head(_ head: Int, group: Int, of sample: Int, first: Int) -> AttentionHead {
        let (q, k) = (
            (sample * sizes.groups + group) * sizes.queries, (sample * sizes.groups + group) * sizes.keys
        )
        func window(_ start: Int, _ rows: Int, _ width: Int, _ size: Int) -> Range<Int> {
            start * width + head * size..<(start + rows) * width - (sizes.heads - 1 - head) * size
        }
        let index = ((first + sample) * sizes.groups + group) * sizes.heads + head
        let size = sizes.queries * sizes.keys
        return AttentionHead(
            q: window(q, sizes.queries, sizes.keysWidth, sizes.keySize),
            k: window(k, sizes.keys, sizes.keysWidth, sizes.keySize),
            v: window(k, sizes.keys, sizes.valuesWidth, sizes.valueSize),
            context: window(q, sizes.queries, sizes.valuesWidth, sizes.valueSize),
            kT: head * sizes.keySize * sizes.keys..<(head + 1) * sizes.keySize * sizes.keys,
            vT: head * sizes.valueSize * sizes.keys..<(head + 1) * sizes.valueSize * sizes.keys,
            weights: call.isForTraining ? index * size : 0,
            place: (call.firstRow * sizes.groups * sizes.heads + index) * size, index: index)
    }

    private func weights(_ head: AttentionHead) -> Floats {
        let start = layout.weights.lowerBound + head.weights
        return call.scratch[start..<start + sizes.queries * sizes.keys]
    }

    private func hide(_ numbers: Floats, _ hiding: AttentionMask.Hiding, row: Int, group: Int) {
        mask.hide(
            numbers, hiding, row: row, keys: sizes.keys,
            query: { t in
                let place = group * sizes.queries + t
                return sizes.queryOrder?[place] ?? place
            },
            key: { s in
                let place = group * sizes.keys + s
                return sizes.keyOrder?[place] ?? place
            })
    }

    // MARK: Forward

    func forward() {
        for first in stride(from: 0, to: call.rows, by: layout.samples) {
            forward(first..<min(first + layout.samples, call.rows))
        }
    }

    private func samples(_ numbers: Floats, _ rows: Range<Int>, _ size: Int) -> Floats {
        numbers[rows.lowerBound * size..<rows.upperBound * size]
    }

    private func input(_ index: Int, _ rows: Range<Int>) -> Floats {
        switch index {
        case 0:
            return ordered(
                samples(call.x(0), rows, sizes.queryPositions * sizes.queryWidth), sizes.queryOrder,
                layout.query,
                width: sizes.queryWidth)
        case 1:
            return ordered(
                samples(call.x(keyInput), rows, sizes.keyPositions * sizes.keyWidth), sizes.keyOrder,
                layout.key,
                width: sizes.keyWidth)
        default:
            return ordered(
                samples(call.x(1), rows, sizes.keyPositions * sizes.valueWidth), sizes.keyOrder, layout.value,
                width: sizes.valueWidth)
        }
    }

    private func forward(_ rows: Range<Int>) {
        let q = room(layout.q, rows.count * sizes.queryPositions * sizes.keysWidth)
        let k = room(layout.k, rows.count * sizes.keyPositions * sizes.keysWidth)
        let v = room(layout.v, rows.count * sizes.keyPositions * sizes.valuesWidth)
        let context = room(layout.context, rows.count * sizes.queryPositions * sizes.valuesWidth)
        project(input(0, rows), 0, into: q)
        project(input(1, rows), 1, into: k)
        project(input(2, rows), 2, into: v)
        for sample in 0..<rows.count {
            for group in 0..<sizes.groups {
                let transposed = transposedGroup(k, sample, group, width: sizes.keysWidth)
                for number in 0..<sizes.heads {
                    let head = head(number, group: group, of: sample, first: rows.lowerBound)
                    attend(head, q[head.q], transposed[head.kT], v[head.v], into: context[head.context]) {
                        hide(
                            $0, replaces ? .by(-1e9) : .adding(-1e9), row: rows.lowerBound + sample,
                            group: group)
                    }
                }
            }
        }
        let size = sizes.queryPositions * sizes.outputWidth
        if sizes.returnsScores {
            let attended = room(layout.output, rows.count * size)
            project(context, 3, into: attended)
            for (i, row) in rows.enumerated() {
                let start = row * call.outputSize
                call.y[start..<start + size].copy(from: attended[i * size..<(i + 1) * size])
            }
            return
        }
        let y = samples(call.y, rows, size)
        guard let order = sizes.queryOrder else { return project(context, 3, into: y) }
        let ordered = room(layout.output, y.count)
        project(context, 3, into: ordered)
        reorder(ordered, into: y, order, width: sizes.outputWidth, back: true)
    }

    /// The transposed k or v of one group: [heads · size, keys].
    private func transposedGroup(_ numbers: Floats, _ sample: Int, _ group: Int, width: Int) -> Floats {
        let size = sizes.keys * width
        let start = (sample * sizes.groups + group) * size
        let transposed = room(layout.transposed, size)
        transpose(numbers[start..<start + size], rows: sizes.keys, columns: width, into: transposed)
        return transposed
    }

    private func attend(
        _ head: AttentionHead, _ q: Floats, _ kT: Floats, _ v: Floats, into context: Floats,
        hide: (Floats) -> Void
    ) {
        let weights = weights(head)
        multiply(
            q, kT, into: weights, m: sizes.queries, n: sizes.keys, k: sizes.keySize, aStride: sizes.keysWidth,
            epilogue: Epilogue(alpha: scale))
        hide(weights)
        softmaxRows(weights, into: weights, width: sizes.keys)
        if sizes.returnsScores { call.y[head.scores(call, sizes)].copy(from: weights) }
        multiply(
            dropped(weights, head), v, into: context, m: sizes.queries, n: sizes.valueSize, k: sizes.keys,
            bStride: sizes.valuesWidth, cStride: sizes.valuesWidth)
    }

    private func dropped(_ weights: Floats, _ head: AttentionHead) -> Floats {
        guard let dropping else { return weights }
        let dropped = room(layout.dropped, weights.count)
        dropping.apply(weights, at: head.place, into: dropped)
        return dropped
    }

    // MARK: Backward

    func backward() {
        let rows = 0..<call.rows
        let q = room(layout.q, rows.count * sizes.queryPositions * sizes.keysWidth)
        let k = room(layout.k, rows.count * sizes.keyPositions * sizes.keysWidth)
        let v = room(layout.v, rows.count * sizes.keyPositions * sizes.valuesWidth)
        let context = room(layout.context, rows.count * sizes.queryPositions * sizes.valuesWidth)
        let (dq, dk, dv) = (room(layout.dq, q.count), room(layout.dk, k.count), room(layout.dv, v.count))
        let dcontext = room(layout.dcontext, context.count)
        let dy =
            sizes.returnsScores
            ? attendedGradient()
            : ordered(call.dy, sizes.queryOrder, layout.output, width: sizes.outputWidth)
        projectBackward(dy, x: context, 3, dx: dcontext)
        for sample in rows {
            for group in 0..<sizes.groups {
                let transposed = transposedGroup(v, sample, group, width: sizes.valuesWidth)
                for number in 0..<sizes.heads {
                    let head = head(number, group: group, of: sample, first: 0)
                    let dscores = scoreGradient(head, dcontext[head.context], transposed[head.vT], dv[head.v])
                    if replaces { hide(dscores, .by(0), row: sample, group: group) }
                    multiply(
                        dscores, k[head.k], into: dq[head.q], m: sizes.queries, n: sizes.keySize,
                        k: sizes.keys,
                        bStride: sizes.keysWidth, cStride: sizes.keysWidth, epilogue: Epilogue(alpha: scale))
                    multiply(
                        dscores, q[head.q], into: dk[head.k], m: sizes.keys, n: sizes.keySize,
                        k: sizes.queries,
                        transposed: true, bStride: sizes.keysWidth, cStride: sizes.keysWidth,
                        epilogue: Epilogue(alpha: scale))
                }
            }
        }
        inputGradients(dq, dk, dv, rows)
    }

    /// The output gradient without the gradients of the scores that follow each sample's output.
    private func attendedGradient() -> Floats {
        let size = sizes.queryPositions * sizes.outputWidth
        let attended = room(layout.output, call.rows * size)
        for row in 0..<call.rows {
            let start = row * call.outputSize
            attended[row * size..<(row + 1) * size].copy(from: call.dy[start..<start + size])
        }
        return attended
    }

    /// Computes the gradient of a head's scores, and that of its values into `dv`.
    private func scoreGradient(_ head: AttentionHead, _ dcontext: Floats, _ vT: Floats, _ dv: Floats)
        -> Floats
    {
        let weights = weights(head)
        multiply(
            dropped(weights, head), dcontext, into: dv, m: sizes.keys, n: sizes.valueSize, k: sizes.queries,
            transposed: true, bStride: sizes.valuesWidth, cStride: sizes.valuesWidth)
        let dweights = room(layout.dweights, weights.count)
        multiply(
            dcontext, vT, into: dweights, m: sizes.queries, n: sizes.keys, k: sizes.valueSize,
            aStride: sizes.valuesWidth)
        dropping?.apply(dweights, at: head.place, into: dweights)
        if sizes.returnsScores { add(call.dy[head.scores(call, sizes)], to: dweights) }
        softmaxBackward(dweights, y: weights, into: dweights, width: sizes.keys)
        return dweights
    }

    private func inputGradients(_ dq: Floats, _ dk: Floats, _ dv: Floats, _ rows: Range<Int>) {
        gradient(0, dq, input(0, rows), 0, sizes.queryOrder, width: sizes.queryWidth)
        // If the value is also the key, both gradients are added.
        gradient(2, dv, input(2, rows), 1, sizes.keyOrder, width: sizes.valueWidth)
        gradient(
            1, dk, input(1, rows), keyInput, sizes.keyOrder, width: sizes.keyWidth,
            accumulate: call.inputCount == 2)
    }

    private func gradient(
        _ projection: Int, _ d: Floats, _ x: Floats, _ input: Int, _ order: [Int]?, width: Int,
        accumulate: Bool = false
    ) {
        guard let dx = call.dx(input), let order else {
            return projectBackward(d, x: x, projection, dx: call.dx(input), accumulate: accumulate)
        }
        let ordered = room(layout.dinput, dx.count)
        if accumulate { reorder(dx, into: ordered, order, width: width) }
        projectBackward(d, x: x, projection, dx: ordered, accumulate: accumulate)
        reorder(ordered, into: dx, order, width: width, back: true)
    }
}
