import JSONText
import Tensors

/// A layer that changes nothing at inference: it works on training alone.
protocol TrainingLayer: Layer {}

/// Its input.
public struct Identity: TrainingLayer {
    public static let className = "Identity"
    public var name = "identity"
    public var trainable = true

    public init() {}
    public init(from config: inout LayerConfig) throws(ConfigError) {}
    public var config: JSONObject { [:] }
    public func outputShape(for inputs: [[Int]]) throws(ConfigError) -> [Int] { try onlyShape(inputs) }
    public func isView(training: Bool) -> Bool { true }
    public func forward(_ step: Step) {}
    public func backward(_ step: Step) {}
}
