/// The weights of a layer, in memory and in files.
public protocol LayerWeights {
    /// Returns the layer's weights: first the trainable ones, then the others, each in Keras' order of
    /// creation.
    func weights(for inputs: [[Int]]) -> [WeightSpec]

    /// Returns the groups of `count` weights in files that store weights by object, such as Keras 3's
    /// `.weights.h5`: paths inside the layer's group and the number of weights in each, in the order of
    /// `weights(for:)`.
    func weightGroups(count: Int) -> [WeightGroup]
}

extension LayerWeights {
    public func weights(for inputs: [[Int]]) -> [WeightSpec] { [] }
    public func weightGroups(count: Int) -> [WeightGroup] { [WeightGroup(path: "", count: count)] }
}

/// A part of a layer's weights that Keras stores in a separate object, such as the `cell` of an LSTM.
public struct WeightGroup: Equatable, Sendable {
    /// The names of nested objects, such as `forward_layer/cell`; empty for the layer itself.
    public var path: String
    public var count: Int

    public init(path: String, count: Int) { (self.path, self.count) = (path, count) }

    /// Returns the group of a layer nested in another one under that name.
    func inside(_ name: String) -> WeightGroup {
        WeightGroup(path: path.isEmpty ? name : "\(name)/\(path)", count: count)
    }
}

/// The specification of a layer's weight.
public struct WeightSpec: Sendable {
    /// Keras' name within the layer, such as `kernel` or `moving_mean`.
    public var name: String
    public var shape: [Int]
    public var initializer: Initializer
    public var trainable: Bool
    public var regularizer: Regularizer?
    /// The constraint, applied after each training step.
    public var constraint: Constraint?
    /// True if a matrix's rows may be aligned to cache lines in memory, so that each vector is read from one
    /// line. The layer then reads the rows with the stride of its window.
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
