import Base

extension JSON {
    /// The value without the wrappers that various releases put around tuples, NumPy arrays and shapes.
    var unwrapped: JSON {
        switch self {
        case .array(let items): return .array(items.map(\.unwrapped))
        case .object(let object):
            switch object["class_name"]?.string {
            case "__tuple__", "TensorShape":
                if let items = object["items"]?.array {
                    return .array(items.map(\.unwrapped))
                }
            case "__numpy__", "__tensor__":
                if let value = object["config"]?["value"] { return value.unwrapped }
            default: break
            }
            // Keras 2.0 to 2.2: {"type": "ndarray", "value": 0.3}.
            if object["type"] == "ndarray", let value = object["value"] { return value.unwrapped }
            return .object(object.mapValues(\.unwrapped))
        default: return self
        }
    }

    /// Returns true if an object at any depth satisfies the condition.
    func contains(_ condition: (JSONObject) -> Bool) -> Bool {
        switch self {
        case .array(let items): items.contains { $0.contains(condition) }
        case .object(let object):
            condition(object) || object.members.contains { $0.value.contains(condition) }
        default: false
        }
    }
}

extension JSONObject {
    /// The values in the order in which Keras flattens a dictionary: by their keys. Python compares these by code point, which
    /// is the order of their UTF-8.
    var inKerasOrder: [JSON] {
        members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    }
}
