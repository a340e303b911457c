import Tensors

extension Tensor {
    /// Transposes the tensor: axis i of the result is axis `axes[i]`.
    func transposed(_ axes: [Int]) -> Tensor {
        precondition(axes.sorted() == Array(shape.indices), "\(axes) of \(shape)")
        var strides = Array(repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return gathered(axes.map { shape[$0] }, strides: axes.map { strides[$0] }, start: 0)
    }

    /// Reverses the first axes: a convolution kernel rotated by 180 degrees.
    func mirrored(axes count: Int) -> Tensor {
        var strides = Array(repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        var start = 0
        for axis in 0..<min(count, shape.count) where shape[axis] > 0 {
            start += (shape[axis] - 1) * strides[axis]
            strides[axis] = -strides[axis]
        }
        return gathered(shape, strides: strides, start: start)
    }

    private func gathered(_ newShape: [Int], strides: [Int], start: Int) -> Tensor {
        var place = Array(repeating: 0, count: newShape.count)
        var source = start
        var result = [Float](repeating: 0, count: values.count)
        for target in result.indices {
            result[target] = values[source]
            for axis in newShape.indices.reversed() {
                place[axis] += 1
                source += strides[axis]
                if place[axis] < newShape[axis] { break }
                source -= newShape[axis] * strides[axis]
                place[axis] = 0
            }
        }
        return Tensor(shape: newShape, values: result)
    }

    /// Concatenates along the last axis; nil if the other axes differ.
    static func joined(_ parts: [Tensor]) -> Tensor? {
        guard let first = parts.first, !first.shape.isEmpty,
            parts.allSatisfy({ $0.shape.dropLast() == first.shape.dropLast() && !$0.shape.isEmpty })
        else { return nil }
        let rows = first.shape.dropLast().reduce(1, *)
        let widths = parts.map { $0.shape[$0.shape.count - 1] }
        var values: [Float] = []
        values.reserveCapacity(parts.reduce(0) { $0 + $1.values.count })
        for row in 0..<rows {
            for (part, width) in zip(parts, widths) { values += part.values[row * width..<(row + 1) * width] }
        }
        return Tensor(shape: first.shape.dropLast() + [widths.reduce(0, +)], values: values)
    }

    /// Splits into `count` equal parts along the last axis; nil if the size is not divisible.
    func split(_ count: Int) -> [Tensor]? {
        guard let width = shape.last, width % count == 0 else { return nil }
        let (rows, size) = (shape.dropLast().reduce(1, *), width / count)
        return (0..<count).map { index in
            var part: [Float] = []
            for row in 0..<rows {
                let start = row * width + index * size
                part += values[start..<start + size]
            }
            return Tensor(shape: shape.dropLast() + [size], values: part)
        }
    }

    func reshaped(_ newShape: [Int]) -> Tensor {
        precondition(newShape.reduce(1, *) == values.count, "\(shape) as \(newShape)")
        return Tensor(shape: newShape, values: values)
    }
}
