import JSONText
import Tensors

/// How weights follow their gradients. An optimizer holds options only; its slots (momentum and the like) are arenas of
/// the executor, of the same shape as the parameters, so that a step is one pass over flat memory.
///
/// Source of formulas, options, defaults and slot order: Keras 2.10.
public protocol Optimizer: Sendable {
    /// Keras' class name.
    static var className: String { get }
    init(from config: inout LayerConfig) throws(ConfigError)
    /// Its own options as Keras 2.10 writes them, without name and learning rate.
    var config: JSONObject { get }
    var learningRate: Double { get set }
    /// Keras 2.10's names of the slots, in the order of the file; all parameters have the first slot, then the second …
    var slotNames: [String] { get }
    /// True where a step is `w −= lr · g` and nothing else.
    var isPlainDescent: Bool { get }
    /// One step, the `iteration`-th, counted from 1, over flat memory.
    func step(_ weights: Floats, gradient: Floats, slots: [Floats], iteration: Int)
}

extension Optimizer {
    public var className: String { Self.className }
    public var isPlainDescent: Bool { false }

    /// `learning_rate`, or `lr` as older files call it.
    static func readLearningRate(_ config: inout LayerConfig, default standard: Double) throws(ConfigError)
        -> Double
    {
        if let schedule = config.object["learning_rate"], schedule.object != nil {
            throw config.error("learning-rate schedules are not supported", key: "learning_rate")
        }
        let old = try config.double("lr", default: standard, in: 0...1e6)
        config.ignore("name", "jit_compile", "is_legacy_optimizer", "ema_momentum", "ema_overwrite_frequency")
        config.ignore("loss_scale_factor", "gradient_accumulation_steps")
        try config.refuse("clipnorm", "clipvalue", "global_clipnorm", "weight_decay")
        if try config.bool("use_ema", default: false) {
            throw config.error("use_ema is not supported", key: "use_ema")
        }
        if try config.double("decay", default: 0) != 0 {
            throw config.error("decay is not supported", key: "decay")
        }
        return try config.double("learning_rate", default: old, in: 0...1e6)
    }

    /// As Keras 2.10 writes it; numbers have passed through float32 there, and so here.
    public var json: JSON {
        var object: JSONObject = [
            "name": .string(className), "learning_rate": .number(asFloat(learningRate)),
        ]
        for (key, value) in config.members { object[key] = value }
        return ["class_name": .string(className), "config": .object(object)]
    }
}

/// The double that a float32 variable of Keras shows: 0.001 is 0.0010000000474974513.
func asFloat(_ value: Double) -> Double { Double(Float(value)) }

public enum OptimizerTable {
    static let all: [any Optimizer.Type] = [SGD.self, Adam.self, RMSprop.self]

    /// Reads `"adam"` or `{"class_name": "Adam", "config": {…}}`; newer Keras 2 writes `Custom>Adam`.
    public static func make(from json: JSON, strict: Bool = false) throws(ConfigError) -> any Optimizer {
        guard let text = json.string ?? json["class_name"]?.string else {
            throw ConfigError("an optimizer is a word such as adam, not \(json.kind)")
        }
        let name = text.hasPrefix("Custom>") ? String(text.dropFirst(7)) : text
        guard let type = all.first(where: { $0.className.lowercased() == name.lowercased() }) else {
            let words = all.map { $0.className }
            let hint =
                nearest(name, in: words).map { "; did you mean \($0)?" }
                ?? "; known are \(words.joined(separator: ", "))"
            throw ConfigError("there is no optimizer \"\(text)\"\(hint)")
        }
        var reader = LayerConfig(className: type.className, json["config"]?.object ?? [:])
        let optimizer = try type.init(from: &reader)
        if strict { try reader.rejectUnknownKeys() }
        return optimizer
    }
}
