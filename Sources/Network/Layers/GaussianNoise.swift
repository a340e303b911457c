import Base
import Tensors

/// Adds normal noise of standard deviation `stddev` while training.
public struct GaussianNoise: TrainingLayer {
    public static let className = "GaussianNoise"
    public var name = "gaussian_noise"
    public var trainable = true
    public var stddev: Double

    public init(stddev: Double) { self.stddev = stddev }

    public init(from config: inout LayerConfig) throws(CellarError) {
        stddev = try config.double("stddev", in: 0...Double.greatestFiniteMagnitude)
        config.ignore("seed")
    }

    public var config: JSONObject { ["stddev": .number(stddev), "seed": .null] }

    public static var isCheap: Bool { true }
    public func isElementwise(_ shape: [Int]) -> Bool { true }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { try onlyShape(inputs) }

    public func isView(training: Bool) -> Bool { !training || stddev == 0 }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        isView(training: training) ? 0 : NoiseShape(inputs[0]).scratch(rows: rows)
    }

    public func forward(_ call: CallMemory) {
        call.y.copy(from: call.x())
        guard call.training else { return }
        let deviation = Float(stddev)
        add(NoiseShape(call.outputShape).draw(call) { deviation * $0.normal($1) }, to: call.y)
    }

    public func backward(_ call: CallMemory) { call.dx()?.copy(from: call.dy) }
}

/// Multiplies by normal noise of mean 1 and standard deviation √(rate / (1 − rate)) while training, which is
/// the standard deviation of Dropout (Srivastava et al., 2014, section 10).
public struct GaussianDropout: TrainingLayer {
    public static let className = "GaussianDropout"
    public var name = "gaussian_dropout"
    public var trainable = true
    public var rate: Double

    public init(rate: Double) { self.rate = rate }

    public init(from config: inout LayerConfig) throws(CellarError) {
        rate = try config.double("rate", in: 0...1)
        config.ignore("seed")
    }

    public var config: JSONObject { ["rate": .number(rate), "seed": .null] }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { try onlyShape(inputs) }

    // At a rate of 1 the standard deviation would be infinite; Keras returns the input unchanged.
    public func isView(training: Bool) -> Bool { !training || rate == 0 || rate == 1 }

    public func scratch(for inputs: [[Int]], rows: Int, training: Bool) -> Int {
        isView(training: training) ? 0 : NoiseShape(inputs[0]).scratch(rows: rows)
    }

    public func forward(_ call: CallMemory) {
        guard call.training else { return call.y.copy(from: call.x()) }
        let deviation = Float((rate / (1 - rate)).squareRoot())
        let factors = NoiseShape(call.outputShape).draw(call) { 1 + deviation * $0.normal($1) }
        multiplyElements(call.x(), factors, into: call.y)
    }

    public func backward(_ call: CallMemory) {
        guard let dx = call.dx() else { return }
        multiplyElements(call.dy, call.scratch.prefix(dx.count), into: dx)
    }
}
