import Base
import Network

/// The inputs of one call of a member, parsed from an entry of `inbound_nodes`: Keras 2's list of tensors
/// with options, or Keras 3's args and kwargs.
struct CallInputs {
    /// In the order of the member's argument names.
    private(set) var tensors: [CallGraph.Reference] = []
    /// The other arguments of the call that are neither null nor false.
    private(set) var options: JSONObject = [:]
    /// Whether some of the tensors are initial states.
    private(set) var hasStates = false
    /// The `training` argument, if it has an effect: Keras 3 calls a Functional's layers with the model's
    /// value instead.
    private(set) var training: Bool?

    /// - Parameter names: The tensor arguments of the member's call; one name for a tensor or a list of
    ///   tensors.
    init(_ node: JSON, names: [String], subject: String) throws {
        var positional: [CallGraph.Reference] = []
        var named: [(String, CallGraph.Reference)] = []
        var states: [CallGraph.Reference] = []
        func take(options: JSONObject, isTensor: (JSON) throws -> CallGraph.Reference?) throws {
            for (name, value) in options.members {
                if name == "initial_state", !value.isNull {
                    // One state, or a list of states.
                    let items = try isTensor(value) == nil ? value.array ?? [value] : [value]
                    states += try items.map { item in
                        guard let tensor = try isTensor(item) else {
                            throw CellarError(
                                .badData, "\(subject) has an initial state that is not a tensor of the model")
                        }
                        return tensor
                    }
                } else if let tensor = try isTensor(value) {
                    named.append((name, tensor))
                } else if name == "training" {
                    if node.object == nil { training = value.bool }
                } else if !value.isEmpty, value != false {
                    self.options[name] = value
                }
            }
        }
        if let object = node.object, object["args"] == nil {
            // tf.keras, for a model that is called with a dictionary.
            for item in object.inKerasOrder {
                guard let tensor = CallGraph.Reference(item) else {
                    throw CellarError(
                        .badData, "\(subject): expected tensors, found \(item.text().prefix(80))")
                }
                positional.append(tensor)
            }
        } else if let object = node.object {
            try Self.collect(object["args"] ?? .null, subject, into: &positional)
            try take(options: object["kwargs"]?.object ?? [:]) { value in
                try Self.kerasTensor(value)
            }
        } else {
            for item in node.array ?? [] {
                guard let tensor = CallGraph.Reference(item) else {
                    throw CellarError(
                        .badData,
                        "\(subject): expected inputs [\"layer\", 0, 0, {}], found \(node.text().prefix(80))"
                    )
                }
                positional.append(tensor)
                try take(options: item.array?.dropFirst(3).first?.object ?? [:]) { CallGraph.Reference($0) }
            }
        }
        tensors = positional + states
        hasStates = !states.isEmpty
        guard !named.isEmpty else { return }
        // A tensor passed by name: `inputs=x`, or MultiHeadAttention's `value` and `key`.
        if names.count == 1, positional.isEmpty, named.count == 1,
            ["inputs", "x", "input"].contains(named[0].0)
        {
            tensors = [named[0].1]
            return
        }
        for name in names.dropFirst(positional.count) {
            guard let index = named.firstIndex(where: { $0.0 == name }) else { break }
            tensors.append(named.remove(at: index).1)
        }
        if let (name, _) = named.first {
            throw CellarError(
                .badData, "\(subject) is called with a tensor for \(name), which is not supported")
        }
    }

    /// Collects all tensors in args. Other values there are operands, which are not supported.
    private static func collect(_ json: JSON, _ subject: String, into found: inout [CallGraph.Reference])
        throws
    {
        if let tensor = try kerasTensor(json) {
            found.append(tensor)
        } else if let items = json.array ?? (subject.hasPrefix("model ") ? json.object?.inKerasOrder : nil) {
            for item in items { try collect(item, subject, into: &found) }
        } else if !json.isNull {
            throw CellarError(
                .badData,
                "\(subject) is called with \(json.text().prefix(60)), which is not a tensor; this is not supported"
            )
        }
    }

    private static func kerasTensor(_ json: JSON) throws -> CallGraph.Reference? {
        guard let object = json.object, object["class_name"] == "__keras_tensor__" else { return nil }
        guard let reference = CallGraph.Reference(object["config"]?["keras_history"] ?? .null) else {
            throw CellarError(
                .badData, "found a __keras_tensor__ without keras_history: \(json.text().prefix(80))")
        }
        return reference
    }
}

extension JSON {
    /// Null, or a structure of nothing else: the masks of a model that is called without any.
    fileprivate var isEmpty: Bool {
        isNull || (array ?? object?.members.map(\.value))?.allSatisfy(\.isEmpty) == true
    }
}
