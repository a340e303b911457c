/// A layer that computes sums of products with a kernel, adds a bias for each channel, and applies an
/// activation. A scale and shift of its channels can be folded into its weights, and an activation after it
/// into the layer.
public protocol LinearLayer: Layer {
    var activation: Activation { get set }
    var useBias: Bool { get set }
    /// The index of the kernel among the weights. The bias is the next weight.
    var kernelIndex: Int { get }
    /// Returns the number of consecutive numbers in a kernel of that shape that belong to the same channel.
    func kernelRun(_ shape: [Int]) -> Int
    /// True if the kernel is a matrix [inputs, channels] applied to the last axis of the input.
    static var hasMatrix: Bool { get }
    /// Returns the axis of the channels in a sample of that shape.
    func channelAxis(_ shape: [Int]) -> Int
}

extension LinearLayer {
    public var linear: (any LinearLayer)? { self }
    public var kernelIndex: Int { 0 }
    public static var hasMatrix: Bool { false }
    public func kernelRun(_ shape: [Int]) -> Int { 1 }
    public func channelAxis(_ shape: [Int]) -> Int { shape.count - 1 }
}
