import Base
import Network
import Tensors

/// Conv1D, Conv2D and so on: kernel [space …, inputs / groups, filters] → [filters, inputs / groups, space …].
func exportConvolution(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let picture = try call.picture()
    let window = try call.window(picture, kernel: "kernel")
    let space = Array(picture.sizes.indices)
    let kernel = try call.required("kernel") {
        $0.permuted([$0.shape.count - 1, $0.shape.count - 2] + space)
    }
    let groups = try call.config.int("groups", default: 1)
    return try call.finishConvolution(
        call.graph.convolution(picture.name, kernel, call.constant("bias"), window, picture, groups: groups),
        picture)
}

/// Every channel by itself: kernel [space …, channels, multiplier] → [channels · multiplier, 1, space …].
func exportDepthwiseConvolution(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let picture = try call.picture()
    let name = call.weightNames.first ?? "depthwise_kernel"
    let window = try call.window(picture, kernel: name)
    let kernel = try call.required(name, depthwiseKernel)
    return try call.finishConvolution(
        call.graph.convolution(
            picture.name, kernel, call.constant("bias"), window, picture, groups: picture.channels), picture)
}

/// Every channel by itself, then all channels of a place together.
func exportSeparableConvolution(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let picture = try call.picture()
    let window = try call.window(picture, kernel: "depthwise_kernel")
    let space = Array(picture.sizes.indices)
    let kernel = try call.required("depthwise_kernel", depthwiseKernel)
    let pointwise = try call.required("pointwise_kernel") {
        $0.permuted([$0.shape.count - 1, $0.shape.count - 2] + space)
    }
    let graph = call.graph
    let channels = graph.convolution(picture.name, kernel, nil, window, picture, groups: picture.channels)
    let one = space.map { _ in 1 }
    return try call.finishConvolution(
        graph.convolution(
            channels, pointwise, call.constant("bias"),
            Window(size: one, strides: one, dilation: one, padding: "valid"), picture), picture)
}

/// The way back through a convolution: kernel [space …, filters, inputs] → [inputs, filters, space …].
func exportTransposedConvolution(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let picture = try call.picture()
    let window = try call.window(picture, kernel: "kernel")
    let space = Array(picture.sizes.indices)
    let kernel = try call.required("kernel") {
        $0.permuted([$0.shape.count - 1, $0.shape.count - 2] + space)
    }
    let extra = call.config.value("output_padding") == nil ? nil : try call.perAxis("output_padding", picture)
    var (before, after, added) = ([Int](), [Int](), [Int]())
    for axis in space {
        let (stride, same) = (window.strides[axis], window.padding == "same")
        let reach = (window.size[axis] - 1) * window.dilation[axis] + 1
        // The full output of all windows exceeds Keras' output by this much, for every input size.
        let surplus =
            if let extra {
                (same ? reach - reach % 2 : 0) - extra[axis]
            } else {
                reach - stride - (same ? 0 : max(reach - stride, 0))
            }
        let cropped = max(surplus, 0)
        before.append(same ? cropped / 2 : 0)
        after.append(cropped - (same ? cropped / 2 : 0))
        added.append(max(-surplus, 0))
    }
    let inputs = [picture.name, kernel] + (call.constant("bias").map { [$0] } ?? [])
    let y = call.graph.node(
        "ConvTranspose", inputs,
        [
            "kernel_shape": .ints(window.size), "strides": .ints(window.strides),
            "dilations": .ints(window.dilation), "pads": .ints(before + after),
            "output_padding": .ints(added),
        ])
    return try call.finishConvolution(y, picture)
}

extension ExportedCall {
    fileprivate mutating func window(_ picture: SpatialInput, kernel name: String) throws(CellarError)
        -> Window
    {
        guard let kernel = weight(name), kernel.shape.count == picture.sizes.count + 2 else {
            throw error("has no \(name) for an input of \(picture.sizes.count) spatial axes")
        }
        return Window(
            size: Array(kernel.shape.dropLast(2)), strides: try perAxis("strides", picture),
            dilation: try perAxis("dilation_rate", picture),
            padding: try config.string("padding", default: "valid"))
    }

    fileprivate mutating func finishConvolution(_ y: String, _ picture: SpatialInput) throws(CellarError)
        -> Value
    {
        output(try activated(y, picture.layout), picture.layout)
    }
}

extension GraphBuilder {
    fileprivate func convolution(
        _ x: String, _ kernel: String, _ bias: String?, _ window: Window, _ picture: SpatialInput,
        groups: Int = 1
    ) -> String {
        node(
            "Conv", [x, kernel] + (bias.map { [$0] } ?? []),
            Attributes(window.attributes(for: picture, isConvolution: true) + [("group", .int(groups))]))
    }
}

/// Converts [space …, channels, multiplier] to [channels · multiplier, 1, space …].
private func depthwiseKernel(_ kernel: Tensor) -> Tensor {
    let rank = kernel.shape.count
    let ordered = kernel.permuted([rank - 2, rank - 1] + Array(0..<rank - 2))
    return ordered.reshaped([ordered.shape[0] * ordered.shape[1], 1] + ordered.shape[2...])
}
