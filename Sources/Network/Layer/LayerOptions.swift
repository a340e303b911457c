import Base

/// The options of a layer in the configs of model files and recipes.
public protocol LayerOptions: Sendable {
    /// Keras' class name.
    static var className: String { get }

    /// Keras' name of the layer: the group of its weights in files.
    var name: String { get set }

    /// False for a layer whose weights are frozen in training.
    var trainable: Bool { get set }

    /// Reads the layer's own options. `name` and `trainable` are set by the caller.
    init(from config: inout LayerConfig) throws(CellarError)

    /// The layer's own options as Keras 2.10 writes them, without name, trainable and dtype.
    var config: JSONObject { get }

    /// The options of the call that change the output, such as `use_causal_mask`, with Keras' names.
    var callOptions: JSONObject { get }
    /// Applies options of the call. Throws an error for one that the layer does not have.
    mutating func take(callOptions: JSONObject) throws(CellarError)

    /// Applies a mask argument of the call, which is its input's mask.
    mutating func takeMaskArgument()

    /// The options in `config` that are computed from the training data, such as Normalization's mean.
    static var adaptedOptions: [String] { get }

    /// The results of `adapt` that Keras 3 keeps among the weights, beside those that are trained: arrays by their places below the
    /// layer's group.
    var adaptedArrays: [(place: String, values: [Float])] { get }

    /// The same function as a class that all versions of Keras have.
    var portable: any Layer { get }
    /// The layer as files know it: for a layer of a model inside TimeDistributed, the layer of one time step.
    var inFile: any Layer { get }
    /// Whether the layer scales vectors to length 1 as Keras 3 does, where short ones are scaled too; nil for a layer that
    /// scales none.
    var scalesShortVectors: Bool? { get }
    /// The layer inside a wrapper such as TimeDistributed; nil for other layers.
    var wrapped: (any Layer)? { get }
    /// Returns the reason why no current version of Keras can express the layer; nil if it can.
    func reasonNotWritable(receivesMask: () -> Bool) -> String?
}

extension LayerOptions {
    public var className: String { Self.className }
    public var callOptions: JSONObject { [:] }
    public mutating func takeMaskArgument() {}
    public static var adaptedOptions: [String] { [] }
    public var adaptedArrays: [(place: String, values: [Float])] { [] }
    public func reasonNotWritable(receivesMask: () -> Bool) -> String? { nil }
}

extension Layer {
    public var portable: any Layer { self }
    public var inFile: any Layer { self }
    public var scalesShortVectors: Bool? { nil }
    public var wrapped: (any Layer)? { nil }

    public func take(callOptions: JSONObject) throws(CellarError) {
        if let (name, value) = callOptions.members.first {
            throw CellarError(
                "is called with \(name) = \(value.text().prefix(60)), which is not supported",
                subject: subject)
        }
    }
}
