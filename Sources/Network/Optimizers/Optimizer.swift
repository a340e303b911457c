import Base
import Tensors

/// Updates weights from their gradients. An optimizer has only options; its slots (such as momentum) are
/// arenas of the executor with the layout of the parameters, so that a step is one pass over flat memory.
///
/// Source of formulas, options, defaults and slot order: Keras 2.10.
public protocol Optimizer: Sendable {
    /// Keras' class name.
    static var className: String { get }
    init(from config: inout LayerConfig) throws(CellarError)
    /// The optimizer's own options as Keras 2.10 writes them, without name, learning rate and those of
    /// `general`.
    var config: JSONObject { get }
    /// The learning rate; with a schedule, its initial value.
    var learningRate: Double { get set }
    /// The options of all optimizers: schedule, clipping, weight decay.
    var general: GeneralOptions { get set }
    /// Keras 2.10's slot names in the order of the file: the first slot of all parameters, then the second, …
    var slotNames: [String] { get }
    /// Returns the initial value of a slot.
    func initialValue(ofSlot slot: Int) -> Float
    /// True if a step is only `w −= lr · g`.
    var isPlainDescent: Bool { get }
    /// Returns the steps on a matrix whose rows may be updated later (see `DeferredUpdates`); nil if the
    /// optimizer does not support this for batches of that size.
    func deferredUpdates(of matrix: DeferrableMatrix, batchSize: Int) -> (any DeferredUpdates)?
    /// Returns the factor of a step: Adam's α. Steps are counted from 1.
    func stepSize(rate: Float, iteration: Int) -> Float
    /// Returns the value that Keras' Nadam saves in addition to its slots; nil for other optimizers.
    func savedMomentumProduct(after iterations: Int) -> Float?
    /// Prepares a step of all weights. Steps are counted from 1.
    mutating func begin(iteration: Int)
    /// Makes a step on flat memory. Steps are counted from 1.
    func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int)
}

extension Optimizer {
    public var className: String { Self.className }
    public var isPlainDescent: Bool { false }
    public func initialValue(ofSlot slot: Int) -> Float { 0 }
    public func deferredUpdates(of matrix: DeferrableMatrix, batchSize: Int) -> (any DeferredUpdates)? { nil }
    public func stepSize(rate: Float, iteration: Int) -> Float { rate }
    public func savedMomentumProduct(after iterations: Int) -> Float? { nil }
    public mutating func begin(iteration: Int) {}

    /// True for the formulas of Keras 2.11 and later.
    public var newer: Bool {
        get { general.newer }
        set { general.newer = newValue }
    }

    /// Returns the learning rate after `iterations` steps.
    public func learningRate(after iterations: Int) -> Float {
        general.rate(Float(learningRate), after: iterations)
    }

    /// The optimizer as Keras 2.10 writes it: numbers are rounded to float32.
    public var json: JSON {
        var object: JSONObject = ["name": .string(className)]
        object["learning_rate"] = general.schedule?.json ?? .number(asFloat(learningRate))
        for (key, value) in general.config.members + config.members { object[key] = value }
        return ["class_name": .string(className), "config": .object(object)]
    }
}

/// Rounds to float32, like Keras' variables: 0.001 becomes 0.0010000000474974513.
func asFloat(_ value: Double) -> Double { Double(Float(value)) }

public enum OptimizerTable {
    static let all: [any Optimizer.Type] = [
        SGD.self, Adam.self, RMSprop.self, Adagrad.self, Adadelta.self, Adamax.self, Nadam.self, AdamW.self,
        Ftrl.self, Lion.self,
    ]

    /// Reads `"adam"` or `{"class_name": "Adam", "config": {…}}`. Newer versions of Keras 2 write
    /// `Custom>Adam`.
    public static func make(from json: JSON, strict: Bool = false) throws(CellarError) -> any Optimizer {
        guard let text = json.string ?? json["class_name"]?.string else {
            throw CellarError("an optimizer is a word such as adam, not \(json.kind)")
        }
        let name = text.hasPrefix("Custom>") ? String(text.dropFirst(7)) : text
        guard let type = all.first(where: { $0.className.lowercased() == name.lowercased() }) else {
            let words = all.map { $0.className }
            let hint =
                nearest(name, in: words).map { "; did you mean \($0)?" }
                ?? "; known are \(words.joined(separator: ", "))"
            throw CellarError("there is no optimizer \"\(text)\"\(hint)")
        }
        var reader = LayerConfig(className: type.className, json["config"]?.object ?? [:])
        var optimizer = try type.init(from: &reader)
        // Keras 2.10 has none of these options, so they select the formulas of the versions that have them.
        if text.hasPrefix("Custom>") || optimizer.general.weightDecay != nil { optimizer.newer = true }
        if strict { try reader.rejectUnknownKeys() }
        return optimizer
    }
}
