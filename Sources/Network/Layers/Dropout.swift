import Base
import Tensors

/// A layer that, while training, drops numbers with probability `rate` and scales the others by 1 / (1 − rate)
/// (Srivastava et al., 2014); it does nothing at inference.
protocol DroppingLayer: TrainingLayer {
    var rate: Double { get }
    /// The groups of numbers that are dropped together.
    func noise(_ shape: [Int]) -> NoiseShape
}

extension DroppingLayer {
    public func isView(training: Bool) -> Bool { !training || rate == 0 }

    /// Scratch with one factor for each number of the input: 0 if it is dropped.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        isView(training: training) ? 0 : noise(inputs[0]).scratch(rows: rows)
    }

    public func forward(_ call: CallMemory) {
        guard call.training else { return call.y.copy(from: call.x()) }
        let rate = Float(rate)
        let factor = rate < 1 ? 1 / (1 - rate) : 0
        let mask = noise(call.outputShape).draw(call) { $0.uniform($1) < rate ? 0 : factor }
        multiplyElements(call.x(), mask, into: call.y)
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        multiplyElements(call.dy, call.scratch.prefix(dx.count), into: dx)
    }
}

/// Drops single numbers, or, with a `noise_shape`, groups of numbers that share one random draw.
public struct Dropout: DroppingLayer {
    public static let className = "Dropout"
    public var name = "dropout"
    public var trainable = true
    public var rate: Double
    /// The noise shape, including the batch; nil for an axis with the input's size.
    public var noiseShape: [Int?]?

    public init(rate: Double, noiseShape: [Int?]? = nil) { (self.rate, self.noiseShape) = (rate, noiseShape) }

    public init(from config: inout LayerConfig) throws(CellarError) {
        rate = try config.double("rate", in: 0...1)
        noiseShape = try config.noiseShape()
        config.ignore("seed")
    }

    public var config: JSONObject {
        ["rate": .number(rate), "noise_shape": noiseShapeJSON(noiseShape), "seed": .null]
    }

    public static var isCheap: Bool { true }
    public func isElementwise(_ shape: [Int]) -> Bool { noiseShape == nil }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] {
        let shape = try onlyShape(inputs)
        try check(noiseShape: noiseShape, for: shape)
        return shape
    }

    func noise(_ shape: [Int]) -> NoiseShape { noiseShape.map { NoiseShape($0, shape) } ?? NoiseShape(shape) }
}
