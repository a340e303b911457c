import Glibc
import Base
import Tensors

/// Adam with Nesterov momentum (Dozat, 2016): with μₜ = β₁ · (1 − ½ · 0.96^(d·t)) and Pₜ = μ₁ · … · μₜ,
///
///     m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂)
///     w −= lr · (μₜ₊₁ · m / (1 − Pₜ₊₁) + (1 − μₜ) · g / (1 − Pₜ)) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// d is 0.004 in Keras 2.10 and 1 in later versions (`newer`). Slots: m, v. Keras also saves P, which is
/// computed from t here.
public struct Nadam: Optimizer {
    public static let className = "Nadam"
    public var learningRate: Double
    public var general = GeneralOptions()
    public var beta1, beta2, epsilon: Double
    /// Keras 2.10's `decay`, earlier called `schedule_decay`: d.
    public var scheduleDecay = 0.004
    // P after `iteration` steps.
    private var product: (value: Float, iteration: Int) = (1, 0)

    public init(
        learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7
    ) {
        (self.learningRate, self.beta1, self.beta2, self.epsilon) = (learningRate, beta1, beta2, epsilon)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        (learningRate, general) = try GeneralOptions.read(&config, rate: 0.001, hasDecay: false)
        beta1 = try config.double("beta_1", default: 0.9, in: 0...1)
        beta2 = try config.double("beta_2", default: 0.999, in: 0...1)
        epsilon = try config.double("epsilon", default: 1e-7, in: 0...1)
        let decay = try config.double("decay", default: 0.004, in: 0...1e6)
        scheduleDecay = try config.double("schedule_decay", default: decay, in: 0...1e6)
    }

    public var config: JSONObject {
        var object: JSONObject = [
            "beta_1": .number(asFloat(beta1)), "beta_2": .number(asFloat(beta2)), "epsilon": .number(epsilon),
        ]
        // Keras 2.10's constructor accepts only the earlier name.
        if scheduleDecay != 0.004 { object["schedule_decay"] = .number(scheduleDecay) }
        return object
    }

    public var slotNames: [String] { ["m", "v"] }

    private func momentum(_ iteration: Int) -> Float {
        let exponent = newer ? Float(iteration) : Float(scheduleDecay) * Float(iteration)
        return Float(beta1) * (1 - 0.5 * pow(0.96, exponent))
    }

    public mutating func begin(iteration: Int) {
        // P is recomputed when training continues from a saved state.
        if product.iteration != iteration - 1 {
            product = (momentumProduct(after: iteration - 1), iteration - 1)
        }
        product = (product.value * momentum(iteration), iteration)
    }

    /// Returns Pₜ: Keras 2.10's `momentum_cache`.
    public func momentumProduct(after iterations: Int) -> Float {
        var value: Float = 1
        // When 0.96 to that power no longer changes 1, each factor is beta_1.
        var settled = 64
        while momentum(settled) != Float(beta1), settled < 1 << 30 { settled *= 2 }
        for iteration in 0..<max(iterations, 0) {
            value *= iteration >= settled ? Float(beta1) : momentum(iteration + 1)
            // The product only decreases, and stays at zero after an underflow.
            if value < Float.leastNormalMagnitude { return 0 }
        }
        return value
    }

    public func savedMomentumProduct(after iterations: Int) -> Float? { momentumProduct(after: iterations) }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        let (now, next) = (momentum(iteration), momentum(iteration + 1))
        stepNadam(
            weights, gradient: gradient, m: slots[0], v: slots[1], learningRate: Float(learningRate),
            beta1: Float(beta1), beta2: Float(beta2),
            momentumFactor: next / (1 - product.value * next),
            gradientFactor: (1 - now) / (1 - product.value),
            correction: 1 - pow(Float(beta2), Float(iteration)), epsilon: Float(epsilon))
    }
}
