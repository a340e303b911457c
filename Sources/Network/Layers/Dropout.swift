import JSONText
import Tensors

/// While training, each number is dropped with probability `rate` and the rest is scaled by 1 / (1 − rate)
/// (Srivastava et al., 2014); at inference, nothing happens.
public struct Dropout: Layer {
    public static let className = "Dropout"
    public var name = "dropout"
    public var trainable = true
    public var rate: Double

    public init(rate: Double) { self.rate = rate }

    public init(from config: inout LayerConfig) throws(ConfigError) {
        rate = try config.double("rate", in: 0...1)
        try config.refuse("noise_shape")
        config.ignore("seed")
    }

    public var config: JSONObject { ["rate": .number(rate), "noise_shape": .null, "seed": .null] }

    public func outputShape(for inputs: [[Int]]) throws(ConfigError) -> [Int] { try onlyShape(inputs) }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    public func isView(training: Bool) -> Bool { !training || rate == 0 }

    /// One number for each of the input's: 0 where it is dropped, else the factor.
    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        isView(training: training) ? 0 : rows * inputs[0].reduce(1, *)
    }

    public func forward(_ step: Step) {
        let (x, y) = (step.x(), step.y)
        guard step.training else { return y.copy(from: x) }
        let mask = step.scratch.prefix(x.count)
        let random = step.lane.random(for: step.call)
        let factor = rate < 1 ? Float(1 / (1 - rate)) : 0
        // Places count from the batch's first row, so that the mask does not depend on the number of threads.
        let first = step.firstRow * step.outputSize
        for i in 0..<x.count { mask[i] = random.uniform(first + i) < Float(rate) ? 0 : factor }
        multiplyElements(x, mask, into: y)
    }

    public func backward(_ step: Step) {
        guard let dx = step.dx() else { return }
        multiplyElements(step.dy, step.scratch.prefix(dx.count), into: dx)
    }
}
