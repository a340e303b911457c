import Tensors

/// One part of a `ColumnSplit`, planned: the steps of its units alone, over memory of its own, so that threads which compute a
/// part each never touch each other's.
final class ColumnPart {
    /// The Dense layer's units, then the layers behind it, then the summand of the sum.
    let steps: [Step]
    /// The Dense layer behind the samples, with the units of this part.
    var first: Step { steps[0] }
    /// Where this part's share of the first kernel lies in the layer's.
    let panel: Panels.Panel
    /// What is added to the other parts'; nil where they are put side by side.
    let summand: Floats?

    private let columns: Range<Int>
    private let units: Int
    // Where the parts are put side by side: the whole layer's output and the gradient there.
    private let whole: (y: Floats, dy: Floats)?
    private let memory: Arena

    /// What a part is cut from.
    struct Whole {
        let network: Model
        let parameters: Parameters
        let gradients: Arena
        /// All calls, as if they were computed in one piece.
        let steps: [Step]
        let isView: [Bool]
        let rows: Int
    }

    init(_ split: ColumnSplit, part: Int, samples: Floats, of whole: Whole) {
        let (network, parameters, rows) = (whole.network, whole.parameters, whole.rows)
        let columns = split.columns[part]
        let width = columns.count
        func layer(_ call: Int) -> Int { network.calls[call].layer }
        panel = parameters.panels(layer: layer(split.first), weight: 0).all[part]
        self.columns = columns
        units = network.shapes[split.first][0]

        // The layers of this part, and of each the weights in it.
        var pieces: [(call: Int, layer: any Layer, cut: (Int, Floats) -> Floats)] = []
        let panel = panel
        let inputs = whole.steps[split.first].inputShapes[0][0]
        func dense(_ call: Int) -> Dense {
            guard let dense = network.layers[layer(call)] as? Dense else {
                preconditionFailure("only Dense layers are split")
            }
            return dense
        }
        var first = dense(split.first)
        first.units = width
        pieces.append(
            (
                split.first, first,
                { $0 == 0 ? $1[panel.start..<panel.start + inputs * panel.stride] : $1[columns] }
            ))
        for call in split.middle where !whole.isView[call] {
            pieces.append((call, network.layers[layer(call)], { $1[columns] }))
        }
        if let last = split.last {
            var summand = dense(last)
            let hasBias = summand.useBias && part == 0
            (summand.activation, summand.activityPenalty, summand.useBias) = (.linear, nil, hasBias)
            let units = self.units
            pieces.append(
                (
                    last, summand,
                    { weight, all in
                        guard weight == 0 else { return all }
                        let stride = all.count / units
                        return all[columns.lowerBound * stride..<columns.upperBound * stride]
                    }
                ))
        }

        var layout = ArenaLayout()
        let places = pieces.map { piece in
            let isSum = piece.call == split.last
            let input = [piece.call == split.first ? inputs : width]
            let output = isSum ? network.shapes[piece.call][0] : width
            return (
                input: input, output: output, isSum: isSum, y: layout.reserve(rows * output),
                dy: layout.reserve(isSum ? 0 : rows * output),
                scratch: layout.reserve(piece.layer.scratch(for: [input], rows: rows, training: true))
            )
        }
        let memory = Arena(count: layout.count)
        self.memory = memory
        var steps: [Step] = []
        var (before, gradientBefore) = (samples, Floats?.none)
        for (piece, place) in zip(pieces, places) {
            let own = whole.steps[piece.call]
            // The first part's summand is where the sum comes to be; all have the sum's gradient.
            var y = memory.slice(place.y)
            if place.isSum, part == 0, let dense = own.layer as? Dense { y = dense.sums(own) }
            let dy = place.isSum ? own.memory.outputGradient : memory.slice(place.dy)
            let count = piece.layer.weights(for: [place.input]).count
            let weights = parameters.weights(of: layer(piece.call)).enumerated().prefix(count)
            let gradients = parameters.windows(of: layer(piece.call), in: whole.gradients).enumerated()
                .prefix(count)
            steps.append(
                Step(
                    layer: piece.layer, call: (piece.call + 1) * 1_000 + part, inputShapes: [place.input],
                    outputShape: [place.output],
                    memory: Step.Memory(
                        inputs: [before], output: y, weights: weights.map { piece.cut($0, $1) },
                        scratch: memory.slice(place.scratch), inputGradients: [gradientBefore],
                        outputGradient: dy,
                        weightGradients: gradients.map { index, all in all.map { piece.cut(index, $0) } }),
                    isView: false, lane: own.lane, capacity: rows))
            (before, gradientBefore) = (y, dy)
        }
        self.steps = steps
        if split.last == nil {
            let own = whole.steps[split.first]
            (summand, self.whole) = (nil, own.memory.outputGradient.map { (own.memory.output, $0) })
        } else {
            (summand, self.whole) = (before, nil)
        }
    }

    func forward() {
        for step in steps { step.layer.forward(step) }
        guard let whole else { return }
        eachRow { own, there in whole.y[there].copy(from: first.y[own]) }
    }

    func backward() {
        if let whole { eachRow { own, there in first.dy[own].copy(from: whole.dy[there]) } }
        for step in steps.reversed() { step.layer.backward(step) }
    }

    /// Each row of this part's units, here and among all.
    private func eachRow(_ body: (Range<Int>, Range<Int>) -> Void) {
        for row in 0..<first.rows {
            let there = row * units + columns.lowerBound
            body(row * columns.count..<(row + 1) * columns.count, there..<there + columns.count)
        }
    }
}
