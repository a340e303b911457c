import Base

/// One layer of a config, on its way from the words of one generation to those of another.
struct LayerEntry {
    var className: String
    var config: JSONObject
    /// Where the class comes from: `keras.layers`. Keras 3 and late tf.keras say so.
    var module: String?

    /// For messages: `Dense "hiddenLayer1"`.
    var subject: String { config["name"]?.string.map { "\(className) \"\($0)\"" } ?? className }

    func unsupported(_ message: String) -> CellarError { CellarError(.badData, "\(subject): \(message)") }

    /// The option under its present name. A value that has it already stays.
    mutating func rename(_ old: String, _ new: String) {
        guard let value = config[old] else { return }
        config[old] = nil
        if config[new] == nil { config[new] = value }
    }

    /// What the class took where nothing was said, if it was not what it is today.
    mutating func standard(_ key: String, _ value: JSON) {
        if config[key] == nil || config[key] == .null { config[key] = value }
    }

    mutating func remove(_ keys: String...) { for key in keys { config[key] = nil } }

    mutating func change(_ key: String, _ body: (JSON) throws -> JSON) rethrows {
        if let value = config[key], !value.isNull { config[key] = try body(value) }
    }
}
