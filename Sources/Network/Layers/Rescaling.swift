import JSONText
import Tensors

/// `y = x · scale + offset`: how bytes become numbers from 0 to 1 inside the model. Scale and offset are one number, or
/// one for each place of the last axis.
public struct Rescaling: Layer {
    public static let className = "Rescaling"
    public var name = "rescaling"
    public var trainable = true
    public var scale: [Double]
    public var offset: [Double]

    public init(scale: Double, offset: Double = 0) { (self.scale, self.offset) = ([scale], [offset]) }

    public init(from config: inout LayerConfig) throws(ConfigError) {
        guard let scale = try config.doubles("scale"), !scale.isEmpty else {
            throw config.error("scale is missing", key: "scale")
        }
        self.scale = scale
        offset = try config.doubles("offset") ?? [0]
    }

    public var config: JSONObject {
        func json(_ values: [Double]) -> JSON {
            values.count == 1 ? .number(values[0]) : .array(values.map { .number($0) })
        }
        return ["scale": json(scale), "offset": json(offset)]
    }

    public func outputShape(for inputs: [[Int]]) throws(ConfigError) -> [Int] {
        let input = try onlyShape(inputs)
        for count in [scale.count, offset.count] where count != 1 && count != input.last {
            throw ConfigError("has \(count) factors for a last axis of \(input.last ?? 1)", subject: subject)
        }
        return input
    }

    /// The one scale and offset, where there is only one.
    var uniform: (scale: Float, offset: Float)? {
        scale.count == 1 && offset.count == 1 ? (Float(scale[0]), Float(offset[0])) : nil
    }

    public func forward(_ step: Step) {
        let (x, y) = (step.x(), step.y)
        if let (scale, offset) = uniform { return scaleShift(x, scale: scale, shift: offset, into: y) }
        let width = step.outputShape.last ?? 1
        for i in 0..<x.count {
            let c = i % width
            y[i] = x[i] * Float(scale[scale.count == 1 ? 0 : c]) + Float(offset[offset.count == 1 ? 0 : c])
        }
    }

    public func backward(_ step: Step) {
        guard let dx = step.dx() else { return }
        let (dy, width) = (step.dy, step.outputShape.last ?? 1)
        for i in 0..<dy.count { dx[i] = dy[i] * Float(scale[scale.count == 1 ? 0 : i % width]) }
    }
}
