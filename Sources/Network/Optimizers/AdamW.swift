import Base
import Tensors

/// Adam with decoupled weight decay, 0.004 by default (Loshchilov and Hutter, 2019). Keras 2.10 does not have
/// it.
public struct AdamW: Optimizer {
    public static let className = "AdamW"
    public var adam: Adam

    public init(learningRate: Double = 0.001, weightDecay: Double = 0.004) {
        adam = Adam(learningRate: learningRate)
        adam.general.weightDecay = weightDecay
        adam.general.newer = true
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        adam = try Adam(from: &config)
        adam.general.weightDecay = adam.general.weightDecay ?? 0.004
        adam.general.newer = true
    }

    public var learningRate: Double {
        get { adam.learningRate }
        set { adam.learningRate = newValue }
    }
    public var general: GeneralOptions {
        get { adam.general }
        set { adam.general = newValue }
    }
    public var config: JSONObject { adam.config }
    public var slotNames: [String] { adam.slotNames }

    public func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int) {
        adam.step(weights, gradient: gradient, slots: slots, iteration: iteration)
    }
}
