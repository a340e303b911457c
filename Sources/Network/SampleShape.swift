import Base

/// The shape of a sample as a file declares it. Some sizes may be free (null in the file): the length of a text, the
/// size of a picture. They have a size for the time being, until `Model.bound` gives them that of the data.
public struct SampleShape: Equatable, Sendable {
    public var sizes: [Int]
    /// The axes whose size is free.
    public private(set) var free: Set<Int> = []

    public init(_ sizes: [Int]) { self.sizes = sizes }

    /// Small enough to plan for, and large and even enough for what pools and strides five times.
    private static let timeBeing = 64

    mutating func addFree() {
        free.insert(sizes.count)
        sizes.append(Self.timeBeing)
    }

    /// `[null, 28, 28]`, with null for what is free.
    var json: JSON {
        .array([.null] + sizes.indices.map { free.contains($0) ? .null : .integer(sizes[$0]) })
    }

    /// Whether samples of these sizes are such samples.
    func takes(_ other: [Int]) -> Bool {
        other.count == sizes.count
            && sizes.indices.allSatisfy { free.contains($0) ? other[$0] > 0 : sizes[$0] == other[$0] }
    }
}

extension Model {
    /// The same model for samples of these shapes, one for each input, where it declares sizes as free. It is the model
    /// itself where nothing is to be changed, or where the shapes do not fit (which prediction then says).
    public func bound(to shapes: [[Int]]) throws(CellarError) -> Model {
        guard shapes != inputShapes, shapes.count == inputs.count else { return self }
        var layers = layers
        for (input, shape) in zip(inputs, shapes) {
            guard sampleShape(input).takes(shape) else { return self }
            layers[calls[input].layer].bind(to: shape)
        }
        return try replacing(layers: layers)
    }

    /// Whether the i-th input takes samples of that shape, whatever its free sizes are now.
    public func takes(_ shape: [Int], input: Int) -> Bool { sampleShape(inputs[input]).takes(shape) }

    /// Whether some input's size is free.
    public var hasFreeSizes: Bool { inputs.contains { !sampleShape($0).free.isEmpty } }

    /// The declared shape of an input, which is a call of a layer that declares one.
    public func sampleShape(_ input: Int) -> SampleShape {
        layers[calls[input].layer].sampleShape ?? SampleShape(shapes[input])
    }
}
