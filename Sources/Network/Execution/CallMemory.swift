import Base
import Tensors

/// The windows of one call into the plan's memory, sized for the plan's largest batch.
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

/// A mask and its shape for one sample.
struct MaskWindow {
    var window: Floats
    var shape: [Int]
    var size: Int

    init(window: Floats, shape: [Int]) {
        (self.window, self.shape, size) = (window, shape, shape.reduce(1, *))
    }
}

/// The inputs, outputs, weights and gradients of a planned layer call, for the samples of the current batch.
/// It is created once and used for every batch; `rows` is the number of samples in use.
public final class CallMemory {
    let inputShapes: [[Int]]
    let outputShape: [Int]
    private(set) var windows: CallWindows
    let worker: WorkerState
    /// The maximum number of samples.
    let capacity: Int
    /// The index of this call in the network. It separates the random streams of two Dropout layers.
    let index: Int
    /// True if the layer has no earlier call in the network.
    let isFirstCall: Bool
    /// True if the first input is the output of a layer that sets about half of it to zero
    /// (`LayerPlanning.makesZeros`).
    let readsManyZeros: Bool

    /// True if the call computes as at inference while the rest of the network is trained.
    private let atInference: Bool
    /// The number of this call's samples for each sample of the batch: TimeDistributed makes each time step a
    /// sample.
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

    /// Returns the memory of a layer inside the layer of this call.
    ///
    /// - number: Separates the random streams of several inner calls.
    /// - perSample: The number of the inner call's samples for each sample of this call.
    func inner(
        _ layer: any Layer, number: Int = 0, inputShapes: [[Int]], outputShape: [Int], windows: CallWindows,
        perSample: Int = 1
    ) -> CallMemory {
        CallMemory(
            layer: layer, index: (index + 1) * 1_000 + number, inputShapes: inputShapes,
            outputShape: outputShape, windows: windows, worker: worker, capacity: capacity * perSample,
            perSample: self.perSample * perSample, atInference: atInference, isFirstCall: isFirstCall)
    }

    /// True if the memory was planned with gradients.
    var isForTraining: Bool { windows.outputGradient != nil || !windows.weightGradients.isEmpty }

    public var weights: [Floats] { windows.weights }
    public var scratch: Floats { windows.scratch }
    /// The destinations of the weight gradients in the backward pass; nil where no gradient is needed.
    public var weightGradients: [Floats?] { windows.weightGradients }

    /// The number of samples that the call currently computes.
    public var rows: Int { worker.rows * perSample }
    /// The index of the first of these samples in the batch, and the number of samples of all workers.
    var firstRow: Int { worker.firstRow * perSample }
    var batchRows: Int { worker.batchRows * perSample }
    public var training: Bool { worker.training && !atInference }
    var inputCount: Int { windows.inputs.count }

    /// Makes the call read its first input from another window from now on.
    func read(_ window: Floats) { windows.inputs[0] = window }

    /// Returns the i-th input: [rows, shape].
    public func x(_ i: Int = 0) -> Floats { windows.inputs[i].prefix(rows * inputSizes[i]) }
    /// The output: [rows, shape].
    public var y: Floats { windows.output.prefix(rows * outputSize) }
    /// The gradient of the loss at the output. The backward pass may use it as scratch memory.
    public var dy: Floats {
        guard let outputGradient = windows.outputGradient else {
            preconditionFailure("planned without gradients")
        }
        return outputGradient.prefix(rows * outputSize)
    }
    /// Returns the destination of the gradient at the i-th input; nil if it is not needed.
    public func dx(_ i: Int = 0) -> Floats? {
        windows.inputGradients[i].map { $0.prefix(rows * inputSizes[i]) }
    }

    /// Returns the mask of the i-th input, [rows, mask's shape]: 1 for valid positions, 0 for padding. Nil if
    /// all positions are valid.
    func mask(_ i: Int = 0) -> Floats? {
        guard i < windows.inputMasks.count, let mask = windows.inputMasks[i] else { return nil }
        return mask.window.prefix(rows * mask.size)
    }
    /// The destination of the mask that the forward pass computes.
    var outputMask: Floats? { windows.outputMask.map { $0.window.prefix(rows * $0.size) } }

    /// Adds a penalty on activations to the batch's loss, as a sum over samples (Keras divides it by the
    /// batch size).
    func addLoss(_ sum: Double) { worker.addedLoss += sum }

    /// Reports invalid data: the prediction or training step ends with this error.
    ///
    /// - sample: The index among this call's samples. `message` gets its name, `sample 17 of the data`.
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
