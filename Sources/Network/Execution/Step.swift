import Tensors

/// One call of one layer, planned: where its inputs, outputs, weights and gradients lie. Made once, run many times.
/// The windows are as large as the plan's batch; `rows` says how many samples of it are in use this time.
public final class Step {
    let layer: any Layer
    let inputShapes: [[Int]]
    let outputShape: [Int]
    private let inputs: [Floats]
    private let output: Floats
    let weights: [Floats]
    let scratch: Floats
    let isView: Bool

    /// Where backward writes; nil where nobody asks for that gradient.
    private let inputGradients: [Floats?]
    private let outputGradient: Floats?
    let weightGradients: [Floats?]

    let lane: Lane
    /// The index of this call in the network: it separates the random streams of two Dropouts.
    let call: Int

    struct Memory {
        var inputs: [Floats]
        var output: Floats
        var weights: [Floats]
        var scratch: Floats
        var inputGradients: [Floats?]
        var outputGradient: Floats?
        var weightGradients: [Floats?]
    }

    init(
        layer: any Layer, call: Int, inputShapes: [[Int]], outputShape: [Int], memory: Memory, isView: Bool,
        lane: Lane
    ) {
        (self.layer, self.call, self.lane, self.isView) = (layer, call, lane, isView)
        (self.inputShapes, self.outputShape) = (inputShapes, outputShape)
        (inputs, output, weights, scratch) = (memory.inputs, memory.output, memory.weights, memory.scratch)
        (inputGradients, outputGradient) = (memory.inputGradients, memory.outputGradient)
        weightGradients = memory.weightGradients
        (inputSizes, outputSize) = (inputShapes.map { $0.reduce(1, *) }, outputShape.reduce(1, *))
    }

    private let inputSizes: [Int]
    let outputSize: Int

    /// Where the input is not zero, when leaving the zeros out pays: only for a layer right behind the samples.
    var nonzeroInput: NonzeroPlaces?
    /// With plain gradient descent, a kernel that only this step uses may be updated as its gradient is computed: by this rate.
    var fusedRate: Float? { isFused ? lane.fusedRate : nil }
    var isFused = false
    /// Whether the step's memory was laid out with gradients.
    var isForTraining: Bool { outputGradient != nil || !weightGradients.isEmpty }

    var rows: Int { lane.rows }
    var training: Bool { lane.training }
    var inputCount: Int { inputs.count }

    /// The i-th input: [rows, shape].
    func x(_ i: Int = 0) -> Floats { inputs[i].prefix(rows * inputSizes[i]) }
    /// The output: [rows, shape].
    var y: Floats { output.prefix(rows * outputSize) }
    /// The loss' gradient at the output. Backward may use it as its own working space.
    var dy: Floats {
        guard let outputGradient else { preconditionFailure("planned without gradients") }
        return outputGradient.prefix(rows * outputSize)
    }
    /// Where the loss' gradient at the i-th input goes, if it is wanted.
    func dx(_ i: Int = 0) -> Floats? { inputGradients[i].map { $0.prefix(rows * inputSizes[i]) } }
}
