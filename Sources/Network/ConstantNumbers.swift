import Base
import Tensors

/// Constant numbers in a layer's config, in the JSON form of NumPy arrays: a number, a list, or nested lists.
public struct ConstantNumbers: Equatable, Sendable {
    public var shape: [Int]
    public var values: [Double]

    public init(_ value: Double) { (shape, values) = ([], [value]) }
    public init(_ values: [Double]) { (shape, self.values) = ([values.count], values) }

    /// Reads numbers; nil if the lists have different sizes or contain anything but numbers.
    init?(_ json: JSON) {
        if let number = json.double {
            (shape, values) = ([], [number])
            return
        }
        guard let items = json.array, !items.isEmpty else { return nil }
        let parts = items.compactMap { ConstantNumbers($0) }
        guard parts.count == items.count, parts.allSatisfy({ $0.shape == parts[0].shape }) else { return nil }
        (shape, values) = ([items.count] + parts[0].shape, parts.flatMap(\.values))
    }

    public var json: JSON { Self.json(values[...], shape[...]) }

    private static func json(_ values: ArraySlice<Double>, _ shape: ArraySlice<Int>) -> JSON {
        guard let count = shape.first else { return .number(values.first ?? 0) }
        let size = values.count / max(count, 1)
        return .array(
            (0..<count).map {
                let start = values.startIndex + $0 * size
                return json(values[start..<start + size], shape.dropFirst())
            })
    }

    /// The shape without leading axes of size 1.
    private var trimmed: [Int] { Array(shape.drop { $0 == 1 }) }

    /// Returns true if the numbers can be broadcast to a shape, aligned at the last axis.
    func fits(_ full: [Int]) -> Bool {
        trimmed.count <= full.count
            && zip(trimmed.reversed(), full.reversed()).allSatisfy { $0 == $1 || $0 == 1 }
    }

    /// Writes the numbers, broadcast to `full`, to `room`.
    func spread(to full: [Int], into room: Floats) {
        if values.count == 1 { return room.fill(Float(values[0])) }
        let padded = Array(repeating: 1, count: full.count - trimmed.count) + trimmed
        for i in 0..<room.count {
            var (rest, place, size) = (i, 0, 1)
            for axis in full.indices.reversed() {
                if padded[axis] > 1 { place += rest % full[axis] * size }
                size *= padded[axis]
                rest /= full[axis]
            }
            room[i] = Float(values[place])
        }
    }
}

extension LayerConfig {
    /// Reads numbers of any shape; nil if the key is absent.
    public mutating func numbers(_ key: String) throws(CellarError) -> ConstantNumbers? {
        guard let found = value(key) else { return nil }
        guard let numbers = ConstantNumbers(found) else {
            throw error(
                "\(key) must be a number, or lists of numbers of one size, but is \(found.text().prefix(60))",
                key: key)
        }
        return numbers
    }
}
