import Base
import Tensors

/// The windows of one call in the plan's memory. Its sizes are for the plan's largest batch.
struct CallWindows {
    var inputs: [Floats]
    var output: Floats
    var weights: [Floats]
    var scratch: Floats
    var inputGradients: [Floats?]
    var outputGradient: Floats?
    var weightGradients: [Floats?]
    /// The masks of the inputs and of the output.
    var inputMasks: [MaskWindow?] = []
    var outputMask: MaskWindow?
}

/// A mask, and its size for one sample.
struct MaskWindow {
    var window: Floats
    var size: Int
}

/// What a planned call of a layer computes with: inputs, output, weights and gradients, for the samples of the current
/// batch. Made once, used for every batch; `rows` is the number of samples in use.
public final class CallMemory {
    let inputShapes: [[Int]]
    let outputShape: [Int]
    private(set) var windows: CallWindows
    let worker: WorkerState
    /// The largest number of samples.
    let capacity: Int
    /// The index of this call in the network: it separates the random streams of two Dropouts.
    let index: Int
    /// Whether the layer has no earlier call in the network.
    let isFirstCall: Bool
    /// Whether the first input is the output of a layer that makes about half of it zero (`LayerPlanning.makesZeros`).
    let readsManyZeros: Bool

    /// Whether the call computes as at inference while the rest is trained.
    private let atInference: Bool
    /// Samples of this call for one of the batch: TimeDistributed makes each time step a sample.
    private let perSample: Int
    private let inputSizes: [Int]
    let outputSize: Int
    // For messages.
    private let layer: any Layer

    init(
        layer: any Layer, index: Int, inputShapes: [[Int]], outputShape: [Int], windows: CallWindows,
        worker: WorkerState, capacity: Int, perSample: Int = 1, atInference: Bool = false,
        isFirstCall: Bool = true, readsManyZeros: Bool = false
    ) {
        (self.layer, self.index, self.worker, self.capacity) = (layer, index, worker, capacity)
        (self.isFirstCall, self.atInference, self.readsManyZeros) = (isFirstCall, atInference, readsManyZeros)
        (self.inputShapes, self.outputShape) = (inputShapes, outputShape)
        (self.windows, self.perSample) = (windows, perSample)
        (inputSizes, outputSize) = (inputShapes.map { $0.reduce(1, *) }, outputShape.reduce(1, *))
    }

    /// The memory of a layer inside the layer of this call.
    ///
    /// - number: Separates the random numbers of several inner calls.
    /// - perSample: Samples of the inner call for one of this call.
    func inner(
        _ layer: any Layer, number: Int = 0, inputShapes: [[Int]], outputShape: [Int], windows: CallWindows,
        perSample: Int = 1
    ) -> CallMemory {
        CallMemory(
            layer: layer, index: (index + 1) * 1_000 + number, inputShapes: inputShapes,
            outputShape: outputShape, windows: windows, worker: worker, capacity: capacity * perSample,
            perSample: self.perSample * perSample, atInference: atInference, isFirstCall: isFirstCall)
    }

    /// Whether the memory was planned with gradients.
    var isForTraining: Bool { windows.outputGradient != nil || !windows.weightGradients.isEmpty }

    public var weights: [Floats] { windows.weights }
    public var scratch: Floats { windows.scratch }
    /// Targets of backward; nil where a gradient is not needed.
    public var weightGradients: [Floats?] { windows.weightGradients }

    /// Samples that the call computes now.
    public var rows: Int { worker.rows * perSample }
    /// Their start in the batch, and the samples of all workers together.
    var firstRow: Int { worker.firstRow * perSample }
    var batchRows: Int { worker.batchRows * perSample }
    public var training: Bool { worker.training && !atInference }
    var inputCount: Int { windows.inputs.count }

    /// Reads the first input from another window from now on.
    func read(_ window: Floats) { windows.inputs[0] = window }

    /// The i-th input: [rows, shape].
    public func x(_ i: Int = 0) -> Floats { windows.inputs[i].prefix(rows * inputSizes[i]) }
    /// The output: [rows, shape].
    public var y: Floats { windows.output.prefix(rows * outputSize) }
    /// The loss' gradient at the output. Backward may use it as working space.
    public var dy: Floats {
        guard let outputGradient = windows.outputGradient else {
            preconditionFailure("planned without gradients")
        }
        return outputGradient.prefix(rows * outputSize)
    }
    /// The target of the loss' gradient at the i-th input; nil where it is not needed.
    public func dx(_ i: Int = 0) -> Floats? {
        windows.inputGradients[i].map { $0.prefix(rows * inputSizes[i]) }
    }

    /// The mask of the i-th input, [rows, mask's shape]: 1 for what counts, 0 for padding. Nil where all counts.
    func mask(_ i: Int = 0) -> Floats? {
        guard i < windows.inputMasks.count, let mask = windows.inputMasks[i] else { return nil }
        return mask.window.prefix(rows * mask.size)
    }
    /// The target of the mask that forward makes.
    var outputMask: Floats? { windows.outputMask.map { $0.window.prefix(rows * $0.size) } }

    /// Adds to the batch's loss: a penalty on activations, as a sum over samples (Keras divides it by the batch).
    func addLoss(_ sum: Double) { worker.addedLoss += sum }

    /// Reports data that cannot be computed with: the prediction or training step ends with this error.
    ///
    /// - sample: Index among this call's samples; `message` gets its name, `sample 17 of the data`.
    func fail(sample: Int, _ message: (String) -> String) {
        worker.addedLoss = .nan
        guard worker.failure == nil else { return }
        let (rows, index) = (worker.dataRows, sample / max(perSample, 1))
        let place = rows.startIndex + index
        let row = rows.indices.contains(place) ? rows[place] : firstRow / max(perSample, 1) + index
        worker.failure = CellarError(
            message("sample \(row) of the data (counted from 0)"), subject: layer.subject)
    }
}
