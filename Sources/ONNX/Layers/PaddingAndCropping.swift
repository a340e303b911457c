import Base
import Network

extension ExportedCall {
    /// Pairs of numbers, one for each axis of space, from any form that Keras writes: a number, numbers, or pairs.
    fileprivate mutating func pairs(_ key: String, count: Int, default standard: Int) throws(CellarError)
        -> [[Int]]
    {
        let found = config.value(key) ?? .integer(standard)
        let items = found.array ?? Array(repeating: found, count: count)
        // With one axis, [before, after] is the pair.
        if count == 1, items.count == 2 { return [items.compactMap(\.int)] }
        let pairs = items.map { item in
            item.array.map { $0.compactMap(\.int) } ?? item.int.map { [$0, $0] } ?? []
        }
        guard pairs.count == count, pairs.allSatisfy({ $0.count == 2 }) else {
            throw error("\(key) is \(found.text()), expected \(count) pairs of numbers")
        }
        return pairs
    }

    /// Returns the spatial axes, by `data_format`.
    fileprivate mutating func spatialAxes() throws(CellarError) -> Range<Int> {
        let first = try config.string("data_format", default: "channels_last") == "channels_first"
        return first ? 1..<input.rank : 0..<input.rank - 1
    }
}

func exportZeroPadding(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let axes = try call.spatialAxes()
    let pairs = try call.pairs("padding", count: axes.count, default: 1)
    let x = call.input
    var (before, after) = (Array(repeating: 0, count: x.rank), Array(repeating: 0, count: x.rank))
    for (axis, pair) in zip(axes, pairs) { (before[axis], after[axis]) = (pair[0], pair[1]) }
    let pads = [0] + x.native.ordered(before) + [0] + x.native.ordered(after)
    return call.elementwise { call.graph.node("Pad", [$0, call.graph.ints(pads)]) }
}

func exportCropping(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let axes = try call.spatialAxes()
    let pairs = try call.pairs("cropping", count: axes.count, default: axes.count == 1 ? 1 : 0)
    let x = call.input
    let places = axes.map { x.native.axis($0, rank: x.rank) }
    let graph = call.graph
    return call.elementwise { name in
        graph.node(
            "Slice",
            [
                name, graph.ints(pairs.map { $0[0] }),
                graph.ints(pairs.map { $0[1] == 0 ? Int(Int32.max) : -$0[1] }), graph.ints(places),
            ])
    }
}
