import Base
import Tensors

/// One call of one layer, planned: where its inputs, outputs, weights and gradients lie. Made once, run many times.
/// The windows are as large as the plan's batch; `rows` says how many samples of it are in use this time.
public final class Step {
    let layer: any Layer
    let inputShapes: [[Int]]
    let outputShape: [Int]
    /// All windows, as large as the plan's batch: what inner steps are cut from.
    private(set) var memory: Memory
    let isView: Bool

    let lane: Lane
    /// The samples that the windows have room for.
    let capacity: Int
    /// The index of this call in the network: it separates the random streams of two Dropouts.
    let call: Int
    /// Whether the layer has no earlier call in the network.
    let isFirstCall: Bool
    /// Whether it runs as at inference while the rest is trained.
    private let atInference: Bool

    struct Memory {
        var inputs: [Floats]
        var output: Floats
        var weights: [Floats]
        var scratch: Floats
        var inputGradients: [Floats?]
        var outputGradient: Floats?
        var weightGradients: [Floats?]
        /// What comes with the inputs and goes with the output; the sizes are those of one sample.
        var inputMasks: [Mask?] = []
        var outputMask: Mask?
    }

    struct Mask {
        var window: Floats
        var size: Int
    }

    /// Steps of layers inside this one.
    private(set) var inner: [Step] = []
    /// Samples of this step for one of the batch: TimeDistributed makes each time step a sample.
    private let perSample: Int

    init(
        layer: any Layer, call: Int, inputShapes: [[Int]], outputShape: [Int], memory: Memory, isView: Bool,
        lane: Lane, capacity: Int, perSample: Int = 1, atInference: Bool = false, isFirstCall: Bool = true
    ) {
        (self.isFirstCall, self.atInference) = (isFirstCall, atInference)
        self.capacity = capacity
        (self.layer, self.call, self.lane, self.isView) = (layer, call, lane, isView)
        (self.inputShapes, self.outputShape) = (inputShapes, outputShape)
        (self.memory, self.perSample) = (memory, perSample)
        (inputSizes, outputSize) = (inputShapes.map { $0.reduce(1, *) }, outputShape.reduce(1, *))
        inner = layer.innerSteps(self)
    }

    /// A step of a layer inside the layer of `outer`, over windows of its memory.
    ///
    /// - number: which inner step it is; it gets random numbers of its own by it.
    /// - perSample: samples of this step for one of the outer step's.
    convenience init(
        inner layer: any Layer, of outer: Step, number: Int = 0, inputShapes: [[Int]], outputShape: [Int],
        memory: Memory, perSample: Int = 1
    ) {
        self.init(
            layer: layer, call: (outer.call + 1) * 1_000 + number, inputShapes: inputShapes,
            outputShape: outputShape, memory: memory, isView: false, lane: outer.lane,
            capacity: outer.capacity * perSample, perSample: outer.perSample * perSample,
            atInference: outer.atInference, isFirstCall: outer.isFirstCall)
    }

    private let inputSizes: [Int]
    let outputSize: Int

    /// Of a Dense layer: where its input is not zero, when leaving the zeros out pays.
    var places: NonzeroPlaces?
    /// Of a Dense layer that is one of several parts: the units of all, by which products choose how they round.
    var wholeUnits: Int?
    /// With Adam, the kernel's gradient and its step where zeros are left out.
    var adam: DeferredAdam?
    /// Of a Dense layer whose input is another layer's: looks for zeros in it.
    var zeroSearch: ZeroSearch?
    /// With plain gradient descent, a kernel that only this step uses may be updated as its gradient is computed: by this rate.
    var fusedRate: Float? { isFused ? lane.fusedRate : nil }
    var isFused = false
    /// Whether the step's memory was laid out with gradients.
    var isForTraining: Bool { memory.outputGradient != nil || !memory.weightGradients.isEmpty }

    var weights: [Floats] { memory.weights }
    var scratch: Floats { memory.scratch }
    /// Where backward writes; nil where nobody asks for that gradient.
    var weightGradients: [Floats?] { memory.weightGradients }

    /// Samples that this step computes now.
    var rows: Int { lane.rows * perSample }
    /// Where they begin in the batch, and how many samples all lanes together have.
    var firstRow: Int { lane.firstRow * perSample }
    var batchRows: Int { lane.batchRows * perSample }
    var training: Bool { lane.training && !atInference }
    var inputCount: Int { memory.inputs.count }

    /// Reads the first input elsewhere from now on.
    func read(_ window: Floats) { memory.inputs[0] = window }

    /// The i-th input: [rows, shape].
    func x(_ i: Int = 0) -> Floats { memory.inputs[i].prefix(rows * inputSizes[i]) }
    /// The output: [rows, shape].
    var y: Floats { memory.output.prefix(rows * outputSize) }
    /// The loss' gradient at the output. Backward may use it as its own working space.
    var dy: Floats {
        guard let outputGradient = memory.outputGradient else {
            preconditionFailure("planned without gradients")
        }
        return outputGradient.prefix(rows * outputSize)
    }
    /// Where the loss' gradient at the i-th input goes, if it is wanted.
    func dx(_ i: Int = 0) -> Floats? { memory.inputGradients[i].map { $0.prefix(rows * inputSizes[i]) } }

    /// The mask of the i-th input, [rows, mask's shape]: 1 for what counts, 0 for padding. Nil where all counts.
    func mask(_ i: Int = 0) -> Floats? {
        guard i < memory.inputMasks.count, let mask = memory.inputMasks[i] else { return nil }
        return mask.window.prefix(rows * mask.size)
    }
    /// Where forward writes the mask that it makes.
    var outputMask: Floats? { memory.outputMask.map { $0.window.prefix(rows * $0.size) } }

    /// Adds to the batch's loss: a penalty on activations, as a sum over samples (Keras divides it by the batch).
    func addLoss(_ sum: Double) { lane.addedLoss += sum }

    /// Says that the data cannot be computed with. What computes then ends with this error, be it a prediction or training.
    ///
    /// - sample: of this step's; the message is made with its name, `sample 17 of the data`.
    func fail(sample: Int, _ message: (String) -> String) {
        lane.addedLoss = .nan
        guard lane.failure == nil else { return }
        let (rows, index) = (lane.dataRows, sample / max(perSample, 1))
        let place = rows.startIndex + index
        let row = rows.indices.contains(place) ? rows[place] : firstRow / max(perSample, 1) + index
        lane.failure = CellarError(
            message("sample \(row) of the data (counted from 0)"), subject: layer.subject)
    }
}
