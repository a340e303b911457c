import Base

/// The declared shape of a sample. Some sizes may be free (null in the file), such as the length of a text or
/// the size of a picture. They have a provisional size until `Model.bound` sets them to the size of the data.
public struct SampleShape: Equatable, Sendable {
    public var sizes: [Int]
    /// The axes whose size is free.
    public private(set) var free: Set<Int> = []

    public init(_ sizes: [Int]) { self.sizes = sizes }

    /// The provisional size: small enough for planning, and large and even enough for five pooling layers or
    /// strides.
    private static let timeBeing = 64

    mutating func addFree() {
        free.insert(sizes.count)
        sizes.append(Self.timeBeing)
    }

    /// The shape as `[null, 28, 28]`, with null for free sizes.
    var json: JSON {
        .array([.null] + sizes.indices.map { free.contains($0) ? .null : .integer(sizes[$0]) })
    }

    /// Returns true if samples of these sizes fit the shape.
    func takes(_ other: [Int]) -> Bool {
        other.count == sizes.count
            && sizes.indices.allSatisfy { free.contains($0) ? other[$0] > 0 : sizes[$0] == other[$0] }
    }
}

extension Model {
    /// Returns the same model for samples of these shapes, one for each input, with its free sizes set. The
    /// model is unchanged if nothing is to be set, or if the shapes do not fit (then prediction throws the
    /// error).
    public func bound(to shapes: [[Int]]) throws(CellarError) -> Model {
        guard shapes != inputShapes, shapes.count == inputs.count else { return self }
        var layers = layers
        for (input, shape) in zip(inputs, shapes) {
            guard sampleShape(input).takes(shape) else { return self }
            layers[calls[input].layer].bind(to: shape)
        }
        return try replacing(layers: layers)
    }

    /// Returns true if the i-th input accepts samples of that shape, with any free sizes.
    public func takes(_ shape: [Int], input: Int) -> Bool { sampleShape(inputs[input]).takes(shape) }

    /// True if any input has a free size.
    public var hasFreeSizes: Bool { inputs.contains { !sampleShape($0).free.isEmpty } }

    /// Returns the declared shape of an input, which is a call of a layer that declares one.
    public func sampleShape(_ input: Int) -> SampleShape {
        layers[calls[input].layer].sampleShape ?? SampleShape(shapes[input])
    }
}
