import Tensors

/// Properties by which the engine plans: what can be folded, fused, skipped or shared.
public protocol LayerPlanning {
    /// The activation that the layer ends with, if any, and the layer without it: a loss on logits replaces it.
    var finalActivation: Activation? { get }
    func withoutActivation() -> Self

    /// The function of a layer that is nothing else.
    var onlyActivation: Activation? { get }
    /// The layer, where it computes sums of products with an activation at their end.
    var linear: (any LinearLayer)? { get }
    /// At inference, a scale and a shift for each channel of one axis; nil for other layers.
    func channelAffine(_ shape: [Int], weights: [Tensor]) -> ChannelAffine?
    /// Whether the layer returns its input at inference, as Dropout does.
    static var isForTrainingOnly: Bool { get }
    /// One scale and offset for all numbers of the input, which can be applied as samples are copied in.
    var inputRescaling: (scale: Float, offset: Float)? { get }
    /// Whether at inference the output's numbers are the input's, in whatever order.
    var keepsNumbers: Bool { get }
    /// Whether the layer brings samples to a range of numbers that suits a network.
    static var scalesSamples: Bool { get }

    /// Whether the layer is cheap beside a divisible layer's product, or is one: then threads share the product.
    static var isCheap: Bool { get }
    /// Whether each number of an output of that shape depends on the same number of the input, or of the product, alone.
    func isElementwise(_ shape: [Int]) -> Bool
    /// The layer, where threads may compute parts of its units.
    var divisible: (any DivisibleLayer)? { get }
    /// Whether calls skip zeros of samples (`LayerCall.receive`). The layer's first weight is then a matrix [inputs, units].
    static var skipsZerosOfSamples: Bool { get }
    /// Whether about half of the output or more is zero.
    var makesZeros: Bool { get }
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
}

/// `y = x · scale + shift` for each channel of an axis.
public struct ChannelAffine: Sendable {
    var axis: Int
    var factors: [(scale: Double, shift: Double)]
}

/// A layer whose product can be computed in parts. Its first weight is a matrix [inputs, units], each other one a vector
/// of units. Parts are column-parallel (some units of all inputs) or row-parallel (a summand from some inputs); the
/// calls of the whole layer have a `partSum`.
public protocol DivisibleLayer: Layer {
    var units: Int { get }
    /// Whether parts of the units can be computed for themselves.
    var canBeDivided: Bool { get }
    /// Whether the layer's product can be a sum of parts.
    var canAddParts: Bool { get }
    /// The layer with so many of its units. Its products round as those of `whole` units do, if given.
    func part(units: Int, of whole: Int?) -> any Layer
    /// The layer without what follows its product. Only one summand has the bias.
    func summand(hasBias: Bool) -> any Layer
}
