import Base
import Tensors

/// Adds up numbers over the processes that train one model together.
public protocol GradientExchange: AnyObject {
    /// The place of this process among all of them, counted from 0.
    var rank: Int { get }
    /// The number of processes, a power of two.
    var ranks: Int { get }
    /// Replaces the numbers by their sums over all processes: those of neighbours first, then those of neighbouring pairs, and so on.
    /// Returns the bytes of all processes in their order; nil if another process has ended.
    func exchange(_ numbers: Floats, _ bytes: [UInt8]) -> [[UInt8]]?
}

/// Training in which each batch has the same number of parts, on however many processes. The gradients of the parts are added as
/// (g0 + g1) + (g2 + g3), so that one, two and four processes give the same bits.
public struct PartedTraining {
    /// The number of parts of a batch, and the largest number of processes.
    public static let count = 4

    /// The processes; nil if this one computes all parts.
    public let group: (any GradientExchange)?

    public init(_ group: (any GradientExchange)? = nil) throws(CellarError) {
        let ranks = group?.ranks ?? 1
        guard [1, 2, 4].contains(ranks) else {
            throw CellarError(
                .usage, "\(ranks) processes cannot share a batch of \(Self.count) parts.",
                remedy: "Start 1, 2 or 4 of them.")
        }
        self.group = group
    }

    /// The parts of this process.
    var own: Range<Int> {
        let (rank, ranks) = (group?.rank ?? 0, group?.ranks ?? 1)
        return rank * Self.count / ranks..<(rank + 1) * Self.count / ranks
    }

    /// Throws if a part of a batch does not tell its gradient without the other parts.
    static func check(_ network: Model, _ objective: Objective) throws(CellarError) {
        for layer in network.layers where type(of: layer.innermost).readsWholeBatch {
            throw CellarError(
                .badData,
                "\(layer.subject) computes with all samples of a batch, which mpirun's processes share.",
                at: .init(),
                remedy:
                    "Train in one process without mpirun, or use a layer that works on each sample alone, such as LayerNormalization."
            )
        }
        for (output, loss) in zip(network.outputs, objective.losses)
        where loss?.countsRows(hasMask: network.maskShapes[output] != nil) ?? false {
            throw CellarError(
                .badData,
                "a mean over a part of the samples or positions needs all of a batch, which mpirun's processes share.",
                at: .init(), remedy: "Train in one process without mpirun.")
        }
    }

    /// Adds the parts' gradients to the first one's, and then those of the other processes. Returns the sum of all parts' results; nil
    /// if another process has ended.
    func sum(_ gradients: [Floats], _ results: [BatchResult]) -> BatchResult? {
        var distance = 1
        while distance < gradients.count {
            for index in stride(from: 0, to: gradients.count, by: 2 * distance) {
                add(gradients[index + distance], to: gradients[index])
            }
            distance *= 2
        }
        var total = BatchResult()
        guard let group else {
            for result in results { total.add(result) }
            return total
        }
        guard let all = group.exchange(gradients[0], results.flatMap { Self.bytes(of: $0) }) else {
            return nil
        }
        // In the order of the parts, and so with the same bits everywhere.
        let size = Self.bytes(of: results[0]).count
        for bytes in all {
            for start in stride(from: 0, to: bytes.count, by: size) {
                total.add(Self.result(from: bytes[start..<start + size], like: results[0]))
            }
        }
        total.failure = results.lazy.compactMap(\.failure).first ?? total.failure
        return total
    }

    /// All numbers of a result, of which each has as many.
    private static func bytes(of result: BatchResult) -> [UInt8] {
        let numbers =
            [result.failure == nil ? 0 : 1, result.lossSum, Double(result.count)] + result.outputLossSums
            + result.metricSums.joined()
        return numbers.flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
    }

    private static func result(from bytes: ArraySlice<UInt8>, like other: BatchResult) -> BatchResult {
        var numbers = stride(from: bytes.startIndex, to: bytes.endIndex, by: 8).map { start in
            Double(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << (8 * $1) })
        }[...]
        var result = BatchResult()
        if numbers.removeFirst() != 0 {
            result.failure = CellarError(.badData, "another process could not compute with its samples.")
        }
        result.lossSum = numbers.removeFirst()
        result.count = Int(numbers.removeFirst())
        result.outputLossSums = other.outputLossSums.map { _ in numbers.removeFirst() }
        result.metricSums = other.metricSums.map { sums in sums.map { _ in numbers.removeFirst() } }
        return result
    }
}
