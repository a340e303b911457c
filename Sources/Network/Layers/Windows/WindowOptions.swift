import Base
import Tensors

/// The padding at the borders.
enum WindowPadding: String, Sendable {
    /// No padding: windows are entirely inside the input.
    case valid
    /// Zero padding on both sides so that the output size is ⌈input / stride⌉; an odd extra zero is added at
    /// the end.
    case same
    /// Zero padding at the start only, so that no window reads later inputs.
    case causal
}

/// The common options of convolution and pooling windows.
struct WindowOptions: Sendable {
    var size, strides, dilation: PerAxis<Int>
    var padding: WindowPadding
    var channelsFirst: Bool

    init(
        from config: inout LayerConfig, axes: Int, sizeKey: String = "kernel_size",
        size standard: PerAxis<Int>? = nil,
        stridesOfSize: Bool = false, dilates: Bool = true, causal: Bool = false
    ) throws(CellarError) {
        let one = PerAxis(1, 1, 1)
        size = try config.sizes(sizeKey, axes: axes, default: standard)
        strides = try config.sizes("strides", axes: axes, default: stridesOfSize ? size : one)
        dilation = dilates ? try config.sizes("dilation_rate", axes: axes, default: one) : one
        let words = causal ? ["valid", "same", "causal"] : ["valid", "same"]
        padding =
            WindowPadding(rawValue: try config.string("padding", default: "valid", oneOf: words)) ?? .valid
        channelsFirst = try config.channelsFirst()
    }

    /// The windows over an image; throws if there are none. (It is called in each step, so the message's
    /// subject is only computed if needed.)
    func windows(on image: ImageShape, subject: @autoclosure () -> String) throws(CellarError) -> Windows {
        Windows(
            depth: try axis(image.sizes.depth, size.depth, strides.depth, dilation.depth, "depth", subject),
            height: try axis(
                image.sizes.height, size.height, strides.height, dilation.height, "height", subject),
            width: try axis(image.sizes.width, size.width, strides.width, dilation.width, "width", subject))
    }

    private func axis(
        _ input: Int, _ window: Int, _ stride: Int, _ dilation: Int, _ name: String,
        _ subject: () -> String
    ) throws(CellarError) -> WindowAxis {
        var axis = WindowAxis(input: input, window: window, stride: stride, dilation: dilation, output: 1)
        switch padding {
        case .valid:
            guard axis.span <= input else {
                throw CellarError(
                    "has windows of \(axis.span), but the input's \(name) is \(input); use padding \"same\", or a "
                        + "smaller window", subject: subject())
            }
            axis.output = (input - axis.span) / stride + 1
        case .same: axis.setSame(output: (input + stride - 1) / stride)
        case .causal:
            axis.before = axis.span - 1
            axis.output = (input - 1) / stride + 1
        }
        return axis
    }
}

extension WindowAxis {
    /// Sets TensorFlow's padding for that many windows: half of it at the start, rounded down.
    mutating func setSame(output: Int) {
        self.output = output
        before = max((output - 1) * stride + span - input, 0) / 2
    }
}

extension Windows {
    /// Throws if the padded image has too many numbers for its size.
    func check(channels: Int, subject: String) throws(CellarError) {
        let padded = [depth.padded, height.padded, width.padded, channels]
        try checkSize(padded, "the padded input", subject: subject)
        guard padded.reduce(1, *) <= max(1 << 24, 64 * inputs * channels) else {
            throw CellarError(
                "would pad its input to \(padded.map(String.init).joined(separator: " × ")) numbers: too many",
                subject: subject)
        }
        try checkSize([depth.window, height.window, width.window], "a window", subject: subject)
    }

    var outputSizes: PerAxis<Int> { PerAxis(depth.output, height.output, width.output) }
    var windowSizes: PerAxis<Int> { PerAxis(depth.window, height.window, width.window) }
}

extension WindowOptions {
    /// The options in Keras' format; pooling uses another key for the size, and has no dilation.
    func config(axes: Int, sizeKey: String = "kernel_size", dilates: Bool = true) -> JSONObject {
        var json: JSONObject = [
            sizeKey: .sizes(size, axes: axes), "strides": .sizes(strides, axes: axes),
            "padding": .string(padding.rawValue), "data_format": .dataFormat(channelsFirst: channelsFirst),
        ]
        if dilates { json["dilation_rate"] = .sizes(dilation, axes: axes) }
        return json
    }

    /// The shape of a convolution's output.
    func outputShape(_ convolution: Convolution, axes: Int) -> [Int] {
        ImageShape(sizes: convolution.windows.outputSizes, channels: convolution.filters)
            .shape(axes: axes, channelsFirst: channelsFirst)
    }
}
