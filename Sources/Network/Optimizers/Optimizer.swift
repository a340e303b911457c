import Base
import Tensors

/// How weights follow their gradients. An optimizer holds options only; its slots (momentum and the like) are arenas of
/// the executor, of the same shape as the parameters, so that a step is one pass over flat memory.
///
/// Source of formulas, options, defaults and slot order: Keras 2.10.
public protocol Optimizer: Sendable {
    /// Keras' class name.
    static var className: String { get }
    init(from config: inout LayerConfig) throws(CellarError)
    /// Its own options as Keras 2.10 writes them, without name, learning rate and those of `general`.
    var config: JSONObject { get }
    /// Where a schedule is set, the rate that it begins with.
    var learningRate: Double { get set }
    /// What all optimizers have: a schedule, clipping, weight decay.
    var general: GeneralOptions { get set }
    /// Keras 2.10's names of the slots, in the order of the file; all parameters have the first slot, then the second …
    var slotNames: [String] { get }
    /// What a slot holds before the first step.
    func initialValue(ofSlot slot: Int) -> Float
    /// True where a step is `w −= lr · g` and nothing else.
    var isPlainDescent: Bool { get }
    /// Steps of a matrix whose rows may be updated later (see `DeferredUpdates`); nil where the optimizer has no such
    /// form, or none for batches of that size.
    func deferredUpdates(of matrix: DeferrableMatrix, batchSize: Int) -> (any DeferredUpdates)?
    /// The factor of the `iteration`-th step, from its learning rate: Adam's α.
    func stepSize(rate: Float, iteration: Int) -> Float
    /// The number that Keras' Nadam saves beside its slots; nil for other optimizers.
    func savedMomentumProduct(after iterations: Int) -> Float?
    /// Called before the `iteration`-th step, counted from 1, of all weights.
    mutating func begin(iteration: Int)
    /// One step, the `iteration`-th, counted from 1, over flat memory.
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

    /// Whether it computes as Keras 2.11 and later do, where these differ.
    public var newer: Bool {
        get { general.newer }
        set { general.newer = newValue }
    }

    /// The rate of the step after `iterations` ones.
    public func learningRate(after iterations: Int) -> Float {
        general.rate(Float(learningRate), after: iterations)
    }

    /// As Keras 2.10 writes it; numbers have passed through float32 there, and so here.
    public var json: JSON {
        var object: JSONObject = ["name": .string(className)]
        object["learning_rate"] = general.schedule?.json ?? .number(asFloat(learningRate))
        for (key, value) in general.config.members + config.members { object[key] = value }
        return ["class_name": .string(className), "config": .object(object)]
    }
}

/// The double that a float32 variable of Keras shows: 0.001 is 0.0010000000474974513.
func asFloat(_ value: Double) -> Double { Double(Float(value)) }

public enum OptimizerTable {
    static let all: [any Optimizer.Type] = [
        SGD.self, Adam.self, RMSprop.self, Adagrad.self, Adadelta.self, Adamax.self, Nadam.self, AdamW.self,
        Ftrl.self, Lion.self,
    ]

    /// Reads `"adam"` or `{"class_name": "Adam", "config": {…}}`; newer Keras 2 writes `Custom>Adam`.
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
        // Keras 2.10 has none of these; whoever names them means the formulas of those that have.
        if text.hasPrefix("Custom>") || optimizer.general.weightDecay != nil { optimizer.newer = true }
        if strict { try reader.rejectUnknownKeys() }
        return optimizer
    }
}
