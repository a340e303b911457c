import Base
import Tensors

/// `y = a + scale · b`, used by InceptionResNetV2 in Keras' applications.
public struct CustomScaleLayer: StatelessLayer {
    public static let className = "CustomScaleLayer"
    public var name = "custom_scale_layer"
    public var trainable = true
    public let scale: Double

    public init(from config: inout LayerConfig) throws(CellarError) { scale = try config.double("scale") }

    public var config: JSONObject { ["scale": .number(scale)] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        guard inputs.count == 2, inputs[0] == inputs[1] else {
            throw CellarError("takes two inputs of one shape, but has \(inputs)", subject: subject)
        }
        return inputs[0]
    }

    public func forward(_ call: CallMemory) {
        let (a, b, y) = (call.x(0), call.x(1), call.y)
        scaleShift(b, scale: Float(scale), shift: 0, into: y)
        add(a, to: y)
    }

    public func backward(_ call: CallMemory) {
        if let da = call.dx(0) { da.copy(from: call.dy) }
        if let db = call.dx(1) { scaleShift(call.dy, scale: Float(scale), shift: 0, into: db) }
    }
}
