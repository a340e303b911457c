import Base
import Tensors

/// `a = ρ·a + (1 − ρ)·g²; u = g · √(d + ε) / √(a + ε); d = ρ·d + (1 − ρ)·u²; w −= lr · u` (Zeiler, 2012).
///
/// Slots: accum_grad a, accum_var d. The default learning rate is 0.001 in Keras and 1 in the paper.
public struct Adadelta: Optimizer {
    public static let className = "Adadelta"
    public var learningRate: Double
    public var general = GeneralOptions()
    public var rho, epsilon: Double

    public init(learningRate: Double = 0.001, rho: Double = 0.95, epsilon: Double = 1e-7) {
        (self.learningRate, self.rho, self.epsilon) = (learningRate, rho, epsilon)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        (learningRate, general) = try GeneralOptions.read(&config, rate: 0.001)
        rho = try config.double("rho", default: 0.95, in: 0...1)
        epsilon = try config.double("epsilon", default: 1e-7, in: 0...1)
    }

    public var config: JSONObject { ["rho": .number(asFloat(rho)), "epsilon": .number(epsilon)] }
    public var slotNames: [String] { ["accum_grad", "accum_var"] }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        stepAdadelta(
            weights, gradient: gradient, squares: slots[0], updates: slots[1],
            learningRate: Float(learningRate), rho: Float(rho), epsilon: Float(epsilon))
    }
}
