import Base
import Tensors

/// A penalty on a weight that is added to the loss: λ₁ Σ|w| + λ₂ Σw² as in Keras' L1, L2 and L1L2, or Keras'
/// OrthogonalRegularizer.
public struct Regularizer: Equatable, Sendable {
    public var l1, l2: Float
    /// The penalty on rows or columns that are not orthogonal, instead of the others.
    public private(set) var orthogonal: OrthogonalPenalty?

    public init(l1: Float = 0, l2: Float = 0) { (self.l1, self.l2) = (l1, l2) }

    public init(from json: JSON) throws(CellarError) {
        let name = json.string ?? json["class_name"]?.string ?? ""
        let options = json["config"] ?? [:]
        let plain = name.lowercased().filter { $0 != "_" }
        func number(_ key: String, _ standard: Double) -> Float { Float(options[key]?.double ?? standard) }
        switch plain {
        case "l1": (l1, l2) = (number("l1", 0.01), 0)
        case "l2": (l1, l2) = (0, number("l2", 0.01))
        case "l1l2":
            (l1, l2) = (
                number("l1", json.string == nil ? 0 : 0.01), number("l2", json.string == nil ? 0 : 0.01)
            )
        case "orthogonalregularizer", "orthogonal":
            let mode = options["mode"]?.string ?? "rows"
            guard ["rows", "columns"].contains(mode) else {
                throw CellarError("OrthogonalRegularizer's mode must be rows or columns, but is \(mode)")
            }
            (l1, l2) = (0, 0)
            orthogonal = OrthogonalPenalty(factor: number("factor", 0.01), ofColumns: mode == "columns")
        default:
            throw CellarError(
                "there is no regularizer \"\(name.isEmpty ? String(json.text().prefix(60)) : name)\"; "
                    + "known are L1, L2, L1L2 and OrthogonalRegularizer")
        }
    }

    public var json: JSON {
        if let orthogonal { return orthogonal.json }
        if l1 == 0 { return ["class_name": "L2", "config": ["l2": .number(Double(l2))]] }
        if l2 == 0 { return ["class_name": "L1", "config": ["l1": .number(Double(l1))]] }
        return ["class_name": "L1L2", "config": ["l1": .number(Double(l1)), "l2": .number(Double(l2))]]
    }

    /// Throws an error if a weight of that shape cannot have this penalty.
    func check(_ name: String, shape: [Int]) throws(CellarError) {
        guard orthogonal == nil || shape.count == 2 else {
            throw CellarError(
                "OrthogonalRegularizer is for matrices, but \(name) is \(shape)", key: "\(name)_regularizer")
        }
    }

    /// - shape: The shape of the weight, whose rows may be padded.
    func penalty(_ weight: Floats, shape: [Int] = []) -> Double {
        if let orthogonal { return orthogonal.penalty(weight, rows: shape[0], columns: shape[1]) }
        var (sum, squares) = (0.0, 0.0)
        for i in 0..<weight.count {
            sum += Double(abs(weight[i]))
            squares += Double(weight[i] * weight[i])
        }
        return Double(l1) * sum + Double(l2) * squares
    }

    func addGradient(of weight: Floats, shape: [Int] = [], to gradient: Floats, scale: Float = 1) {
        if let orthogonal {
            return orthogonal.addGradient(of: weight, rows: shape[0], columns: shape[1], to: gradient)
        }
        let (l1, l2) = (l1 * scale, l2 * scale)
        for i in 0..<weight.count {
            let w = weight[i]
            gradient[i] += 2 * l2 * w + (w > 0 ? l1 : w < 0 ? -l1 : 0)
        }
    }
}

/// Keras' OrthogonalRegularizer: factor · the mean of |cosine| over all pairs of a matrix' rows or columns.
public struct OrthogonalPenalty: Equatable, Sendable {
    public var factor: Float
    public var ofColumns: Bool

    var json: JSON {
        [
            "class_name": "OrthogonalRegularizer",
            "config": ["factor": .number(Double(factor)), "mode": ofColumns ? "columns" : "rows"],
        ]
    }

    /// The vectors that should be orthogonal: their count and length, and the positions of their numbers.
    private struct Vectors {
        let count, length, step, stride: Int

        init(_ weight: Floats, rows: Int, columns: Int, ofColumns: Bool) {
            let rowStride = weight.count / max(rows, 1)
            (count, length) = ofColumns ? (columns, rows) : (rows, columns)
            (step, stride) = ofColumns ? (1, rowStride) : (rowStride, 1)
        }

        func place(_ vector: Int, _ i: Int) -> Int { vector * step + i * stride }
    }

    /// Returns the vectors divided by their lengths, one after the other, and the reciprocals of the lengths.
    private func units(_ weight: Floats, _ vectors: Vectors) -> (units: [Float], scales: [Float]) {
        var (units, scales) = ([Float](), [Float]())
        units.reserveCapacity(vectors.count * vectors.length)
        for vector in 0..<vectors.count {
            var squares: Float = 0
            for i in 0..<vectors.length {
                let w = weight[vectors.place(vector, i)]
                squares += w * w
            }
            // TensorFlow's l2_normalize.
            let scale = 1 / max(squares, 1e-12).squareRoot()
            scales.append(scale)
            for i in 0..<vectors.length { units.append(weight[vectors.place(vector, i)] * scale) }
        }
        return (units, scales)
    }

    private func cosine(_ units: [Float], _ a: Int, _ b: Int, _ length: Int) -> Float {
        var sum: Float = 0
        for i in 0..<length { sum += units[a * length + i] * units[b * length + i] }
        return sum
    }

    private func pairs(_ count: Int) -> Float { Float(max(count * (count - 1) / 2, 1)) }

    func penalty(_ weight: Floats, rows: Int, columns: Int) -> Double {
        let vectors = Vectors(weight, rows: rows, columns: columns, ofColumns: ofColumns)
        let units = units(weight, vectors).units
        var sum: Float = 0
        for a in 0..<vectors.count {
            for b in 0..<a { sum += abs(cosine(units, a, b, vectors.length)) }
        }
        return Double(factor * sum / pairs(vectors.count))
    }

    /// d|u·v| at a = sign(u·v) · (v − (u·v) u) / |a|, for u = a / |a|.
    func addGradient(of weight: Floats, rows: Int, columns: Int, to gradient: Floats) {
        let vectors = Vectors(weight, rows: rows, columns: columns, ofColumns: ofColumns)
        let ((units, scales), length) = (units(weight, vectors), vectors.length)
        let share = factor / pairs(vectors.count)
        for a in 0..<vectors.count {
            for b in 0..<vectors.count where b != a {
                let cosine = cosine(units, a, b, length)
                let pull = (cosine > 0 ? share : cosine < 0 ? -share : 0) * scales[a]
                for i in 0..<length {
                    gradient[vectors.place(a, i)] +=
                        pull * (units[b * length + i] - cosine * units[a * length + i])
                }
            }
        }
    }
}

extension Model {
    /// Returns the penalty of the weights' regularizers, either of the trained weights or of the frozen ones.
    public func penalty(ofTrained trained: Bool) -> Double {
        var sum = 0.0
        for (layer, specs) in weightSpecs.enumerated() where weights[layer].count == specs.count {
            for (spec, (index, tensor)) in zip(specs, weights[layer].enumerated()) {
                guard let regularizer = spec.regularizer, isTrainable(layer: layer, weight: index) == trained
                else { continue }
                let arena = Arena(count: tensor.values.count)
                arena.all.copy(from: tensor.values)
                sum += regularizer.penalty(arena.all, shape: tensor.shape)
            }
        }
        return sum
    }
}
