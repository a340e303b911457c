/// Many samples of one shape, as they were stored: bytes stay bytes until a batch of them is gathered.
public struct Samples: Equatable, Sendable {
    public enum Storage: Equatable, Sendable {
        case bytes([UInt8])
        case floats([Float])
    }

    /// The shape of one sample, as [28, 28] or [11].
    public let shape: [Int]
    public let count: Int
    public let storage: Storage

    public init(shape: [Int], floats: [Float]) {
        let size = shape.reduce(1, *)
        precondition(size > 0 && floats.count % size == 0, "\(floats.count) values for samples of \(shape)")
        (self.shape, count, storage) = (shape, floats.count / size, .floats(floats))
    }

    public init(shape: [Int], bytes: [UInt8]) {
        let size = shape.reduce(1, *)
        precondition(size > 0 && bytes.count % size == 0, "\(bytes.count) bytes for samples of \(shape)")
        (self.shape, count, storage) = (shape, bytes.count / size, .bytes(bytes))
    }

    /// Numbers in one sample.
    public var size: Int { shape.reduce(1, *) }

    /// The samples of those rows, in that order.
    public func selecting(_ rows: some Collection<Int>) -> Samples {
        let size = size
        switch storage {
        case .bytes(let all):
            var chosen: [UInt8] = []
            chosen.reserveCapacity(rows.count * size)
            for row in rows { chosen += all[row * size..<(row + 1) * size] }
            return Samples(shape: shape, bytes: chosen)
        case .floats(let all):
            var chosen: [Float] = []
            chosen.reserveCapacity(rows.count * size)
            for row in rows { chosen += all[row * size..<(row + 1) * size] }
            return Samples(shape: shape, floats: chosen)
        }
    }
}
