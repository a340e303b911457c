import Base

/// The options of a layer, as configs of model files and recipes have them.
public protocol LayerOptions: Sendable {
    /// Keras' class name.
    static var className: String { get }

    /// Keras' name of the layer: the group of its weights in files.
    var name: String { get set }

    /// A layer that is not trainable keeps its weights while the rest learns.
    var trainable: Bool { get set }

    /// Reads the layer's own options. `name` and `trainable` are set by the caller.
    init(from config: inout LayerConfig) throws(CellarError)

    /// The layer's own options as Keras 2.10 writes them, without name, trainable and dtype.
    var config: JSONObject { get }

    /// Options of the call that change the output, such as `use_causal_mask`, as Keras names them.
    var callOptions: JSONObject { get }
    /// Takes such options; an error for one that the layer does not have.
    mutating func take(callOptions: JSONObject) throws(CellarError)

    /// Takes a mask as an argument of the call, which is its input's mask.
    mutating func takeMaskArgument()

    /// The options in `config` that are computed from the training data, as Normalization's mean is.
    static var adaptedOptions: [String] { get }

    /// The same function as a class that every release of Keras has.
    var portable: any Layer { get }
    /// The reason why no current Keras can express the layer; nil where it can.
    func reasonNotWritable(receivesMask: () -> Bool) -> String?
}

extension LayerOptions {
    public var className: String { Self.className }
    public var callOptions: JSONObject { [:] }
    public mutating func takeMaskArgument() {}
    public static var adaptedOptions: [String] { [] }
    public func reasonNotWritable(receivesMask: () -> Bool) -> String? { nil }
}

extension Layer {
    public var portable: any Layer { self }

    public func take(callOptions: JSONObject) throws(CellarError) {
        if let (name, value) = callOptions.members.first {
            throw CellarError(
                "is called with \(name) = \(value.text().prefix(60)), which is not supported",
                subject: subject)
        }
    }
}
