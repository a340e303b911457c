import Base
import Tensors

/// `y = x · gamma` along the last axis, as in ConvNeXt (Touvron et al., 2021). Weight: gamma.
public struct LayerScale: StatelessLayer {
    public static let className = "LayerScale"
    public var name = "layer_scale"
    public var trainable = true
    public let initialValue: Double
    public let width: Int

    public init(from config: inout LayerConfig) throws(CellarError) {
        initialValue = try config.double("init_values")
        width = try config.int("projection_dim")
    }

    public var config: JSONObject {
        ["init_values": .number(initialValue), "projection_dim": .integer(width)]
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        guard shape.last == width else {
            throw CellarError("scales \(width) numbers, but the samples are \(shape)", subject: subject)
        }
        return shape
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .ends }

    public func weights(for inputs: [[Int]]) -> [WeightSpec] {
        [
            WeightSpec(
                "gamma", shape: [width],
                initializer: Initializer("Constant", ["value": .number(initialValue)]))
        ]
    }

    public func forward(_ call: CallMemory) { scale(call.x(), by: call.weights[0], into: call.y) }

    public func backward(_ call: CallMemory) {
        let (x, dy) = (call.x(), call.dy)
        if let gradient = call.weightGradients[0] {
            gradient.fill(0)
            for start in stride(from: 0, to: x.count, by: width) {
                for i in 0..<width { gradient[i] += x[start + i] * dy[start + i] }
            }
        }
        if let dx = call.dx() { scale(dy, by: call.weights[0], into: dx) }
    }

    private func scale(_ x: Floats, by gamma: Floats, into y: Floats) {
        for start in stride(from: 0, to: x.count, by: width) {
            multiplyElements(x[start..<start + width], gamma, into: y[start..<start + width])
        }
    }
}
