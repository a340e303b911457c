import Base
import Tensors

/// Dropout for networks with `selu` (Klambauer et al., 2017): while training, a number becomes α' = −αλ with
/// probability `rate`, and then all numbers become `a · x + b`, which preserves mean and variance: a = ((1 −
/// rate)(1 + rate · α'²))^−½, b = −a · α' · rate.
public struct AlphaDropout: TrainingLayer {
    public static let className = "AlphaDropout"
    public var name = "alpha_dropout"
    public var trainable = true
    public var rate: Double
    /// The noise shape, including the batch; nil for an axis with the input's size.
    public var noiseShape: [Int?]?

    private static let saturation = -1.6732632423543772 * 1.0507009873554805

    public init(rate: Double) { self.rate = rate }

    public init(from config: inout LayerConfig) throws(CellarError) {
        rate = try config.double("rate", in: 0...1)
        noiseShape = try config.noiseShape()
        config.ignore("seed")
    }

    public var config: JSONObject {
        var config: JSONObject = ["rate": .number(rate), "seed": .null]
        if noiseShape != nil { config["noise_shape"] = noiseShapeJSON(noiseShape) }
        return config
    }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        try check(noiseShape: noiseShape, for: shape)
        return shape
    }

    // At a rate of 1, a would be infinite; Keras returns the input unchanged.
    public func isView(training: Bool) -> Bool { !training || rate == 0 || rate == 1 }

    private func noise(_ shape: [Int]) -> NoiseShape {
        noiseShape.map { NoiseShape($0, shape) } ?? NoiseShape(shape)
    }

    /// Scratch for the factors: a if a number is kept, otherwise 0.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        isView(training: training) ? 0 : noise(inputs[0]).scratch(rows: rows)
    }

    public func forward(_ call: CallMemory) {
        guard call.training else { return call.y.copy(from: call.x()) }
        let (x, y) = (call.x(), call.y)
        let (rate, saturation) = (rate, Self.saturation)
        let scale = 1 / ((1 - rate) * (1 + rate * saturation * saturation)).squareRoot()
        let (a, kept) = (Float(scale), Float(-scale * saturation * rate))
        let dropped = Float(scale * saturation) + kept
        let limit = Float(rate)
        let mask = noise(call.outputShape).draw(call) { $0.uniform($1) < limit ? 0 : a }
        for i in 0..<x.count { y[i] = x[i] * mask[i] + (mask[i] == 0 ? dropped : kept) }
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        multiplyElements(call.dy, call.scratch.prefix(dx.count), into: dx)
    }
}
