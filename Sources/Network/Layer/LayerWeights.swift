/// The weights of a layer, in memory and in files.
public protocol LayerWeights {
    /// The layer's weights: the trainable ones first, then the others, each in Keras' order of creation.
    func weights(for inputs: [[Int]]) -> [WeightSpec]

    /// The distribution of `count` weights over groups inside the layer's own in files that keep weights by object, as
    /// Keras 3's `.weights.h5` does: the groups' paths, with the number of weights in each, in the order of `weights(for:)`.
    func weightGroups(count: Int) -> [WeightGroup]
}

extension LayerWeights {
    public func weights(for inputs: [[Int]]) -> [WeightSpec] { [] }
    public func weightGroups(count: Int) -> [WeightGroup] { [WeightGroup(path: "", count: count)] }
}

/// A part of a layer's weights that Keras keeps in an object of its own, such as the `cell` of an LSTM.
public struct WeightGroup: Equatable, Sendable {
    /// Names of objects inside objects, as `forward_layer/cell`; empty for the layer itself.
    public var path: String
    public var count: Int

    public init(path: String, count: Int) { (self.path, self.count) = (path, count) }

    /// The same group of a layer inside another, under that name.
    func inside(_ name: String) -> WeightGroup {
        WeightGroup(path: path.isEmpty ? name : "\(name)/\(path)", count: count)
    }
}

/// A weight that a layer needs.
public struct WeightSpec: Sendable {
    /// Keras' name within the layer: `kernel`, `moving_mean`.
    public var name: String
    public var shape: [Int]
    public var initializer: Initializer
    public var trainable: Bool
    public var regularizer: Regularizer?
    /// Applied after each step of training.
    public var constraint: Constraint?
    /// Whether a matrix's rows may begin at cache-line borders in memory, so that vectors are read whole: the layer then
    /// reads them with the stride of its window.
    public var alignsRows = false

    public init(
        _ name: String, shape: [Int], initializer: Initializer, trainable: Bool = true,
        regularizer: Regularizer? = nil, constraint: Constraint? = nil
    ) {
        (self.name, self.shape, self.initializer) = (name, shape, initializer)
        (self.trainable, self.regularizer, self.constraint) = (trainable, regularizer, constraint)
    }

    public var count: Int { shape.reduce(1, *) }
}
