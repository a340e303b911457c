import Base
import Tensors

/// Where samples enter.
public struct InputLayer: Layer {
    public static let className = "InputLayer"
    public var name = "input"
    public var trainable = true
    /// The samples' shape, with what is free in it.
    public var declared: SampleShape
    public var shape: [Int] { declared.sizes }

    public init(name: String, shape: SampleShape) { (self.name, declared) = (name, shape) }
    public init(name: String, shape: [Int]) { self.init(name: name, shape: SampleShape(shape)) }

    public init(from config: inout LayerConfig) throws(CellarError) {
        let (old, new) = (try config.batchShape("batch_input_shape"), try config.batchShape("batch_shape"))
        guard let shape = old ?? new else {
            throw config.error("batch_input_shape is missing", key: "batch_input_shape")
        }
        declared = shape
        config.ignore("sparse", "ragged", "optional", "dtype")
    }

    public var config: JSONObject {
        ["batch_input_shape": declared.json, "dtype": "float32", "sparse": false, "ragged": false]
    }

    public func outputShape(for inputs: [[Int]]) -> [Int] { shape }
    public func forward(_ step: Step) {}
    public func backward(_ step: Step) {}
}
