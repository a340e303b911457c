import Base
import Tensors

/// `y = x · scale + offset`, for example to map bytes to numbers from 0 to 1 inside the model. Scale and offset
/// are single numbers, or arrays that are broadcast to a sample's shape, aligned at the right: for example, one
/// number for each position of the last axis.
public struct Rescaling: StatelessLayer {
    public static let className = "Rescaling"
    public var name = "rescaling"
    public var trainable = true
    public var scale: ConstantNumbers
    public var offset: ConstantNumbers

    public init(scale: Double, offset: Double = 0) {
        (self.scale, self.offset) = (ConstantNumbers(scale), ConstantNumbers(offset))
    }

    /// Scales each position of the last axis.
    public init(scales: [Double]) {
        (scale, offset) = (ConstantNumbers(scales), ConstantNumbers(0))
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        guard let scale = try config.numbers("scale") else {
            throw config.error("scale is missing", key: "scale")
        }
        self.scale = scale
        offset = try config.numbers("offset") ?? ConstantNumbers(0)
    }

    public var config: JSONObject { ["scale": scale.json, "offset": offset.json] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let input = try onlyShape(inputs)
        for (key, numbers) in [("scale", scale), ("offset", offset)] where !numbers.fits(input) {
            throw CellarError(
                "has a \(key) of shape \(numbers.shape), which cannot be repeated to the input's \(input)",
                subject: subject, key: key)
        }
        return input
    }

    public static var isCheap: Bool { true }
    public static var scalesSamples: Bool { true }

    public var inputRescaling: (scale: Float, offset: Float)? {
        scale.values.count == 1 && offset.values.count == 1
            ? (Float(scale.values[0]), Float(offset.values[0])) : nil
    }

    /// Scratch for two numbers per position of a sample: factors and shifts.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        inputRescaling == nil ? 2 * inputs[0].reduce(1, *) : 0
    }

    public func forward(_ call: CallMemory) {
        if let (scale, offset) = inputRescaling {
            return scaleShift(call.x(), scale: scale, shift: offset, into: call.y)
        }
        let size = call.outputSize
        let (scales, shifts) = (call.scratch.prefix(size), call.scratch[size..<2 * size])
        scale.spread(to: call.outputShape, into: scales)
        offset.spread(to: call.outputShape, into: shifts)
        scaleShift(call.x(), columnScales: scales, columnShifts: shifts, into: call.y)
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        if let (scale, _) = inputRescaling { return scaleShift(call.dy, scale: scale, shift: 0, into: dx) }
        let size = call.outputSize
        let shifts = call.scratch[size..<2 * size]
        shifts.fill(0)
        scaleShift(call.dy, columnScales: call.scratch.prefix(size), columnShifts: shifts, into: dx)
    }
}
