import Glibc
import Base
import Tensors

/// `m += (g − m)(1 − β₁); u = max(β₂·u, |g|); w −= lr / (1 − β₁ᵗ) · m / (u + ε)`
/// (Kingma and Ba, 2015, section 7.1).
///
/// Slots: m, and v for u.
public struct Adamax: Optimizer {
    public static let className = "Adamax"
    public var learningRate: Double
    public var general = GeneralOptions()
    public var beta1, beta2, epsilon: Double

    public init(
        learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7
    ) {
        (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        (learningRate, general) = try GeneralOptions.read(&config, rate: 0.001)
        beta1 = try config.double("beta_1", default: 0.9, in: 0...1)
        beta2 = try config.double("beta_2", default: 0.999, in: 0...1)
        epsilon = try config.double("epsilon", default: 1e-7, in: 0...1)
    }

    public var config: JSONObject {
        ["beta_1": .number(asFloat(beta1)), "beta_2": .number(asFloat(beta2)), "epsilon": .number(epsilon)]
    }

    public var slotNames: [String] { ["m", "v"] }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        let b1 = Float(beta1)
        stepAdamax(
            weights, gradient: gradient, m: slots[0], largest: slots[1],
            alpha: Float(learningRate) / (1 - pow(b1, Float(iteration))), beta1: b1, beta2: Float(beta2),
            epsilon: Float(epsilon))
    }
}
