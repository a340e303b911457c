import Base
import Network

func exportMaxPooling(_ call: inout ExportedCall) throws(CellarError) -> Value {
    try call.pooled("MaxPool", [])
}

/// With padding "same", what lies outside of the input does not count.
func exportAveragePooling(_ call: inout ExportedCall) throws(CellarError) -> Value {
    try call.pooled("AveragePool", [("count_include_pad", .int(0))])
}

func exportGlobalMaxPooling(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let graph = call.graph
    return try call.pooledGlobally { graph.largest($0, $1, keep: $2) }
}

func exportGlobalAveragePooling(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let graph = call.graph
    guard let mask = try call.mask() else {
        return try call.pooledGlobally { graph.mean($0, $1, keep: $2) }
    }
    guard try call.config.string("data_format", default: "channels_last") == "channels_last" else {
        throw call.error("has its channels first and a mask, which ONNX export cannot do yet")
    }
    // The mean over the unmasked steps: [batch, steps, channels] with a mask [batch, steps].
    let weights = graph.unsqueeze(graph.cast(mask, to: .float), [2])
    let keep = try call.config.bool("keepdims", default: false)
    let sum = graph.sum(graph.multiply(call.input.name(), weights), [1], keep: keep)
    return call.output(graph.divide(sum, graph.sum(weights, [1], keep: keep)))
}

extension ExportedCall {
    fileprivate mutating func pooled(_ operation: String, _ more: [(String, Attribute)]) throws(CellarError)
        -> Value
    {
        let picture = try picture()
        let size = try perAxis("pool_size", picture, default: [2])
        let window = Window(
            size: size, strides: try perAxis("strides", picture, default: size),
            dilation: size.map { _ in 1 }, padding: try config.string("padding", default: "valid"))
        let y = graph.node(
            operation, [picture.name],
            Attributes(window.attributes(for: picture, isConvolution: false) + more))
        return output(y, picture.layout)
    }

    /// Exports a reduction to one number per channel.
    fileprivate mutating func pooledGlobally(_ reduce: (String, [Int], Bool) -> String) throws(CellarError)
        -> Value
    {
        let first = try config.string("data_format", default: "channels_last") == "channels_first"
        let keep = try config.bool("keepdims", default: false)
        let layout: AxisOrder = first ? .keras : input.native
        let space = first ? 1..<input.rank : 0..<input.rank - 1
        let axes = space.map { layout.axis($0, rank: input.rank) }
        return output(reduce(input.name(layout), axes, keep), keep ? layout : .keras)
    }
}
