import Base
import Tensors

/// `a += g²; w −= lr · g / (√a + ε)` (Duchi, Hazan and Singer, 2011). Slot: accumulator, with the initial
/// value 0.1.
///
/// In Keras 2.11 and later (`newer`), ε is inside the root.
public struct Adagrad: Optimizer {
    public static let className = "Adagrad"
    public var learningRate: Double
    public var general = GeneralOptions()
    public var initialAccumulator, epsilon: Double

    public init(learningRate: Double = 0.001, initialAccumulator: Double = 0.1, epsilon: Double = 1e-7) {
        (self.learningRate, self.initialAccumulator) = (learningRate, initialAccumulator)
        self.epsilon = epsilon
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        (learningRate, general) = try GeneralOptions.read(&config, rate: 0.001)
        initialAccumulator = try config.double("initial_accumulator_value", default: 0.1, in: 0...1e6)
        epsilon = try config.double("epsilon", default: 1e-7, in: 0...1)
    }

    public var config: JSONObject {
        ["initial_accumulator_value": .number(initialAccumulator), "epsilon": .number(epsilon)]
    }

    public var slotNames: [String] { ["accumulator"] }
    public func initialValue(ofSlot slot: Int) -> Float { Float(initialAccumulator) }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        stepAdagrad(
            weights, gradient: gradient, sum: slots[0], learningRate: Float(learningRate),
            epsilon: Float(epsilon), epsilonOutsideRoot: !newer)
    }
}
