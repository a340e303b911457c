/// An immutable array of numbers with a shape, row-major. Threads may share it.
public struct Tensor: Equatable, Sendable {
    public let shape: [Int]
    public let values: [Float]

    public init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values for shape \(shape)")
        (self.shape, self.values) = (shape, values)
    }

    public init(shape: [Int], filledWith value: Float) {
        self.init(shape: shape, values: Array(repeating: value, count: shape.reduce(1, *)))
    }

    public var count: Int { values.count }
}
