import Base
import Tensors

/// Gives a sample another shape with the same numbers.
public struct Reshape: StatelessLayer {
    public static let className = "Reshape"
    public var name = "reshape"
    public var trainable = true
    /// The shape without the batch. One size may be −1, and is then inferred.
    public var targetShape: [Int]

    public init(_ targetShape: [Int]) { self.targetShape = targetShape }

    public init(from config: inout LayerConfig) throws(CellarError) {
        guard let shape = try config.ints("target_shape") else {
            throw config.error("target_shape is missing", key: "target_shape")
        }
        guard shape.allSatisfy({ $0 > 0 || $0 == -1 }), shape.count(where: { $0 == -1 }) <= 1 else {
            throw config.error(
                "target_shape is \(shape): sizes are 1 or more, and one of them may be -1",
                key: "target_shape")
        }
        targetShape = shape
    }

    public var config: JSONObject { ["target_shape": .array(targetShape.map { .integer($0) })] }

    public static var isCheap: Bool { true }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        let count = shape.reduce(1, *)
        var known = 1
        for size in targetShape where size != -1 {
            let (product, overflow) = known.multipliedReportingOverflow(by: size)
            known = overflow ? Int.max : product
        }
        guard targetShape.contains(-1) ? count % known == 0 : count == known else {
            throw CellarError(
                "cannot bring the \(count) numbers of \(shape) to target_shape \(targetShape)",
                subject: subject, key: "target_shape")
        }
        return targetShape.map { $0 == -1 ? count / known : $0 }
    }

    public func isView(training: Bool) -> Bool { true }
    // An enclosing layer may give it separate memory.
    public func forward(_ call: CallMemory) { call.y.copy(from: call.x()) }
    public func backward(_ call: CallMemory) { call.dx()?.copy(from: call.dy) }
}
