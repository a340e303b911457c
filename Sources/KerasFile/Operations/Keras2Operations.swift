import Base

/// Operations of tf.keras 2.4 and later: TFOpLambda for each TensorFlow function in a graph, and
/// SlicingOpLambda for `x[…]`. The config names the function; constants are in the call.
enum Keras2Operations {
    static func asLayer(_ json: JSON) throws -> JSON? {
        guard let object = json.object,
            ["TFOpLambda", "SlicingOpLambda"].contains(object["class_name"]?.string ?? ""),
            let config = object["config"]?.object, let function = config["function"]?.string
        else { return nil }
        let name = config["name"] ?? object["name"] ?? .string(function)
        func refused(_ why: String) -> CellarError {
            Operation(name: name, function: function, operands: [], options: [:]).unsupported(why)
        }
        let nodes = object["inbound_nodes"]?.array ?? []
        guard nodes.count == 1, let node = nodes[0].array else {
            throw refused("is called \(nodes.count) times")
        }
        // A single tensor is stored directly, a list of tensors as a list.
        let isList = node.first?.array != nil
        let items = isList ? node : [nodes[0]]
        guard let options = items.first?.array?.dropFirst(3).first?.object, !items.isEmpty else {
            throw refused("is called with \(nodes[0].text().prefix(80))")
        }
        var operands: [Operation.Operand]
        if isList {
            let tensors = items.compactMap(reference)
            guard tensors.count == items.count else {
                throw refused("is called with a list that does not contain only tensors")
            }
            operands = [.tensors(tensors)]
        } else if items[0].array?.first == "_CONSTANT_VALUE" {
            operands = [.constant(items[0].array?[2] ?? .null)]
        } else {
            guard let tensor = reference(items[0]) else { throw refused("is called without a tensor") }
            operands = [.tensor(tensor)]
        }
        var rest: JSONObject = [:]
        for (key, value) in options.members {
            if ["y", "b", "bias"].contains(key) {
                operands.append(reference(value).map { .tensor($0) } ?? .constant(value))
            } else {
                rest[key] = value
            }
        }
        return try Operation(name: name, function: function, operands: operands, options: rest)
            .asEntry { [.array($0)] }
    }

    /// Returns `["layer", 0, 0]`, without the options of the call.
    private static func reference(_ json: JSON) -> JSON? {
        guard let items = json.array, items.count == 3 || items.count == 4, let name = items[0].string,
            name != "_CONSTANT_VALUE", items[1].int != nil, items[2].int != nil
        else { return nil }
        return .array(items.prefix(3) + [[:]])
    }
}
