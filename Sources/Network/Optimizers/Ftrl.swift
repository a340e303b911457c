import Base
import Tensors

/// "Follow the regularized leader" (McMahan et al., 2013), with L2 shrinkage as in Keras:
///
///     a' = a + g²; z += g + 2·s·w − (a'^−p − a^−p) / lr · w; a = a'
///     w = (clip(z, −λ₁, λ₁) − z) / (a^−p / lr + 2·λ₂ + β / lr)
///
/// Slots: accumulator a, with the initial value 0.1, and linear z.
public struct Ftrl: Optimizer {
    public static let className = "Ftrl"
    public var learningRate: Double
    public var general = GeneralOptions()
    public var power = -0.5
    public var initialAccumulator = 0.1
    public var l1 = 0.0
    public var l2 = 0.0
    public var l2Shrinkage = 0.0
    public var beta = 0.0

    public init(learningRate: Double = 0.001) { self.learningRate = learningRate }

    public init(from config: inout LayerConfig) throws(CellarError) {
        (learningRate, general) = try GeneralOptions.read(&config, rate: 0.001)
        power = try config.double("learning_rate_power", default: -0.5, in: -10...0)
        initialAccumulator = try config.double("initial_accumulator_value", default: 0.1, in: 0...1e6)
        l1 = try config.double("l1_regularization_strength", default: 0, in: 0...1e6)
        l2 = try config.double("l2_regularization_strength", default: 0, in: 0...1e6)
        l2Shrinkage = try config.double("l2_shrinkage_regularization_strength", default: 0, in: 0...1e6)
        beta = try config.double("beta", default: 0, in: 0...1e6)
    }

    public var config: JSONObject {
        [
            "learning_rate_power": .number(power), "initial_accumulator_value": .number(initialAccumulator),
            "l1_regularization_strength": .number(l1), "l2_regularization_strength": .number(l2),
            "l2_shrinkage_regularization_strength": .number(l2Shrinkage), "beta": .number(beta),
        ]
    }

    public var slotNames: [String] { ["accumulator", "linear"] }
    public func initialValue(ofSlot slot: Int) -> Float { slot == 0 ? Float(initialAccumulator) : 0 }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        let rate = Float(learningRate)
        stepFtrl(
            weights, gradient: gradient, sum: slots[0], linear: slots[1], learningRate: rate,
            power: Float(power), l1: Float(l1), l2: Float(l2) + Float(beta) / (2 * rate),
            l2Shrinkage: Float(l2Shrinkage))
    }
}
