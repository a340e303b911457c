import Base
import Tensors

/// A layer that applies one elementwise function with options.
public protocol ParametricActivationLayer: StatelessLayer {
    var function: ParametricActivation { get set }
    /// Creates the layer with Keras' default options.
    init()
}

extension ParametricActivationLayer {
    public init(from config: inout LayerConfig) throws(CellarError) {
        self.init()
        if let read = try ParametricActivation(className: Self.className, from: &config) { function = read }
    }

    public var onlyActivation: Activation? {
        function == .relu(highest: nil, slope: 0, threshold: 0) ? .relu : .parametric(function)
    }

    public var config: JSONObject { function.config }

    public func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { try onlyShape(inputs) }

    public func mask(for inputs: [[Int]], masks: [[Int]?]) -> MaskUse { .passes }

    public func forward(_ call: CallMemory) { function.forward(call.x(), into: call.y) }

    public func backward(_ call: CallMemory) {
        if let dx = call.dx() { function.backward(call.dy, z: call.x(), into: dx) }
    }
}

/// x, limited to `max_value`, if it is above `threshold`; `negative_slope · (x − threshold)` elsewhere.
public struct ReLU: ParametricActivationLayer {
    public static let className = "ReLU"
    public var name = "re_lu"
    public var trainable = true
    public var function = ParametricActivation.relu(highest: nil, slope: 0, threshold: 0)
    public init() {}
}

/// x above 0, `alpha · x` elsewhere. The default alpha is Keras' 0.3, while the activation `leaky_relu` uses
/// 0.2.
public struct LeakyReLU: ParametricActivationLayer {
    public static let className = "LeakyReLU"
    public var name = "leaky_re_lu"
    public var trainable = true
    public var function = ParametricActivation.leakyReLU(alpha: 0.3)
    public init() {}
}

/// x above 0, `alpha · (eˣ − 1)` elsewhere.
public struct ELU: ParametricActivationLayer {
    public static let className = "ELU"
    public var name = "elu"
    public var trainable = true
    public var function = ParametricActivation.elu(alpha: 1)
    public init() {}
}

/// x above `theta`, 0 elsewhere. Keras 3 no longer has it, so it is written as a ReLU.
public struct ThresholdedReLU: ParametricActivationLayer {
    public static let className = "ThresholdedReLU"
    public var name = "thresholded_re_lu"
    public var trainable = true
    public var function = ParametricActivation.thresholdedReLU(theta: 1)
    public init() {}

    /// Keras 3 has no such class.
    public var portable: any Layer {
        var relu = ReLU()
        (relu.name, relu.trainable) = (name, trainable)
        if case .thresholdedReLU(let theta) = function {
            relu.function = .relu(highest: nil, slope: 0, threshold: theta)
        }
        return relu
    }
}
