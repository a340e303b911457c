import Base
import Tensors

public typealias Conv1DTranspose = ConvTranspose<OneAxis>
public typealias Conv2DTranspose = ConvTranspose<TwoAxes>
public typealias Conv3DTranspose = ConvTranspose<ThreeAxes>

/// Transposed convolution: each number of the input, times the kernel, is added to a window of the output,
/// followed by bias and activation. Weights: kernel [window, filters, channels], bias [filters].
///
/// It is the input gradient of the convolution that maps images of the output's shape to the input's shape: its
/// forward pass is that convolution's backward pass, and its backward pass is that convolution's forward pass.
/// Source: Keras' Conv1DTranspose, Conv2DTranspose, Conv3DTranspose.
public struct ConvTranspose<Rank: SpatialRank>: StatelessLayer {
    public static var className: String { "Conv\(Rank.axes)DTranspose" }
    public var name = "conv\(Rank.axes)d_transpose"
    public var trainable = true
    public var filters: Int
    var options: WindowOptions
    /// Numbers that are added to the output's size; nil if the padding determines the size.
    var outputPadding: PerAxis<Int>?
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
        options = try WindowOptions(from: &config, axes: Rank.axes)
        if config.value("output_padding") != nil {
            outputPadding = try config.sizes(
                "output_padding", axes: Rank.axes, absent: 0, in: 0...Int(Int32.max))
        }
        kernel = try config.weight("kernel", initializer: .glorotUniform)
        end = try BiasActivation(from: &config)
        _ = try config.int("groups", default: 1, in: 1...1)
        if let padding = outputPadding {
            for (padding, stride) in zip(padding.last(Rank.axes), options.strides.last(Rank.axes))
            where padding >= stride {
                throw config.error(
                    "output_padding (\(padding)) must be less than the stride (\(stride))",
                    key: "output_padding")
            }
        }
    }

    public var config: JSONObject {
        var json = options.config(axes: Rank.axes)
        json["filters"] = .integer(filters)
        // Keras 2.10's Conv3DTranspose has no dilation.
        if Rank.axes == 3, options.dilation == PerAxis(1, 1, 1) { json["dilation_rate"] = nil }
        json["output_padding"] = outputPadding.map { .sizes($0, axes: Rank.axes) } ?? .null
        kernel.write("kernel", to: &json)
        end.write(to: &json)
        return json
    }

    /// The convolution from the output [output, filters] to the input [input, channels].
    private func convolution(for shape: [Int]) throws(CellarError) -> Convolution {
        let image = try ImageShape(
            shape, axes: Rank.axes, channelsFirst: options.channelsFirst, subject: subject)
        let (size, strides, dilation) = (options.size, options.strides, options.dilation)
        let windows = Windows(
            depth: try axis(
                image.sizes.depth, size.depth, strides.depth, dilation.depth, outputPadding?.depth),
            height: try axis(
                image.sizes.height, size.height, strides.height, dilation.height, outputPadding?.height),
            width: try axis(
                image.sizes.width, size.width, strides.width, dilation.width, outputPadding?.width))
        return Convolution(
            windows, channels: filters, kind: .full(filters: image.channels, groups: 1),
            channelsFirst: options.channelsFirst)
    }

    private func axis(_ size: Int, _ window: Int, _ stride: Int, _ dilation: Int, _ extra: Int?)
        throws(CellarError) -> WindowAxis
    {
        var axis = WindowAxis(input: 0, window: window, stride: stride, dilation: dilation, output: size)
        let same = options.padding == .same
        axis.input =
            if let extra {
                (size - 1) * stride + (same ? axis.span % 2 : axis.span) + extra
            } else {
                size * stride + (same ? 0 : max(axis.span - stride, 0))
            }
        if same { axis.setSame(output: size) }
        // TensorFlow requires that the convolution of such an output has the input's size.
        let back = same ? (axis.input + stride - 1) / stride : (axis.input - axis.span) / stride + 1
        guard axis.input > 0, back == size else {
            throw CellarError(
                "cannot give an output of \(axis.input) from an input of \(size) with stride \(stride) and "
                    + "output_padding \(extra ?? 0)", subject: subject, key: "output_padding")
        }
        return axis
    }

    private func planned(_ call: CallMemory) -> Convolution { planned(call.inputShapes[0]) }

    private func planned(_ shape: [Int]) -> Convolution {
        do {
            return try convolution(for: shape)
        } catch {
            preconditionFailure("the shape was checked when the network was made: \(error)")
        }
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let convolution = try convolution(for: try onlyShape(inputs))
        try checkSize(kernelShape(convolution), "the kernel", subject: subject)
        let windows = convolution.windows
        try windows.check(channels: filters, subject: subject)
        let image = ImageShape(
            sizes: PerAxis(windows.depth.input, windows.height.input, windows.width.input), channels: filters)
        return try end.outputShape(
            image.shape(axes: Rank.axes, channelsFirst: options.channelsFirst), subject: subject)
    }

    private func kernelShape(_ convolution: Convolution) -> [Int] {
        convolution.windows.windowSizes.last(Rank.axes) + [filters, convolution.filters]
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let kernel = kernel.spec("kernel", shape: kernelShape(planned(inputs[0])))
        return end.useBias ? [kernel, end.bias.spec("bias", shape: [filters])] : [kernel]
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        let convolution = planned(inputs[0])
        return end.scratch(
            rows * convolution.inputSize,
            products: convolution.scratch(rows: rows, for: training ? .all : [.inputGradient]),
            training: training)
    }

    public func forward(_ call: CallMemory) {
        let convolution = planned(call)
        let z = end.preactivations(call, call.rows * convolution.inputSize)
        convolution.inputGradient(
            call.x(), kernel: call.weights[0], into: z, epilogue: end.epilogue(call),
            scratch: end.room(call, z.count))
        end.forward(z, call)
    }

    public func backward(_ call: CallMemory) {
        let (convolution, x) = (planned(call), call.x())
        let dz = end.backward(end.preactivations(call, call.rows * convolution.inputSize), call)
        let room = end.room(call, dz.count)
        end.biasGradient(dz, channels: filters, channelsFirst: options.channelsFirst, call)
        if let dKernel = call.weightGradients[0] {
            convolution.kernelGradient(dz, x, into: dKernel, scratch: room)
        }
        if let dx = call.dx() {
            convolution.forward(dz, kernel: call.weights[0], into: dx, epilogue: Epilogue(), scratch: room)
        }
    }

    public var finalActivation: Activation? { end.activation }

    public func withoutActivation() -> Self {
        var copy = self
        copy.end = end.withoutActivation()
        return copy
    }
}

extension ConvTranspose: LinearLayer {
    // The kernel is [window, filters, channels of the input].
    public func kernelRun(_ shape: [Int]) -> Int { shape[shape.count - 1] }
    public func channelAxis(_ shape: [Int]) -> Int { options.channelsFirst ? 0 : shape.count - 1 }
}
