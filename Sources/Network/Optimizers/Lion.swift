import Base
import Tensors

/// `w −= lr · sign(β₁·m + (1 − β₁)·g); m = β₂·m + (1 − β₂)·g` (Chen et al., 2023).
/// Keras 2.12 and earlier do not have it.
///
/// Slot: m.
public struct Lion: Optimizer {
    public static let className = "Lion"
    public var learningRate: Double
    public var general = GeneralOptions()
    public var beta1, beta2: Double

    public init(learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.99) {
        (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
        general.newer = true
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        (learningRate, general) = try GeneralOptions.read(&config, rate: 0.001)
        beta1 = try config.double("beta_1", default: 0.9, in: 0...1)
        beta2 = try config.double("beta_2", default: 0.99, in: 0...1)
        general.newer = true
    }

    public var config: JSONObject {
        [
            "beta_1": .number(asFloat(beta1)), "beta_2": .number(asFloat(beta2)),
            // Otherwise tf_keras would look for the class among those of 2.10.
            "is_legacy_optimizer": false,
        ]
    }

    public var slotNames: [String] { ["m"] }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        let (m, rate, b1, b2) = (slots[0], Float(learningRate), Float(beta1), Float(beta2))
        for i in 0..<weights.count {
            let direction = m[i] * b1 + gradient[i] * (1 - b1)
            weights[i] -= direction > 0 ? rate : direction < 0 ? -rate : 0
            m[i] = m[i] * b2 + gradient[i] * (1 - b2)
        }
    }
}
