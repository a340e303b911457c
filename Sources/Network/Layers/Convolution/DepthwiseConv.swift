import Base
import Tensors

public typealias DepthwiseConv1D = DepthwiseConv<OneAxis>
public typealias DepthwiseConv2D = DepthwiseConv<TwoAxes>

/// Depthwise convolution: each channel is convolved separately with `depth_multiplier` kernels; output channel
/// = channel · multiplier + kernel. Weights: depthwise_kernel [window, channels, multiplier], bias [channels ·
/// multiplier].
///
/// Source: Keras' DepthwiseConv1D, DepthwiseConv2D.
public struct DepthwiseConv<Rank: SpatialRank>: ConvolutionLayer {
    public static var className: String { "DepthwiseConv\(Rank.axes)D" }
    public var name = "depthwise_conv\(Rank.axes)d"
    public var trainable = true
    public var multiplier: Int
    var options: WindowOptions
    var kernel: WeightOptions
    var end: BiasActivation
    public var activation: Activation {
        get { end.activation }
        set { end.activation = newValue }
    }
    public var useBias: Bool {
        get { end.useBias }
        set { end.useBias = newValue }
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        multiplier = try config.int("depth_multiplier", default: 1)
        options = try WindowOptions(from: &config, axes: Rank.axes, causal: Rank.axes == 1)
        kernel = try config.weight("depthwise", initializer: .glorotUniform)
        end = try BiasActivation(from: &config)
        // Keras 2 writes the option that it inherits from Conv.
        _ = try config.int("groups", default: 1, in: 1...1)
        config.ignore("filters", "kernel_initializer", "kernel_regularizer", "kernel_constraint")
    }

    public var config: JSONObject {
        var json = options.config(axes: Rank.axes)
        json["depth_multiplier"] = .integer(multiplier)
        kernel.write("depthwise", to: &json)
        end.write(to: &json)
        return json
    }

    func convolution(for shape: [Int]) throws(CellarError) -> Convolution {
        let image = try ImageShape(
            shape, axes: Rank.axes, channelsFirst: options.channelsFirst, subject: subject)
        return Convolution(
            try options.windows(on: image, subject: subject), channels: image.channels,
            kind: .depthwise(multiplier: multiplier),
            channelsFirst: options.channelsFirst)
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let convolution = try convolution(for: try onlyShape(inputs))
        try checkSize([convolution.channels, multiplier], "the channels", subject: subject)
        // The computation repeats the image's channels.
        try convolution.windows.check(channels: convolution.filters, subject: subject)
        try checkSize(kernelShape(convolution), "the kernel", subject: subject)
        return try end.outputShape(options.outputShape(convolution, axes: Rank.axes), subject: subject)
    }

    private func kernelShape(_ convolution: Convolution) -> [Int] {
        convolution.windows.windowSizes.last(Rank.axes) + [convolution.channels, multiplier]
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let convolution = planned(inputs[0])
        let kernel = kernel.spec("depthwise_kernel", shape: kernelShape(convolution))
        return end.useBias ? [kernel, end.bias.spec("bias", shape: [convolution.filters])] : [kernel]
    }
}

extension DepthwiseConv: LinearLayer {
    public func channelAxis(_ shape: [Int]) -> Int { options.channelsFirst ? 0 : shape.count - 1 }
}
