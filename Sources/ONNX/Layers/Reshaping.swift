import Base
import Network

func exportFlatten(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let format = try call.config.string("data_format", default: "channels_last")
    var x = call.input.name()
    if format == "channels_first", call.input.rank > 1 {
        x = call.graph.transpose(x, [0] + Array(2...call.input.rank) + [1])
    }
    return call.output(call.graph.reshape(x, [0, -1]))
}

func exportReshape(_ call: inout ExportedCall) throws(CellarError) -> Value {
    var target = try call.config.ints("target_shape") ?? []
    // If all sizes are known, every size is set; otherwise the config's −1 stays.
    if call.outputFree.isEmpty { target = call.outputShape }
    // Zero means "unchanged" in ONNX, so only the batch may use it.
    return call.output(call.graph.reshape(call.input.name(), [0] + target))
}

func exportPermute(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let order = try call.config.ints("dims") ?? []
    return call.output(call.graph.transpose(call.input.name(), [0] + order))
}

func exportRepeatVector(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let count = try call.config.int("n")
    let row = call.graph.unsqueeze(call.input.name(), [1])
    return call.output(call.graph.node("Tile", [row, call.graph.ints([1, count, 1])]))
}
