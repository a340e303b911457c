import Tensors

/// The ranges of a recurrent layer's data in its scratch. Time is the outermost axis of all of them, so that a
/// step reads and writes matrices [rows, …].
struct RecurrentLayout {
    /// Time steps whose input products are computed at once: all steps for training, where the products are
    /// kept, and as many as fit the cache for inference.
    let steps: Int
    /// The number of stored states: those of all steps and the initial one, or only two that alternate.
    let states: Int
    /// [steps, rows, features], [steps, rows, gates · units], [steps, rows, kept · units]
    let x, z, kept: Range<Int>
    /// [states, rows, units], [states, rows, carried · units]
    let h, carried: Range<Int>
    /// For dropout: factors [rows, features] for each drawn mask, [gates, rows, units], and buffers for the
    /// products with them.
    let inputFactors, stateFactors, droppedInput, droppedState, dReset: Range<Int>
    /// Gradients (two alternating buffers each), the transposed kernels, and a temporary row.
    let dh, dCarried, transposedKernel, transposedRecurrent, row: Range<Int>
    let count: Int

    /// The numbers that fit a processor's second-level cache and leave space for weights.
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

    /// The number of input masks. Keras draws a single mask for the input if one product computes all gates; if
    /// the state is dropped too, it computes each gate separately and draws a mask for each.
    func inputMasks(gates: Int) -> Int { dropsState ? gates : 1 }
}
