import JSONText
import Tensors

/// Where samples enter.
public struct InputLayer: Layer {
    public static let className = "InputLayer"
    public var name = "input"
    public var trainable = true
    public var shape: [Int]

    public init(name: String, shape: [Int]) { (self.name, self.shape) = (name, shape) }

    public init(from config: inout LayerConfig) throws(ConfigError) {
        let (old, new) = (try config.batchShape("batch_input_shape"), try config.batchShape("batch_shape"))
        guard let shape = old ?? new else {
            throw config.error("batch_input_shape is missing", key: "batch_input_shape")
        }
        self.shape = shape
        config.ignore("sparse", "ragged", "optional", "dtype")
    }

    public var config: JSONObject {
        [
            "batch_input_shape": .array([.null] + shape.map { .integer($0) }), "dtype": "float32",
            "sparse": false,
            "ragged": false,
        ]
    }

    public func outputShape(for inputs: [[Int]]) -> [Int] { shape }
    public func forward(_ step: Step) {}
    public func backward(_ step: Step) {}
}
