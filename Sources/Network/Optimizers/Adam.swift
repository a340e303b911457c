import Glibc
import Base
import Tensors

/// `m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); w −= α · m / (√v + ε)`, α = lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ).
///
/// Kingma and Ba (2015), with ε where Keras has it: outside the root and without bias correction. With
/// amsgrad (Reddi et al., 2018), the largest v so far replaces v. Slots: m, v, and vhat with amsgrad.
public struct Adam: Optimizer {
    public static let className = "Adam"
    public var learningRate: Double
    public var general = GeneralOptions()
    public var beta1, beta2, epsilon: Double
    public var amsgrad: Bool

    public init(
        learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
        amsgrad: Bool = false
    ) {
        (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
        (self.epsilon, self.amsgrad) = (epsilon, amsgrad)
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        (learningRate, general) = try GeneralOptions.read(&config, rate: 0.001)
        beta1 = try config.double("beta_1", default: 0.9, in: 0...1)
        beta2 = try config.double("beta_2", default: 0.999, in: 0...1)
        epsilon = try config.double("epsilon", default: 1e-7, in: 0...1)
        amsgrad = try config.bool("amsgrad", default: false)
    }

    public var config: JSONObject {
        [
            "beta_1": .number(asFloat(beta1)), "beta_2": .number(asFloat(beta2)), "epsilon": .number(epsilon),
            "amsgrad": .bool(amsgrad),
        ]
    }

    public var slotNames: [String] { amsgrad ? ["m", "v", "vhat"] : ["m", "v"] }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        stepAdam(
            weights, gradient: gradient, m: slots[0], v: slots[1], largest: amsgrad ? slots[2] : nil,
            alpha: stepSize(rate: Float(learningRate), iteration: iteration), beta1: Float(beta1),
            beta2: Float(beta2), epsilon: Float(epsilon))
    }

    /// Returns α of the step, with powers in float32, the type of Keras' variables.
    public func stepSize(rate: Float, iteration: Int) -> Float {
        let t = Float(iteration)
        return rate * (1 - pow(Float(beta2), t)).squareRoot() / (1 - pow(Float(beta1), t))
    }

    public func deferredUpdates(of matrix: DeferrableMatrix, batchSize: Int) -> (any DeferredUpdates)? {
        guard !amsgrad, Float(epsilon) >= smallestQuickEpsilon, batchSize <= DeferredAdam.largestBatch else {
            return nil
        }
        return DeferredAdam(
            w: matrix.weights, m: matrix.slots[0], v: matrix.slots[1], rows: matrix.rows,
            columns: matrix.columns, stride: matrix.stride, beta1: Float(beta1), beta2: Float(beta2),
            epsilon: Float(epsilon))
    }
}
