import Tensors

/// One part of a `ColumnSplit`, planned: the steps of its units alone, over memory of its own. What a thread writes while it computes
/// a part lies in no cache line that another writes, but for the rows of parts that are put side by side.
final class ColumnPart {
    /// The Dense layer's units, then the layers behind it, then the summand of the sum.
    let steps: [Step]
    /// The Dense layer behind the samples, with the units of this part.
    var first: Step { steps[0] }
    /// Where this part's share of the first kernel lies in the layer's.
    let panel: Panels.Panel
    /// What is added to the first part's; nil where the parts are put side by side.
    let summand: Floats?

    private let units: Range<Int>
    private let target: Target?
    // Windows do not own their memory; this does.
    private let memory: Arena

    /// Where parts are put side by side: the whole layer's output and the gradient there.
    private struct Target {
        let y, dy: Floats
        let units: Int
    }

    /// What a part is cut from.
    struct Source {
        let network: Model
        let parameters: Parameters
        let gradients: Arena
        /// All calls, as if they were computed in one piece.
        let steps: [Step]
        let isView: [Bool]
        let rows: Int

        func layer(_ call: Int) -> Int { network.calls[call].layer }

        func dense(_ call: Int) -> Dense {
            guard let dense = steps[call].layer as? Dense else {
                preconditionFailure("only Dense layers are split")
            }
            return dense
        }
    }

    /// A layer's share of the part.
    private struct Piece {
        enum Kind { case units, between, summand }

        let kind: Kind
        let call: Int
        let layer: any Layer
        let input, output: Int
    }

    init(_ split: ColumnSplit, part: Int, samples: Floats, of source: Source) {
        let (units, rows) = (split.units[part], source.rows)
        let panel = source.parameters.panels(layer: source.layer(split.first), weight: 0).all[part]
        (self.units, self.panel) = (units, panel)
        let pieces = Self.pieces(split, part, source)

        var layout = ArenaLayout()
        let places = pieces.map { piece in
            let isSum = piece.kind == .summand
            return (
                // The first part's summand is where the sum comes to be; all have the sum's gradient.
                y: layout.reserve(isSum && part == 0 ? 0 : rows * piece.output),
                dy: layout.reserve(isSum ? 0 : rows * piece.output),
                scratch: layout.reserve(piece.layer.scratch(for: [[piece.input]], rows: rows, training: true))
            )
        }
        memory = Arena(count: layout.count)

        var steps: [Step] = []
        var (x, dx) = (samples, Floats?.none)
        for (piece, place) in zip(pieces, places) {
            let whole = source.steps[piece.call]
            let isSum = piece.kind == .summand
            let y = isSum && part == 0 ? source.dense(piece.call).sums(whole) : memory.slice(place.y)
            let dy = isSum ? whole.memory.outputGradient : memory.slice(place.dy)
            // Only the first summand has the bias.
            let count = piece.layer.weights(for: [[piece.input]]).count
            func share(_ weight: Int, _ all: Floats) -> Floats {
                switch (piece.kind, weight) {
                case (.units, 0): return all[panel.start..<panel.start + piece.input * panel.stride]
                case (.summand, 0):
                    let stride = all.count / source.network.shapes[split.first][0]
                    return all[units.lowerBound * stride..<units.upperBound * stride]
                case (.summand, _): return all
                default: return all[units]
                }
            }
            let (parameters, layer) = (source.parameters, source.layer(piece.call))
            steps.append(
                Step(
                    layer: piece.layer, call: (piece.call + 1) * 1_000 + part, inputShapes: [[piece.input]],
                    outputShape: [piece.output],
                    memory: Step.Memory(
                        inputs: [x], output: y,
                        weights: parameters.weights(of: layer).prefix(count).enumerated().map(share),
                        scratch: memory.slice(place.scratch), inputGradients: [dx], outputGradient: dy,
                        weightGradients: parameters.windows(of: layer, in: source.gradients).prefix(count)
                            .enumerated().map { weight, all in all.map { share(weight, $0) } }),
                    isView: false, lane: whole.lane, capacity: rows))
            (x, dx) = (y, dy)
        }
        self.steps = steps
        if split.last != nil {
            (summand, target) = (x, nil)
        } else {
            let (whole, all) = (source.steps[split.first], source.dense(split.first).units)
            steps[0].wholeUnits = all
            summand = nil
            target = whole.memory.outputGradient.map { Target(y: whole.memory.output, dy: $0, units: all) }
        }
    }

    /// The layers of a part, each as if it had this part's units alone.
    private static func pieces(_ split: ColumnSplit, _ part: Int, _ source: Source) -> [Piece] {
        let width = split.units[part].count
        var first = source.dense(split.first)
        first.units = width
        var pieces = [
            Piece(
                kind: .units, call: split.first, layer: first,
                input: source.steps[split.first].inputShapes[0][0], output: width)
        ]
        for call in split.middle where !source.isView[call] {
            pieces.append(
                Piece(
                    kind: .between, call: call, layer: source.steps[call].layer, input: width, output: width))
        }
        if let last = split.last {
            var summand = source.dense(last)
            (summand.activation, summand.activityPenalty) = (.linear, nil)
            summand.useBias = summand.useBias && part == 0
            pieces.append(
                Piece(kind: .summand, call: last, layer: summand, input: width, output: summand.units))
        }
        return pieces
    }

    func forward() {
        for step in steps { step.layer.forward(step) }
        guard let target else { return }
        eachRow(of: target) { own, there in target.y[there].copy(from: first.y[own]) }
    }

    func backward() {
        if let target { eachRow(of: target) { own, there in first.dy[own].copy(from: target.dy[there]) } }
        for step in steps.reversed() { step.layer.backward(step) }
    }

    /// Each row of this part's units, here and among all.
    private func eachRow(of target: Target, _ body: (Range<Int>, Range<Int>) -> Void) {
        for row in 0..<first.rows {
            let there = row * target.units + units.lowerBound
            body(row * units.count..<(row + 1) * units.count, there..<there + units.count)
        }
    }
}
