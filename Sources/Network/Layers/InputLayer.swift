import Base
import Tensors

/// The input of a network.
public struct InputLayer: StatelessLayer {
    public static let className = "InputLayer"
    public var name = "input"
    public var trainable = true
    /// The samples' shape, including free sizes.
    public var declared: SampleShape
    public var shape: [Int] { declared.sizes }
    /// True if the samples are texts.
    public var isText = false

    public init(name: String, shape: SampleShape) { (self.name, declared) = (name, shape) }
    public init(name: String, shape: [Int], isText: Bool = false) {
        self.init(name: name, shape: SampleShape(shape))
        self.isText = isText
    }

    public init(from config: inout LayerConfig) throws(CellarError) {
        let (old, new) = (try config.batchShape("batch_input_shape"), try config.batchShape("batch_shape"))
        guard let shape = old ?? new else {
            throw config.error("batch_input_shape is missing", key: "batch_input_shape")
        }
        declared = shape
        isText = config.value("dtype")?.string == "string"
        config.ignore("sparse", "ragged", "optional", "dtype")
    }

    public var config: JSONObject {
        [
            "batch_input_shape": declared.json, "dtype": isText ? "string" : "float32", "sparse": false,
            "ragged": false,
        ]
    }

    public static var isInput: Bool { true }
    public var sampleShape: SampleShape? { declared }
    public mutating func bind(to shape: [Int]) { declared.sizes = shape }
    public static var isCheap: Bool { true }

    public func outputShape(for inputs: [[Int]]) -> [Int] { shape }
    public func forward(_ call: CallMemory) {}
    public func backward(_ call: CallMemory) {}
}
