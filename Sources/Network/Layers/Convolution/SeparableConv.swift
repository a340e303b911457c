import Base
import Tensors

public typealias SeparableConv1D = SeparableConv<OneAxis>
public typealias SeparableConv2D = SeparableConv<TwoAxes>

/// A depthwise convolution, then a pointwise convolution (a window of one cell) that mixes the channels, then
/// bias and activation. Weights: depthwise_kernel [window, channels, multiplier], pointwise_kernel [1…,
/// channels · multiplier, filters], bias [filters].
///
/// Source: Keras' SeparableConv1D, SeparableConv2D; strides and dilation apply to the depthwise step.
public struct SeparableConv<Rank: SpatialRank>: StatelessLayer {
    public static var className: String { "SeparableConv\(Rank.axes)D" }
    public var name = "separable_conv\(Rank.axes)d"
    public var trainable = true
    public var filters, multiplier: Int
    var options: WindowOptions
    var depthwise, pointwise: WeightOptions
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
        multiplier = try config.int("depth_multiplier", default: 1)
        options = try WindowOptions(from: &config, axes: Rank.axes, causal: Rank.axes == 1)
        depthwise = try config.weight("depthwise", initializer: .glorotUniform)
        pointwise = try config.weight("pointwise", initializer: .glorotUniform)
        end = try BiasActivation(from: &config)
        _ = try config.int("groups", default: 1, in: 1...1)
        config.ignore("kernel_initializer", "kernel_regularizer", "kernel_constraint")
    }

    public var config: JSONObject {
        var json = options.config(axes: Rank.axes)
        json["filters"] = .integer(filters)
        json["depth_multiplier"] = .integer(multiplier)
        depthwise.write("depthwise", to: &json)
        pointwise.write("pointwise", to: &json)
        end.write(to: &json)
        return json
    }

    private struct ConvolutionPair {
        var first, second: Convolution
    }

    private func convolutions(for shape: [Int]) throws(CellarError) -> ConvolutionPair {
        let image = try ImageShape(
            shape, axes: Rank.axes, channelsFirst: options.channelsFirst, subject: subject)
        let windows = try options.windows(on: image, subject: subject)
        let sizes = windows.outputSizes
        func single(_ size: Int) -> WindowAxis {
            WindowAxis(input: size, window: 1, stride: 1, output: size)
        }
        return ConvolutionPair(
            first: Convolution(
                windows, channels: image.channels, kind: .depthwise(multiplier: multiplier),
                channelsFirst: options.channelsFirst),
            second: Convolution(
                Windows(depth: single(sizes.depth), height: single(sizes.height), width: single(sizes.width)),
                channels: image.channels * multiplier, kind: .full(filters: filters, groups: 1),
                channelsFirst: options.channelsFirst))
    }

    private func planned(_ shape: [Int]) -> ConvolutionPair {
        do {
            return try convolutions(for: shape)
        } catch {
            preconditionFailure("the shape was checked when the network was made: \(error)")
        }
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let pair = try convolutions(for: try onlyShape(inputs))
        try checkSize([pair.first.channels, multiplier], "the channels", subject: subject)
        try pair.first.windows.check(channels: pair.second.channels, subject: subject)
        for shape in kernelShapes(pair) { try checkSize(shape, "a kernel", subject: subject) }
        let middle = options.outputShape(pair.first, axes: Rank.axes)
        try checkSize(middle, "the depthwise output", subject: subject)
        return try end.outputShape(options.outputShape(pair.second, axes: Rank.axes), subject: subject)
    }

    private func kernelShapes(_ pair: ConvolutionPair) -> [[Int]] {
        [
            pair.first.windows.windowSizes.last(Rank.axes) + [pair.first.channels, multiplier],
            pair.second.windows.windowSizes.last(Rank.axes) + [pair.second.channels, filters],
        ]
    }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        let shapes = kernelShapes(planned(inputs[0]))
        let kernels = [
            depthwise.spec("depthwise_kernel", shape: shapes[0]),
            pointwise.spec("pointwise_kernel", shape: shapes[1]),
        ]
        return end.useBias ? kernels + [end.bias.spec("bias", shape: [filters])] : kernels
    }

    // Scratch: pre-activations and the buffer of the products, then the depthwise output, which is kept for the
    // backward pass, and its gradient.
    private struct SeparableWorkspace {
        var middle, gradient: Range<Int>
        var count: Int

        init(_ pair: ConvolutionPair, rows: Int, training: Bool, end: BiasActivation) {
            let wanted: ConvolutionProducts = training ? .all : [.output]
            var layout = ArenaLayout()
            _ = layout.reserve(
                end.scratch(
                    rows * pair.second.outputSize,
                    products: max(
                        pair.first.scratch(rows: rows, for: wanted),
                        pair.second.scratch(rows: rows, for: wanted)), training: training))
            middle = layout.reserve(rows * pair.first.outputSize)
            gradient = layout.reserve(training ? rows * pair.first.outputSize : 0)
            count = layout.count
        }
    }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        SeparableWorkspace(planned(inputs[0]), rows: rows, training: training, end: end).count
    }

    public func forward(_ call: CallMemory) {
        let pair = planned(call.inputShapes[0])
        let room = SeparableWorkspace(pair, rows: call.rows, training: call.isForTraining, end: end)
        let count = call.rows * pair.second.outputSize
        let (middle, products) = (call.scratch[room.middle], end.room(call, count))
        pair.first.forward(
            call.x(), kernel: call.weights[0], into: middle, epilogue: Epilogue(), scratch: products)
        let z = end.preactivations(call, count)
        pair.second.forward(
            middle, kernel: call.weights[1], into: z, epilogue: end.epilogue(call), scratch: products)
        end.forward(z, call)
    }

    public func backward(_ call: CallMemory) {
        let pair = planned(call.inputShapes[0])
        let room = SeparableWorkspace(pair, rows: call.rows, training: call.isForTraining, end: end)
        let count = call.rows * pair.second.outputSize
        let (middle, products) = (call.scratch[room.middle], end.room(call, count))
        let dz = end.backward(end.preactivations(call, count), call)
        end.biasGradient(dz, channels: filters, channelsFirst: options.channelsFirst, call)
        if let dPointwise = call.weightGradients[1] {
            pair.second.kernelGradient(middle, dz, into: dPointwise, scratch: products)
        }
        guard call.dx() != nil || call.weightGradients[0] != nil else { return }
        let gradient = call.scratch[room.gradient]
        pair.second.inputGradient(dz, kernel: call.weights[1], into: gradient, scratch: products)
        if let dDepthwise = call.weightGradients[0] {
            pair.first.kernelGradient(call.x(), gradient, into: dDepthwise, scratch: products)
        }
        if let dx = call.dx() {
            pair.first.inputGradient(gradient, kernel: call.weights[0], into: dx, scratch: products)
        }
    }

    public var finalActivation: Activation? { end.activation }

    public func withoutActivation() -> Self {
        var copy = self
        copy.end = end.withoutActivation()
        return copy
    }
}

extension SeparableConv: LinearLayer {
    public var kernelIndex: Int { 1 }
    public func channelAxis(_ shape: [Int]) -> Int { options.channelsFirst ? 0 : shape.count - 1 }
}
