import Base
import Tensors

/// `w −= lr · g`. With momentum μ: `v = μ·v − lr·g; w += v`, or with Nesterov `w += μ·v − lr·g`.
/// Slot: v, sign included.
public struct SGD: Optimizer {
    public static let className = "SGD"
    public var learningRate: Double
    public var general = GeneralOptions()
    public var momentum: Double
    public var nesterov: Bool

    public init(learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false) {
        (self.learningRate, self.momentum, self.nesterov) = (learningRate, momentum, nesterov)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        (learningRate, general) = try GeneralOptions.read(&config, rate: 0.01)
        momentum = try config.double("momentum", default: 0, in: 0...1)
        nesterov = try config.bool("nesterov", default: false)
    }

    public var config: JSONObject { ["momentum": .number(asFloat(momentum)), "nesterov": .bool(nesterov)] }
    public var isPlainDescent: Bool { momentum == 0 }
    public var slotNames: [String] { momentum == 0 ? [] : ["momentum"] }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        let rate = Float(learningRate)
        guard let velocity = slots.first else {
            return stepSGD(weights, gradient: gradient, learningRate: rate)
        }
        stepMomentum(
            weights, gradient: gradient, velocity: velocity, learningRate: rate, momentum: Float(momentum),
            nesterov: nesterov)
    }
}
