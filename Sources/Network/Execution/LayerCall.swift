import Tensors

/// A planned call of a layer: its memory and its own state. Made once by `Layer.makeCall`, run for every batch.
public protocol LayerCall: AnyObject {
    var memory: CallMemory { get }

    /// Computes the output of `memory.rows` samples.
    func forward()

    /// Computes (does not add) the gradients at the inputs and at the trainable weights from the one at the output.
    func backward()

    /// Receives the nonzero places of the samples in the first input, before each batch; nil where skipping zeros does not
    /// pay. Only for layers with `skipsZerosOfSamples`.
    func receive(nonzeros: NonzeroPlaces?)

    /// From now on updates weights by plain gradient descent in `backward`, at the rate `memory.worker.fusedRate`.
    /// Returns the indices of these weights: the optimizer leaves them out.
    func fuseUpdates() -> [Int]

    /// From now on lets `updates` step the first weight's rows in `backward`, where it skips zeros.
    /// Only for layers with `skipsZerosOfSamples`.
    func deferUpdates(to updates: any DeferredUpdates)

    /// The call as a sum of the parts of a `ColumnSplit`; nil where its layer is not divisible.
    var partSum: (any PartSum)? { get }
}

extension LayerCall {
    public func receive(nonzeros: NonzeroPlaces?) {}
    public func fuseUpdates() -> [Int] { [] }
    public func deferUpdates(to updates: any DeferredUpdates) {}
    public var partSum: (any PartSum)? { nil }
}

/// A call whose products are computed in parts and added up here.
public protocol PartSum: AnyObject {
    /// The window of the sum, for all samples: the first part computes its product there.
    var sums: Floats { get }

    /// Computes the output from the first part's product, with the bias, and the others'.
    func forward(adding summands: [Floats])

    /// Computes the gradient at the sum in place of the one at the output, for the parts' `backward`.
    func backwardToSums()
}

/// A layer whose calls have no state: forward and backward are functions of the call's memory.
public protocol StatelessLayer: Layer {
    /// Computes the output of `call.rows` samples.
    func forward(_ call: CallMemory)

    /// Computes (does not add) the gradients at the inputs and at the trainable weights from the one at the output.
    func backward(_ call: CallMemory)
}

extension StatelessLayer {
    public func makeCall(_ memory: CallMemory) -> any LayerCall { StatelessCall(self, memory) }
}

/// The call of any stateless layer. It is not generic: types that are made at run time cost a cold start's time.
private final class StatelessCall: LayerCall {
    private let layer: any StatelessLayer
    let memory: CallMemory

    init(_ layer: any StatelessLayer, _ memory: CallMemory) { (self.layer, self.memory) = (layer, memory) }

    func forward() { layer.forward(memory) }
    func backward() { layer.backward(memory) }
}
