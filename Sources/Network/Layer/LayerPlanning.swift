import Tensors

/// The properties that the engine uses for planning: folding, fusing, skipping and sharing.
public protocol LayerPlanning {
    /// The activation at the end of the layer, if any, and the layer without it: a loss on logits replaces
    /// it.
    var finalActivation: Activation? { get }
    func withoutActivation() -> Self

    /// The activation, if the layer consists only of it.
    var onlyActivation: Activation? { get }
    /// The layer, if it computes sums of products followed by an activation.
    var linear: (any LinearLayer)? { get }
    /// Returns the scale and shift of each channel of one axis at inference; nil for other layers.
    func channelAffine(_ shape: [Int], weights: [Tensor]) -> ChannelAffine?
    /// True if the layer returns its input at inference, as Dropout does.
    static var isForTrainingOnly: Bool { get }
    /// The scale and offset of all input numbers, which can be applied while samples are copied.
    var inputRescaling: (scale: Float, offset: Float)? { get }
    /// True if at inference the output has the same numbers as the input, in any order.
    var keepsNumbers: Bool { get }
    /// True if the layer scales samples to a range that suits a network.
    static var scalesSamples: Bool { get }

    /// True if the layer is cheap compared with a divisible layer's product, or is divisible: then threads
    /// share the product.
    static var isCheap: Bool { get }
    /// Returns true if each number of an output of that shape depends only on the corresponding number of the
    /// input, or of the product.
    func isElementwise(_ shape: [Int]) -> Bool
    /// The layer, if threads may compute parts of its units.
    var divisible: (any DivisibleLayer)? { get }
    /// True if calls skip zeros of samples (`LayerCall.receive`). The layer's first weight is then a matrix
    /// [inputs, units].
    static var skipsZerosOfSamples: Bool { get }
    /// True if about half of the output or more is zero.
    var makesZeros: Bool { get }
    /// True if in training the output for a sample depends on the other samples of the batch.
    static var readsWholeBatch: Bool { get }
}

extension LayerPlanning {
    public var finalActivation: Activation? { nil }
    public func withoutActivation() -> Self { self }
    public var onlyActivation: Activation? { nil }
    public var linear: (any LinearLayer)? { nil }
    public func channelAffine(_ shape: [Int], weights: [Tensor]) -> ChannelAffine? { nil }
    public static var isForTrainingOnly: Bool { false }
    public var inputRescaling: (scale: Float, offset: Float)? { nil }
    public static var scalesSamples: Bool { false }
    public static var isCheap: Bool { false }
    public func isElementwise(_ shape: [Int]) -> Bool { false }
    public var divisible: (any DivisibleLayer)? { nil }
    public static var skipsZerosOfSamples: Bool { false }
    public var makesZeros: Bool { false }
    public static var readsWholeBatch: Bool { false }
}

/// `y = x · scale + shift` for each channel of an axis.
public struct ChannelAffine: Sendable {
    var axis: Int
    var factors: [(scale: Double, shift: Double)]
}

/// A layer whose product can be computed in parts. Its first weight is a matrix [inputs, units], and each
/// other weight is a vector of units. Parts are column-parallel (some units of all inputs) or row-parallel (a
/// summand from some inputs). The calls of the whole layer have a `partSum`.
public protocol DivisibleLayer: Layer {
    var units: Int { get }
    /// True if parts of the units can be computed separately.
    var canBeDivided: Bool { get }
    /// True if the layer's product can be a sum of parts.
    var canAddParts: Bool { get }
    /// Returns the layer with `units` of its units. If `whole` is given, its products are rounded like those
    /// of `whole` units.
    func part(units: Int, of whole: Int?) -> any Layer
    /// Returns the layer with only its product. Only one summand has the bias.
    func summand(hasBias: Bool) -> any Layer
}
