import Base
import Network
import Tensors

func exportRescaling(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let scale = try call.config.doubles("scale") ?? [1]
    let offset = try call.config.doubles("offset") ?? [0]
    let x = call.input
    let factors = call.alongLastAxis(scale, x)
    let shifts = call.alongLastAxis(offset, x)
    let graph = call.graph
    return call.elementwise { name in
        let y = graph.multiply(name, factors)
        return offset.allSatisfy { $0 == 0 } ? y : graph.add(y, shifts)
    }
}

/// (x − mean) / max(√variance, 1e-7), or back where `invert` says so.
func exportNormalization(_ call: inout ExportedCall) throws(CellarError) -> Value {
    let x = call.input
    let invert = try call.config.bool("invert", default: false)
    let given = (try call.config.doubles("mean"), try call.config.doubles("variance"))
    let weights = (call.weight("mean"), call.weight("variance"))
    let mean = given.0?.map { Float($0) } ?? weights.0?.values ?? [0]
    let variance = given.1?.map { Float($0) } ?? weights.1?.values ?? [1]
    let deviation = variance.map { max($0.squareRoot(), 1e-7) }
    let axes = try (call.config.ints("axis") ?? []).map { axis throws(CellarError) in
        try call.axis(axis, rank: x.rank)
    }
    let means = try call.along(axes, mean, x)
    let deviations = try call.along(axes, deviation, x)
    let graph = call.graph
    return call.elementwise { name in
        invert
            ? graph.add(graph.multiply(name, deviations), means)
            : graph.divide(graph.subtract(name, means), deviations)
    }
}

extension ExportedCall {
    /// One number, or one for each place of the last axis, ready for `value` in its own layout.
    func alongLastAxis(_ numbers: [Double], _ value: Value) -> String {
        let floats = numbers.map { Float($0) }
        guard numbers.count > 1 else { return graph.float(floats[0]) }
        var shape = Array(repeating: 1, count: value.rank)
        shape[value.rank - 1] = numbers.count
        return graph.floats(floats, shape: value.native.ordered(shape))
    }

    /// Returns a constant of numbers over some axes of a sample that broadcasts with `value` in an axis order
    /// (by default its own). A single number applies to all.
    func along(_ axes: [Int], _ numbers: [Float], _ value: Value, _ layout: AxisOrder? = nil)
        throws(CellarError) -> String
    {
        guard numbers.count > 1 else { return graph.float(numbers.first ?? 0) }
        var shape = Array(repeating: 1, count: value.rank)
        for axis in axes { shape[axis] = try fixed(value, axis: axis) }
        guard shape.reduce(1, *) == numbers.count else {
            throw error("has \(numbers.count) numbers for axes of sizes \(axes.map { value.shape[$0] })")
        }
        let layout = layout ?? value.native
        // In Keras' order ascending axes stay row-major; channels first may move the last axis to the front.
        let order = layout.ordered(Array(0..<value.rank))
        return graph.floats(
            Tensor(shape: shape, values: numbers).permuted(order).values, shape: layout.ordered(shape))
    }
}
