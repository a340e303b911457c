import Base
import Network

/// Ranges first, with single places as ranges of one; these axes then go, and new ones come.
func exportGetItem(_ layer: GetItem, _ call: inout ExportedCall) throws(CellarError) -> Value {
    var (name, axis, output) = (call.input.name(), 1, 1)
    var (gone, new): ([Int], [Int]) = ([], [])
    for place in try layer.spelledOut(for: call.input.shape) {
        switch place {
        case .new, .rest:
            new.append(output)
            output += 1
            continue
        case .index(let index):
            name = call.graph.slice(name, axis: axis, from: index, to: index == -1 ? nil : index + 1)
            gone.append(axis)
        case .range(let start, let stop, let step):
            if place != .all {
                let ends = step > 0 ? (start ?? 0, stop ?? far) : (start ?? far, stop ?? -far)
                name = call.graph.node(
                    "Slice", [name] + [ends.0, ends.1, axis, step].map { call.graph.ints([$0]) })
            }
            output += 1
        }
        axis += 1
    }
    if !gone.isEmpty { name = call.graph.squeeze(name, gone) }
    if !new.isEmpty { name = call.graph.unsqueeze(name, new) }
    return call.output(name)
}

/// Beyond the end of every axis.
private let far = Int(Int32.max)

func exportReduce(_ layer: Reduce, _ call: inout ExportedCall) throws(CellarError) -> Value {
    var axes: [Int] = []
    for axis in layer.axes { axes.append(try call.axis(axis, rank: call.input.rank) + 1) }
    let (x, keep) = (call.input.name(), layer.keepsAxes)
    let name =
        switch layer.function {
        case .mean: call.graph.mean(x, axes, keep: keep)
        case .sum: call.graph.sum(x, axes, keep: keep)
        case .max: call.graph.largest(x, axes, keep: keep)
        case .min: call.graph.node("ReduceMin", [x], ["axes": .ints(axes), "keepdims": .int(keep ? 1 : 0)])
        }
    return call.output(name)
}

func exportElementwise(_ layer: Elementwise, _ call: inout ExportedCall) throws(CellarError) -> Value {
    let graph = call.graph
    return call.elementwise { x in
        switch layer.function {
        case .abs: graph.node("Abs", [x])
        case .sqrt: graph.node("Sqrt", [x])
        case .rsqrt: graph.node("Reciprocal", [graph.node("Sqrt", [x])])
        case .log: graph.node("Log", [x])
        case .log1p: graph.node("Log", [graph.add(x, graph.float(1))])
        case .sin: graph.node("Sin", [x])
        case .cos: graph.node("Cos", [x])
        case .power: graph.node("Pow", [x, graph.float(Float(layer.exponent))])
        case .clip:
            graph.node(
                "Min",
                [
                    graph.node("Max", [x, graph.float(Float(layer.lowest))]),
                    graph.float(Float(layer.highest)),
                ])
        case .geluTanh: graph.activation(.geluTanh, x, axis: -1)
        }
    }
}

func exportMatmul(_ layer: Matmul, _ call: inout ExportedCall) throws(CellarError) -> Value {
    let rank = call.input.rank
    let turned = Array(0..<rank - 1) + [rank, rank - 1]
    var (a, b) = (call.inputs[0].name(), call.inputs[1].name())
    if layer.transposesA { a = call.graph.transpose(a, turned) }
    if layer.transposesB { b = call.graph.transpose(b, turned) }
    return call.output(call.graph.node("MatMul", [a, b]))
}

func exportStack(_ layer: Stack, _ call: inout ExportedCall) throws(CellarError) -> Value {
    let axis = try call.axis(layer.axis, rank: call.outputShape.count) + 1
    let graph = call.graph
    return call.output(graph.concatenate(call.inputs.map { graph.unsqueeze($0.name(), [axis]) }, axis: axis))
}
