/// A layer that computes sums of products with a kernel, then a bias for each channel, then an activation. A scale and
/// shift of its channels can be folded into its weights, and an activation behind it into the layer.
public protocol LinearLayer: Layer {
    var activation: Activation { get set }
    var useBias: Bool { get set }
    /// The index of the kernel among the weights; the bias is the next.
    var kernelIndex: Int { get }
    /// The number of neighbours for the same channel in a kernel of that shape.
    func kernelRun(_ shape: [Int]) -> Int
    /// Whether the kernel is a matrix [inputs, channels] for the last axis of the input.
    static var hasMatrix: Bool { get }
    /// The channels' axis of a sample of that shape.
    func channelAxis(_ shape: [Int]) -> Int
}

extension LinearLayer {
    public var linear: (any LinearLayer)? { self }
    public var kernelIndex: Int { 0 }
    public static var hasMatrix: Bool { false }
    public func kernelRun(_ shape: [Int]) -> Int { 1 }
    public func channelAxis(_ shape: [Int]) -> Int { shape.count - 1 }
}
