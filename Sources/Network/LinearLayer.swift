/// A layer whose answer is sums through a kernel, then a bias for each channel, then an activation. What scales and shifts
/// the channels of its sums can be done by its weights, and an activation behind it by the layer itself.
public protocol LinearLayer: Layer {
    var activation: Activation { get set }
    var useBias: Bool { get set }
    /// Which of the weights is the kernel behind the sums; the bias comes next.
    var kernelIndex: Int { get }
    /// How many neighbours in a kernel of that shape are for the same channel.
    func kernelRun(_ shape: [Int]) -> Int
    /// Which axis of a sample of that shape has the channels.
    func channelAxis(_ shape: [Int]) -> Int
}

extension LinearLayer {
    public var linear: (any LinearLayer)? { self }
    public var kernelIndex: Int { 0 }
    public func kernelRun(_ shape: [Int]) -> Int { 1 }
    public func channelAxis(_ shape: [Int]) -> Int { shape.count - 1 }
}

extension Dense: LinearLayer {}

extension Conv: LinearLayer {
    public func channelAxis(_ shape: [Int]) -> Int { options.channelsFirst ? 0 : shape.count - 1 }
}

extension DepthwiseConv: LinearLayer {
    public func channelAxis(_ shape: [Int]) -> Int { options.channelsFirst ? 0 : shape.count - 1 }
}

extension SeparableConv: LinearLayer {
    public var kernelIndex: Int { 1 }
    public func channelAxis(_ shape: [Int]) -> Int { options.channelsFirst ? 0 : shape.count - 1 }
}

extension ConvTranspose: LinearLayer {
    // The kernel is [window, filters, channels of the input].
    public func kernelRun(_ shape: [Int]) -> Int { shape[shape.count - 1] }
    public func channelAxis(_ shape: [Int]) -> Int { options.channelsFirst ? 0 : shape.count - 1 }
}
