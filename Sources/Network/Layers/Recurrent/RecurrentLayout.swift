import Tensors

/// Where in a recurrent layer's scratch its numbers lie. All of them have the time outermost, so that what one step
/// reads and writes is one matrix [rows, …].
struct RecurrentLayout {
    /// Time steps whose input products are computed at once: all of them for training, where they are kept, and as
    /// many as the cache holds for inference.
    let steps: Int
    /// States that are kept: of all steps and the one before the first, or only two that take turns.
    let states: Int
    /// [steps, rows, features], [steps, rows, gates · units], [steps, rows, kept · units]
    let x, z, kept: Range<Int>
    /// [states, rows, units], [states, rows, carried · units]
    let h, carried: Range<Int>
    /// For dropout: factors [rows, features] for each drawn mask, [gates, rows, units], and room to multiply them.
    let inputFactors, stateFactors, droppedInput, droppedState, dReset: Range<Int>
    /// Gradients, two of each that take turns, the transposed kernels, and one row to work in.
    let dh, dCarried, transposedKernel, transposedRecurrent, row: Range<Int>
    let count: Int

    /// What fits a processor's second-level cache with room for weights.
    private static let cached = 1 << 17

    init<Cell: RecurrentLayer>(_ layer: Cell, input: [Int], rows: Int, training: Bool) {
        let (time, features, units) = (input[0], input[1], layer.options.units)
        let width = Cell.gates * units
        steps = training ? time : min(max(Self.cached / (rows * width), 1), time)
        states = training ? time + 1 : 2
        var layout = ArenaLayout()
        x = layout.reserve(steps * rows * features)
        z = layout.reserve(steps * rows * width)
        kept = layout.reserve(steps * rows * layer.keptPerStep * units)
        h = layout.reserve(states * rows * units)
        carried = layout.reserve(states * rows * layer.carried * units)
        let options = layer.options
        let masks = options.inputMasks(gates: Cell.gates)
        func forTraining(_ count: Int, if needed: Bool = true) -> Range<Int> {
            layout.reserve(training && needed ? count : 0)
        }
        inputFactors = forTraining(masks * rows * features, if: options.dropsInput)
        droppedInput = forTraining(time * rows * features, if: options.dropsInput && masks > 1)
        stateFactors = forTraining(Cell.gates * rows * units, if: options.dropsState)
        droppedState = forTraining(rows * units)
        dReset = forTraining(rows * units)
        dh = forTraining(2 * rows * units)
        dCarried = forTraining(2 * rows * layer.carried * units)
        transposedKernel = forTraining(features * width)
        transposedRecurrent = forTraining(units * width)
        row = forTraining(width)
        count = layout.count
    }
}

extension RecurrentOptions {
    // Rates of 0 and 1 drop nothing, as in Keras.
    var dropsInput: Bool { dropout > 0 && dropout < 1 }
    var dropsState: Bool { recurrentDropout > 0 && recurrentDropout < 1 }

    /// Keras draws one mask for the input as long as one product serves all gates; where the state is dropped, too, it
    /// computes gate by gate and draws a mask for each.
    func inputMasks(gates: Int) -> Int { dropsState ? gates : 1 }
}
