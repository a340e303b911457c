import Base
import Tensors

/// Masks the time steps whose features are all `mask_value`. Masked steps become zero, and later layers that
/// support masks skip them.
public struct Masking: StatelessLayer {
    public static let className = "Masking"
    public var name = "masking"
    public var trainable = true
    public var maskValue = 0.0

    public init(maskValue: Double = 0) { self.maskValue = maskValue }

    public init(from config: inout LayerConfig) throws(CellarError) {
        maskValue = try config.double("mask_value", default: 0)
    }

    public var config: JSONObject { ["mask_value": .number(maskValue)] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        guard !input.isEmpty else {
            throw CellarError("needs an input of [steps, features]", subject: subject)
        }
        return input
    }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .makes(inputs[0].dropLast()) }

    public func forward(_ call: CallMemory) {
        guard let mask = call.outputMask else { return }
        let (x, y, width) = (call.x(), call.y, call.outputShape.last ?? 1)
        let padding = Float(maskValue)
        for vector in 0..<x.count / width {
            let place = vector * width..<(vector + 1) * width
            let counts = place.contains { x[$0] != padding }
            mask[vector] = counts ? 1 : 0
            if counts { y[place].copy(from: x[place]) } else { y[place].fill(0) }
        }
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx(), let mask = call.outputMask else { return }
        let (dy, width) = (call.dy, call.outputShape.last ?? 1)
        for vector in 0..<dx.count / width {
            let place = vector * width..<(vector + 1) * width
            if mask[vector] != 0 { dx[place].copy(from: dy[place]) } else { dx[place].fill(0) }
        }
    }
}
