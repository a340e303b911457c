import Base

/// In a Keras 3 graph operations have classes like layers, from another module. An .h5 tells no modules, but every layer's
/// config has its `dtype`, and that of an operation has not.
extension Keras3 {
    static func operationAsLayer(_ json: JSON) throws -> JSON? {
        guard let object = json.object, isOperation(object) else { return nil }
        let className = object["class_name"]?.string ?? ""
        var options = object["config"]?.object ?? [:]
        let name = object["name"] ?? options["name"] ?? .string(className)
        let nodes = object["inbound_nodes"]?.array ?? []
        guard nodes.count == 1 else {
            throw Operation(name: name, function: className, operands: [], options: [:])
                .unsupported("is called \(nodes.count) times")
        }
        var operands: [Operation.Operand] = (nodes[0]["args"]?.array ?? []).map(operand)
        for (key, value) in (nodes[0]["kwargs"]?.object ?? [:]).members {
            if ["x1", "x2", "x", "xs"].contains(key) {
                operands.append(operand(value))
            } else {
                options[key] = value
            }
        }
        return try Operation(name: name, function: className, operands: operands, options: options)
            .asEntry { [["args": [$0.count == 1 ? $0[0] : .array($0)], "kwargs": [:]]] }
    }

    private static func isOperation(_ object: JSONObject) -> Bool {
        if let module = object["module"]?.string { return module.contains(".ops.") }
        guard let config = object["config"]?.object, config["dtype"] == nil, config["layers"] == nil else {
            return false
        }
        return object["inbound_nodes"]?.array?.first?["args"] != nil
    }

    private static func operand(_ json: JSON) -> Operation.Operand {
        if isTensor(json) { return .tensor(json) }
        if let items = json.array, !items.isEmpty, items.allSatisfy(isTensor) { return .tensors(items) }
        return .constant(json)
    }

    private static func isTensor(_ json: JSON) -> Bool { json["class_name"] == "__keras_tensor__" }
}
