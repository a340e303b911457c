import Base
import Tensors

/// `v = ρ·v + (1 − ρ)·g²; w −= lr · g / (√v + ε)` (Hinton's lecture 6e). With centered, the squared mean
/// gradient is subtracted from v.
///
/// Keras 2.10 has ε outside the root without momentum, and inside with it; later versions always have it
/// inside (`newer`).
/// Slots: rms, momentum (if any), mg (if centered).
public struct RMSprop: Optimizer {
    public static let className = "RMSprop"
    public var learningRate: Double
    public var general = GeneralOptions()
    public var rho, momentum, epsilon: Double
    public var centered: Bool

    public init(
        learningRate: Double = 0.001, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
        centered: Bool = false
    ) {
        (self.learningRate, self.rho, self.momentum) = (learningRate, rho, momentum)
        (self.epsilon, self.centered) = (epsilon, centered)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        (learningRate, general) = try GeneralOptions.read(&config, rate: 0.001)
        rho = try config.double("rho", default: 0.9, in: 0...1)
        momentum = try config.double("momentum", default: 0, in: 0...1)
        epsilon = try config.double("epsilon", default: 1e-7, in: 0...1)
        centered = try config.bool("centered", default: false)
    }

    public var config: JSONObject {
        [
            "rho": .number(asFloat(rho)), "momentum": .number(asFloat(momentum)), "epsilon": .number(epsilon),
            "centered": .bool(centered),
        ]
    }

    public var slotNames: [String] {
        ["rms"] + (momentum == 0 ? [] : ["momentum"]) + (centered ? ["mg"] : [])
    }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        let hasMomentum = momentum != 0
        stepRMSprop(
            weights, gradient: gradient, v: slots[0],
            meanGradient: centered ? slots[hasMomentum ? 2 : 1] : nil, velocity: hasMomentum ? slots[1] : nil,
            learningRate: Float(learningRate), rho: Float(rho), momentum: Float(momentum),
            epsilon: Float(epsilon),
            epsilonOutsideRoot: !newer && !hasMomentum)
    }
}
