import Base

/// A layer of a config during its conversion between generations.
struct LayerEntry {
    var className: String
    var config: JSONObject
    /// The module of the class: `keras.layers`. Keras 3 and late tf.keras record it.
    var module: String?

    /// The name for messages: `Dense "hiddenLayer1"`.
    var subject: String { config["name"]?.string.map { "\(className) \"\($0)\"" } ?? className }

    func unsupported(_ message: String) -> CellarError { CellarError(.badData, "\(subject): \(message)") }

    /// Renames an option. An existing value of the new name stays.
    mutating func rename(_ old: String, _ new: String) {
        guard let value = config[old] else { return }
        config[old] = nil
        if config[new] == nil { config[new] = value }
    }

    /// Sets an option to an old default value if it is missing.
    mutating func standard(_ key: String, _ value: JSON) {
        if config[key] == nil || config[key] == .null { config[key] = value }
    }

    mutating func remove(_ keys: String...) { for key in keys { config[key] = nil } }

    mutating func change(_ key: String, _ body: (JSON) throws -> JSON) rethrows {
        if let value = config[key], !value.isNull { config[key] = try body(value) }
    }
}
