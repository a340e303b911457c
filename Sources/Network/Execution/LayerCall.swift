import Tensors

/// A planned call of a layer, with its memory and its state. It is created once by `Layer.makeCall` and runs
/// for every batch.
public protocol LayerCall: AnyObject {
    var memory: CallMemory { get }

    /// Computes the output of `memory.rows` samples.
    func forward()

    /// Computes (does not accumulate) the gradients at the inputs and at the trainable weights from the
    /// gradient at the output.
    func backward()

    /// Receives the positions of nonzero values in the first input, before each batch; nil if skipping zeros
    /// does not pay. Called only for layers with `skipsZerosOfSamples`.
    func receive(nonzeros: NonzeroPlaces?)

    /// Makes `backward` update weights by plain gradient descent from now on, at the rate
    /// `memory.worker.fusedRate`. Returns the indices of these weights, which the optimizer skips.
    func fuseUpdates() -> [Int]

    /// Makes `backward` apply `updates` to the first weight's rows from now on, in batches whose zeros it
    /// skips. Called only for layers with `skipsZerosOfSamples`.
    func deferUpdates(to updates: any DeferredUpdates)

    /// The call as a sum of the parts of a `ColumnSplit`; nil if its layer is not divisible.
    var partSum: (any PartSum)? { get }
}

extension LayerCall {
    public func receive(nonzeros: NonzeroPlaces?) {}
    public func fuseUpdates() -> [Int] { [] }
    public func deferUpdates(to updates: any DeferredUpdates) {}
    public var partSum: (any PartSum)? { nil }
}

/// A call that adds up products that are computed in parts.
public protocol PartSum: AnyObject {
    /// The window of the sum, for all samples. The first part computes its product there.
    var sums: Floats { get }

    /// Computes the output from the first part's product, the other parts' products and the bias.
    func forward(adding summands: [Floats])

    /// Replaces the gradient at the output by the gradient at the sum, for the parts' backward pass.
    func backwardToSums()
}

/// A layer whose calls have no state: the forward and backward passes depend only on the call's memory.
public protocol StatelessLayer: Layer {
    /// Computes the output of `call.rows` samples.
    func forward(_ call: CallMemory)

    /// Computes (does not accumulate) the gradients at the inputs and at the trainable weights from the
    /// gradient at the output.
    func backward(_ call: CallMemory)
}

extension StatelessLayer {
    public func makeCall(_ memory: CallMemory) -> any LayerCall { StatelessCall(self, memory) }
}

/// The call of any stateless layer. It is not generic, because creating types at run time slows down a cold
/// start.
private final class StatelessCall: LayerCall {
    private let layer: any StatelessLayer
    let memory: CallMemory

    init(_ layer: any StatelessLayer, _ memory: CallMemory) { (self.layer, self.memory) = (layer, memory) }

    func forward() { layer.forward(memory) }
    func backward() { layer.backward(memory) }
}
