import Base
import Tensors

/// Normalizes the numbers of each sample along some axes, then applies a gain and an offset. Shared by
/// LayerNormalization, GroupNormalization, RMSNormalization and UnitNormalization.
///
/// In each row x̂ = (x − shift) / scale, and y = x̂ · gain + offset. Backward pass (as in Ba et al., 2016),
/// with g = dy · gain:
/// dx = (g − mean(g) − x̂ · mean(g · x̂)) / scale.
struct RowNormalizer {
    let scaling: RowScaling
    let epsilon: Float
    /// The arrangement of the normalized axes as rows.
    private let layout: AxisRows
    /// The count of numbers that have their own gain: those of a row or of a whole sample.
    private let columns: Int
    private let width, perSample: Int
    /// The expansion of the weights to columns; nil if the counts are equal.
    private let spread: StridedView?
    private let gain, offset: Int?

    /// - axes: The axes of a sample to normalize along. Each position in a row has its own gain.
    /// - gain, offset: The indices of these weights in the layer.
    init(_ shape: [Int], axes: [Int], _ scaling: RowScaling, epsilon: Double, gain: Int?, offset: Int?) {
        (self.scaling, self.epsilon, self.gain, self.offset) = (scaling, Float(epsilon), gain, offset)
        layout = AxisRows(shape, along: axes)
        (width, perSample, columns, spread) = (layout.width, layout.perSample, layout.width, nil)
    }

    /// Normalizes over groups of neighbours on one axis and over all other axes. Each position of the axis
    /// has its own gain.
    init(_ shape: [Int], axis: Int, groups: Int, epsilon: Double, gain: Int?, offset: Int?) {
        (scaling, self.epsilon, self.gain, self.offset) = (.standard, Float(epsilon), gain, offset)
        // With the axis first, a group is contiguous.
        layout = AxisRows(shape, along: shape.indices.filter { $0 != axis })
        columns = shape.reduce(1, *)
        (width, perSample) = (columns / groups, groups)
        spread =
            columns == shape[axis]
            ? nil
            : StridedView(broadcasting: [shape[axis], 1], to: [shape[axis], columns / shape[axis]])
    }

    // Scratch memory: x̂, space to move numbers, one factor for each row, then three rows of columns.
    private func xhatRoom(_ rows: Int, _ size: Int, training: Bool) -> Int {
        training || !layout.isPlain ? rows * size : 0
    }

    func scratch(_ shape: [Int], rows: Int, training: Bool) -> Int {
        let size = shape.reduce(1, *)
        return xhatRoom(rows, size, training: training) + (training ? layout.room(rows: rows) : 0)
            + rows * perSample + 3 * columns
    }

    private struct RowNormalizerWorkspace {
        let xhat, moved, inverses, gains, offsets, zeros: Floats
    }

    private func room(_ call: CallMemory) -> RowNormalizerWorkspace {
        let size = call.outputSize
        let xhat = xhatRoom(call.rows, size, training: call.isForTraining)
        let fixed = call.scratch.count - 3 * columns
        func row(_ i: Int) -> Floats { call.scratch[fixed + i * columns..<fixed + (i + 1) * columns] }
        let inverses = xhat + (call.isForTraining ? layout.room(rows: call.rows) : 0)
        return RowNormalizerWorkspace(
            xhat: xhat == 0 ? call.y : call.scratch.prefix(xhat), moved: call.scratch[xhat..<inverses],
            inverses: call.scratch[inverses..<inverses + call.rows * perSample],
            gains: row(0), offsets: row(1), zeros: row(2))
    }

    private func spread(_ weight: Floats, into columns: Floats) {
        if let spread { spread.read(weight, into: columns) } else { columns.copy(from: weight) }
    }

    func forward(_ call: CallMemory) {
        let room = room(call)
        let x = layout.rows(of: call.x(), in: room.xhat)
        scaleRows(x, width: width, epsilon: epsilon, scaling, into: room.xhat, inverses: room.inverses)
        // At inference, x̂ is overwritten by y.
        let moved = call.isForTraining ? room.moved : room.xhat
        let y = layout.target(call.y, in: moved)
        if gain == nil && offset == nil {
            if !y.isSame(as: room.xhat) { y.copy(from: room.xhat) }
        } else {
            if let gain { spread(call.weights[gain], into: room.gains) } else { room.gains.fill(1) }
            if let offset { spread(call.weights[offset], into: room.offsets) } else { room.offsets.fill(0) }
            scaleShift(room.xhat, columnScales: room.gains, columnShifts: room.offsets, into: y)
        }
        layout.finish(call.y, from: moved)
    }

    func backward(_ call: CallMemory) {
        let room = room(call)
        let dy = layout.rows(of: call.dy, in: room.moved)
        if let offset, let gradient = call.weightGradients[offset] {
            collect(into: gradient, room.offsets) { columnSums(dy, into: $0) }
        }
        if let gain, let gradient = call.weightGradients[gain] {
            collect(into: gradient, room.offsets) { columnProducts(dy, room.xhat, into: $0) }
        }
        guard let dx = call.dx() else { return }
        if let gain {
            spread(call.weights[gain], into: room.gains)
            room.zeros.fill(0)
            scaleShift(dy, columnScales: room.gains, columnShifts: room.zeros, into: dy)
        }
        scaleRowsBackward(
            dy, xhat: room.xhat, inverses: room.inverses, width: width, epsilon: epsilon, scaling,
            into: layout.target(dx, in: room.moved))
        layout.finish(dx, from: room.moved)
    }

    /// Computes a weight's gradient from sums over columns; several columns may share one weight.
    private func collect(into gradient: Floats, _ columns: Floats, _ sums: (Floats) -> Void) {
        guard let spread else { return sums(gradient) }
        sums(columns)
        gradient.fill(0)
        spread.add(columns, to: gradient)
    }
}
