import Base
import Network
import Tensors

/// The change of one layer's weights between two models.
public struct WeightChange: Equatable, Sendable {
    public enum Kind: String, Sendable {
        case same, changed
        case otherShape = "other_shape"
        case onlyInFirst = "only_in_first"
        case onlyInSecond = "only_in_second"
    }

    /// The layer's path, such as `encoder/dense_1`.
    public let layer: String
    public let kind: Kind
    public let parameters: Int
    /// The L2 norm of the difference divided by that of the first model's weights; nil if the weights cannot be compared.
    public let relativeNorm: Double?
    /// The largest absolute difference of a weight; nil if the weights cannot be compared.
    public let largest: Double?

    public var json: JSON {
        [
            "layer": .string(layer), "change": .string(kind.rawValue), "parameters": .integer(parameters),
            "relative_norm": relativeNorm.map { JSON(finite: $0) } ?? .null,
            "largest": largest.map { JSON(finite: $0) } ?? .null,
        ]
    }
}

/// Compares the weights of layers with the same path. Layers without weights in both models are left out.
public func weightChanges(_ first: Model, _ second: Model) -> [WeightChange] {
    let (old, new) = (WeightsByPath(first), WeightsByPath(second))
    var changes: [WeightChange] = []
    for (path, weights) in old.inOrder {
        guard let others = new.byPath[path] else {
            changes.append(.init(path, .onlyInFirst, weights))
            continue
        }
        guard weights.map(\.shape) == others.map(\.shape) else {
            changes.append(.init(path, .otherShape, weights))
            continue
        }
        changes.append(.init(path, from: weights, to: others))
    }
    for (path, weights) in new.inOrder where old.byPath[path] == nil {
        changes.append(.init(path, .onlyInSecond, weights))
    }
    return changes
}

private struct WeightsByPath {
    var inOrder: [(path: String, weights: [Tensor])] = []
    var byPath: [String: [Tensor]] = [:]

    init(_ model: Model) {
        for (path, weights) in zip(model.paths, model.weights) where !weights.isEmpty {
            inOrder.append((path, weights))
            byPath[path] = weights
        }
    }
}

extension WeightChange {
    fileprivate init(_ layer: String, _ kind: Kind, _ weights: [Tensor]) {
        (self.layer, self.kind) = (layer, kind)
        parameters = weights.reduce(0) { $0 + $1.count }
        (relativeNorm, largest) = (nil, nil)
    }

    fileprivate init(_ layer: String, from old: [Tensor], to new: [Tensor]) {
        var (change, size, most) = (0.0, 0.0, 0.0)
        for (before, after) in zip(old, new) {
            for (a, b) in zip(before.values, after.values) {
                let difference = Double(b) - Double(a)
                change += difference * difference
                size += Double(a) * Double(a)
                // NaN stays.
                if !(abs(difference) <= most) { most = abs(difference) }
            }
        }
        self.layer = layer
        kind = change == 0 ? .same : .changed
        parameters = old.reduce(0) { $0 + $1.count }
        relativeNorm = change == 0 ? 0 : change.squareRoot() / size.squareRoot()
        largest = most
    }
}
