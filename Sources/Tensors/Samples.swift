/// Samples with the same shape in their stored type: bytes stay bytes until a batch is gathered.
public struct Samples: Equatable, Sendable {
    public enum Storage: Equatable, Sendable {
        case bytes([UInt8])
        case floats([Float])
        /// Texts, which `TextFront` turns into numbers before a network computes with them.
        case texts(Texts)
    }

    /// The shape of one sample: [28, 28] or [11].
    public let shape: [Int]
    public private(set) var count: Int
    public private(set) var storage: Storage

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

    /// Samples of `shape` texts each.
    public init(shape: [Int] = [1], texts: Texts) {
        let size = shape.reduce(1, *)
        precondition(size > 0 && texts.count % size == 0, "\(texts.count) texts for samples of \(shape)")
        (self.shape, count, storage) = (shape, texts.count / size, .texts(texts))
    }

    public var areTexts: Bool { if case .texts = storage { true } else { false } }

    /// The numbers; nil for texts. Bytes become floats.
    public var floats: [Float]? {
        switch storage {
        case .bytes(let bytes): bytes.map { Float($0) }
        case .floats(let floats): floats
        case .texts: nil
        }
    }

    /// The number of values in one sample.
    public var size: Int { shape.reduce(1, *) }

    /// Returns the samples of the given rows, in that order.
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
        case .texts(let all):
            return Samples(
                shape: shape, texts: all.selecting(rows.flatMap { $0 * size..<($0 + 1) * size }))
        }
    }

    /// Keeps only the samples of the given rows, each at most once, in that order. If the storage is not
    /// shared, the samples are moved in place without a second copy.
    public mutating func keep(_ rows: [Int]) {
        let size = size
        switch storage {
        case .bytes(var all):
            storage = .bytes([])
            Samples.keep(rows, of: &all, size: size)
            storage = .bytes(all)
        case .floats(var all):
            storage = .floats([])
            Samples.keep(rows, of: &all, size: size)
            storage = .floats(all)
        case .texts(let all): storage = .texts(all.selecting(rows.flatMap { $0 * size..<($0 + 1) * size }))
        }
        count = rows.count
    }

    private static func keep<Number>(_ rows: [Int], of all: inout [Number], size: Int) {
        precondition(rows.count * size <= all.count, "each row once")
        for (target, row) in rows.enumerated() {
            // The sample here was moved earlier, perhaps several times.
            var source = row
            while source < target { source = rows[source] }
            guard source != target else { continue }
            let (to, from) = (target * size, source * size)
            unsafe all.withUnsafeMutableBufferPointer { numbers in
                for i in 0..<size { unsafe numbers.swapAt(to + i, from + i) }
            }
        }
        all.removeLast(all.count - rows.count * size)
    }
}
