import Base
import Tensors

public typealias Conv1D = Conv<OneAxis>
public typealias Conv2D = Conv<TwoAxes>
public typealias Conv3D = Conv<ThreeAxes>

/// `y = activation(x ∗ kernel + bias)`, where the kernel slides over the image. Weights: kernel [window,
/// channels / groups, filters], bias [filters]. Filters and channels are divided into groups in order; each
/// group of filters reads only its own group of channels.
///
/// Source: Keras' Conv1D, Conv2D, Conv3D ("convolution" means correlation, as usual in the field).
public struct Conv<Rank: SpatialRank>: ConvolutionLayer {
    public static var className: String { "Conv\(Rank.axes)D" }
    public var name = "conv\(Rank.axes)d"
    public var trainable = true
    public var filters, groups: Int
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
        filters = try config.int("filters")
        groups = try config.int("groups", default: 1)
        options = try WindowOptions(from: &config, axes: Rank.axes, causal: Rank.axes == 1)
        kernel = try config.weight("kernel", initializer: .glorotUniform)
        end = try BiasActivation(from: &config)
        guard filters % groups == 0 else {
            throw config.error("filters (\(filters)) must be a multiple of groups (\(groups))", key: "groups")
        }
    }

    public var config: JSONObject {
        var json = options.config(axes: Rank.axes)
        json["filters"] = .integer(filters)
        json["groups"] = .integer(groups)
        kernel.write("kernel", to: &json)
        end.write(to: &json)
        return json
    }

    func convolution(for shape: [Int]) throws(CellarError) -> Convolution {
        let image = try ImageShape(
            shape, axes: Rank.axes, channelsFirst: options.channelsFirst, subject: subject)
        guard image.channels % groups == 0 else {
            throw CellarError(
                "has \(groups) groups, which do not divide the input's \(image.channels) channels",
                subject: subject, key: "groups")
        }
        return Convolution(
            try options.windows(on: image, subject: subject), channels: image.channels,
            kind: .full(filters: filters, groups: groups), channelsFirst: options.channelsFirst)
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let convolution = try convolution(for: try onlyShape(inputs))
        try convolution.windows.check(channels: convolution.channels, subject: subject)
        try checkSize(kernelShape(convolution), "the kernel", subject: subject)
        return try end.outputShape(options.outputShape(convolution, axes: Rank.axes), subject: subject)
    }

    private func kernelShape(_ convolution: Convolution) -> [Int] {
        convolution.windows.windowSizes.last(Rank.axes) + [convolution.channels / groups, filters]
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let kernel = kernel.spec("kernel", shape: kernelShape(planned(inputs[0])))
        return end.useBias ? [kernel, end.bias.spec("bias", shape: [filters])] : [kernel]
    }
}

extension Conv: LinearLayer {
    public func channelAxis(_ shape: [Int]) -> Int { options.channelsFirst ? 0 : shape.count - 1 }
}
