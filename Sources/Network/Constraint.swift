import Base
import Tensors

/// A constraint on a weight, which is applied after each training step. Norms are L2 norms along the given
/// axes, or of the whole weight if they are nil: for a Dense kernel [inputs, units], axis 0 gives the norm of all inputs of one
/// unit.
///
/// Source of the formulas: Keras 2.10's `constraints`, with its ε of 1e-7.
public enum Constraint: Equatable, Sendable {
    /// w · clip(‖w‖, 0, max) / (ε + ‖w‖)
    case maxNorm(max: Double, axes: [Int]?)
    /// max(w, 0)
    case nonNegative
    /// w / (ε + ‖w‖)
    case unitNorm(axes: [Int]?)
    /// w · (rate · clip(‖w‖, min, max) + (1 − rate) · ‖w‖) / (ε + ‖w‖)
    case minMaxNorm(min: Double, max: Double, rate: Double, axes: [Int]?)

    /// Reads `"non_neg"`, or `{"class_name": "MaxNorm", "config": {"max_value": 3, "axis": 0}}`.
    public init(from json: JSON) throws(CellarError) {
        let name = json.string ?? json["class_name"]?.string ?? ""
        var options = LayerConfig(className: name, json["config"]?.object ?? [:])
        let axes = try options.ints("axis") ?? (options.isNull("axis") ? nil : [0])
        switch name.lowercased().filter({ $0 != "_" }) {
        case "maxnorm": self = .maxNorm(max: try options.double("max_value", default: 2), axes: axes)
        case "nonneg": self = .nonNegative
        case "unitnorm": self = .unitNorm(axes: axes)
        case "minmaxnorm":
            self = .minMaxNorm(
                min: try options.double("min_value", default: 0),
                max: try options.double("max_value", default: 1),
                rate: try options.double("rate", default: 1), axes: axes)
        default:
            throw CellarError(
                "there is no constraint \"\(name.isEmpty ? String(json.text().prefix(60)) : name)\"; "
                    + "known are MaxNorm, NonNeg, UnitNorm and MinMaxNorm")
        }
    }

    /// The constraint as Keras 2.10 writes it.
    public var json: JSON {
        switch self {
        case .maxNorm(let highest, _):
            ["class_name": "MaxNorm", "config": ["max_value": .number(highest), "axis": axisJSON]]
        case .nonNegative: ["class_name": "NonNeg", "config": [:]]
        case .unitNorm: ["class_name": "UnitNorm", "config": ["axis": axisJSON]]
        case .minMaxNorm(let lowest, let highest, let rate, _):
            [
                "class_name": "MinMaxNorm",
                "config": [
                    "min_value": .number(lowest), "max_value": .number(highest), "rate": .number(rate),
                    "axis": axisJSON,
                ],
            ]
        }
    }

    private var axes: [Int]? {
        switch self {
        case .nonNegative: []
        case .maxNorm(_, let axes), .unitNorm(let axes), .minMaxNorm(_, _, _, let axes): axes
        }
    }

    private var axisJSON: JSON {
        axes.map { $0.count == 1 ? .integer($0[0]) : .array($0.map { .integer($0) }) } ?? .null
    }

    /// Throws an error if a weight of that shape does not have the constraint's axes.
    func check(_ weight: String, shape: [Int]) throws(CellarError) {
        for axis in axes ?? [] where axis < -shape.count || axis >= shape.count {
            throw CellarError(
                "the constraint of \(weight) takes norms along axis \(axis), but \(weight) has the shape "
                    + "\(shape): axes are from \(-shape.count) to \(shape.count - 1)",
                key: "\(weight)_constraint")
        }
    }

    /// Returns the factor for a vector of that norm.
    private func factor(norm: Float) -> Float {
        let epsilon: Float = 1e-7
        return switch self {
        case .nonNegative: 1
        case .unitNorm: 1 / (epsilon + norm)
        case .maxNorm(let highest, _): min(norm, Float(highest)) / (epsilon + norm)
        case .minMaxNorm(let lowest, let highest, let rate, _):
            (Float(rate) * min(max(norm, Float(lowest)), Float(highest)) + (1 - Float(rate)) * norm)
                / (epsilon + norm)
        }
    }

    /// Applies the constraint in place. The row stride along the last axis is `rowStride`.
    func apply(_ weight: Floats, shape: [Int], rowStride: Int) {
        let width = shape.last ?? 1
        let rows = shape.dropLast().reduce(1, *)
        if self == .nonNegative {
            for row in 0..<rows {
                for i in row * rowStride..<row * rowStride + width where weight[i] < 0 { weight[i] = 0 }
            }
            return
        }
        // Along the axes of the norm, all numbers belong to the same norm.
        let taken = axes.map { Set($0.map { $0 < 0 ? $0 + shape.count : $0 }) } ?? Set(shape.indices)
        var (steps, norms) = (shape.map { _ in 0 }, 1)
        for axis in shape.indices.reversed() where !taken.contains(axis) {
            steps[axis] = norms
            norms *= shape[axis]
        }
        var factors = Array(repeating: Float(0), count: norms)
        let step = steps.last ?? 0
        func eachRow(_ body: (_ start: Int, _ norm: Int) -> Void) {
            for row in 0..<rows {
                var (rest, norm) = (row, 0)
                for axis in shape.indices.dropLast().reversed() {
                    norm += rest % shape[axis] * steps[axis]
                    rest /= shape[axis]
                }
                body(row * rowStride, norm)
            }
        }
        eachRow { start, norm in
            for j in 0..<width { factors[norm + j * step] += weight[start + j] * weight[start + j] }
        }
        for i in factors.indices { factors[i] = factor(norm: factors[i].squareRoot()) }
        eachRow { start, norm in
            for j in 0..<width { weight[start + j] *= factors[norm + j * step] }
        }
    }
}
