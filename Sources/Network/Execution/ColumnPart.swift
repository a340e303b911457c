import Tensors

/// One planned part of a `ColumnSplit`: calls for its units alone, with their own memory. Threads that
/// compute different parts do not write to common cache lines, except for the rows of parts that are
/// concatenated.
final class ColumnPart {
    /// The calls of the divided layer's units, then of the layers after it, then of the summand.
    let calls: [any LayerCall]
    /// The call of the divided layer, which reads the samples.
    var first: any LayerCall { calls[0] }
    /// This part's share of the first kernel.
    let panel: Panels.Panel
    /// The window that is added to the first part's; nil if the parts are concatenated.
    let summand: Floats?

    private let units: Range<Int>
    private let target: WholeOutput?
    // Keeps the windows' memory allocated, because windows do not own it.
    private let memory: Arena

    /// The whole layer's output and its gradient, if the parts are concatenated.
    private struct WholeOutput {
        let y, dy: Floats
        let units: Int
    }

    /// The network to be divided.
    struct DividedNetwork {
        let network: Model
        let parameters: Parameters
        let gradients: Arena
        /// All calls, planned as for undivided layers.
        let calls: [any LayerCall]
        let planner: Planner
        let rows: Int

        func layer(_ call: Int) -> Int { network.calls[call].layer }

        func divisible(_ call: Int) -> any DivisibleLayer {
            guard let layer = network.layers[layer(call)].divisible else {
                preconditionFailure("only divisible layers are split")
            }
            return layer
        }

        func partSum(_ call: Int) -> any PartSum {
            guard let sum = calls[call].partSum else {
                preconditionFailure("only calls of divisible layers add parts up")
            }
            return sum
        }
    }

    /// A layer's share of the part.
    private struct Piece {
        enum Share { case units, between, summand }

        let kind: Share
        let call: Int
        let layer: any Layer
        let input, output: Int
    }

    init(_ split: ColumnSplit, part: Int, samples: Floats, of source: DividedNetwork) {
        let (units, rows) = (split.units[part], source.rows)
        let panel = source.parameters.panels(layer: source.layer(split.first), weight: 0).all[part]
        (self.units, self.panel) = (units, panel)
        let pieces = Self.pieces(split, part, source)

        var layout = ArenaLayout()
        let blocks = pieces.map { piece in
            let isSum = piece.kind == .summand
            return (
                // The first part's summand is computed in the window of the sum. All parts share the gradient
                // at the sum.
                y: layout.reserve(isSum && part == 0 ? 0 : rows * piece.output),
                dy: layout.reserve(isSum ? 0 : rows * piece.output),
                scratch: layout.reserve(piece.layer.scratch(for: [[piece.input]], rows: rows, training: true))
            )
        }
        memory = Arena(count: layout.count)

        var calls: [any LayerCall] = []
        var (x, dx) = (samples, Floats?.none)
        for (piece, block) in zip(pieces, blocks) {
            let whole = source.calls[piece.call].memory
            let isSum = piece.kind == .summand
            let y = isSum && part == 0 ? source.partSum(piece.call).sums : memory.slice(block.y)
            let dy = isSum ? whole.windows.outputGradient : memory.slice(block.dy)
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
            let windows = CallWindows(
                inputs: [x], output: y,
                weights: parameters.weights(of: layer).prefix(count).enumerated().map(share),
                scratch: memory.slice(block.scratch), inputGradients: [dx], outputGradient: dy,
                weightGradients: parameters.windows(of: layer, in: source.gradients).prefix(count)
                    .enumerated().map { weight, all in all.map { share(weight, $0) } })
            calls.append(
                piece.layer.makeCall(
                    CallMemory(
                        layer: piece.layer, index: (piece.call + 1) * 1_000 + part,
                        inputShapes: [[piece.input]], outputShape: [piece.output], windows: windows,
                        worker: whole.worker, capacity: rows,
                        readsManyZeros: isSum && source.planner.readsManyZeros(piece.call))))
            (x, dx) = (y, dy)
        }
        self.calls = calls
        if split.last != nil {
            (summand, target) = (x, nil)
        } else {
            let whole = source.calls[split.first].memory.windows
            summand = nil
            target = whole.outputGradient.map {
                WholeOutput(y: whole.output, dy: $0, units: source.divisible(split.first).units)
            }
        }
    }

    /// Returns the layers of a part, each with only this part's units.
    private static func pieces(_ split: ColumnSplit, _ part: Int, _ source: DividedNetwork) -> [Piece] {
        let width = split.units[part].count
        let first = source.divisible(split.first)
        var pieces = [
            Piece(
                kind: .units, call: split.first,
                layer: first.part(units: width, of: split.last == nil ? first.units : nil),
                input: source.calls[split.first].memory.inputShapes[0][0], output: width)
        ]
        for call in split.middle where !source.planner.isView[call] {
            pieces.append(
                Piece(
                    kind: .between, call: call, layer: source.network.layers[source.layer(call)],
                    input: width, output: width))
        }
        if let last = split.last {
            let sum = source.divisible(last)
            pieces.append(
                Piece(
                    kind: .summand, call: last, layer: sum.summand(hasBias: part == 0), input: width,
                    output: sum.units))
        }
        return pieces
    }

    func forward() {
        for call in calls { call.forward() }
        guard let target else { return }
        eachRow(of: target) { own, there in target.y[there].copy(from: first.memory.y[own]) }
    }

    func backward() {
        if let target {
            eachRow(of: target) { own, there in first.memory.dy[own].copy(from: target.dy[there]) }
        }
        for call in calls.reversed() { call.backward() }
    }

    /// Calls `body` for each row with the range of this part's units, in the part's output and in the whole
    /// output.
    private func eachRow(of target: WholeOutput, _ body: (Range<Int>, Range<Int>) -> Void) {
        for row in 0..<first.memory.rows {
            let there = row * target.units + units.lowerBound
            body(row * units.count..<(row + 1) * units.count, there..<there + units.count)
        }
    }
}
