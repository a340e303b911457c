import Base

/// Tensor arithmetic (`x + y`, `tf.nn.relu(x)`, `x[:, 0]`) in a graph: an entry with the name of a function
/// instead of a layer. The named function is never called: the functions in `operationTable` are converted to
/// layers, and all others are rejected.
struct Operation {
    enum Operand {
        /// A tensor reference of the file.
        case tensor(JSON)
        case tensors([JSON])
        case constant(JSON)
    }

    let name: JSON
    /// The name in the file: `math.multiply`, `Multiply`.
    let function: String
    private let operands: [Operand]
    private var options: JSONObject

    init(name: JSON, function: String, operands: [Operand], options: JSONObject) {
        (self.name, self.function) = (name, function)
        (self.operands, self.options) = (operands, options)
    }

    /// The layer that replaces the operation.
    struct Layer {
        var className: String
        var config: JSONObject = [:]
        var tensors: [JSON]
    }

    func unsupported(_ why: String = "") -> CellarError {
        CellarError(
            .badData,
            "\(function) \"\(name.string ?? "")\" is an operation on tensors, not a layer, and "
                + (why.isEmpty ? "has no equivalent layer" : why),
            remedy: "Use layers instead, and save the model again.")
    }

    /// Returns the layer as an entry; `inboundNodes` creates calls from tensors.
    func asEntry(inboundNodes: ([JSON]) -> JSON) throws -> JSON {
        guard let translation = operationTable[function] else { throw unsupported() }
        var rest = self
        let layer = try translation(&rest)
        // An unread option could change the result.
        for (key, value) in rest.options.members where !value.isNull && value != false && key != "name" {
            throw unsupported("has the option \(key) = \(value.text().prefix(60)), which is not supported")
        }
        var config = layer.config
        config["name"] = name
        return [
            "class_name": .string(layer.className), "name": name, "config": .object(config),
            "operation": true,
            "inbound_nodes": inboundNodes(layer.tensors),
        ]
    }

    /// Removes and returns an option by its name in either generation; null counts as missing.
    mutating func take(_ keys: String...) -> JSON? {
        var found: JSON?
        for key in keys {
            if let value = options[key], !value.isNull { found = value }
            options[key] = nil
        }
        return found
    }

    /// Returns the only tensor argument.
    func tensor() throws -> JSON {
        guard operands.count == 1, case .tensor(let tensor) = operands[0] else {
            throw unsupported("is not called with one tensor of the model")
        }
        return tensor
    }

    /// Returns the only list of tensors.
    func tensors() throws -> [JSON] {
        guard operands.count == 1, case .tensors(let tensors) = operands[0] else {
            throw unsupported("is not called with a list of tensors of the model")
        }
        return tensors
    }

    enum Pair {
        case tensors(JSON, JSON)
        case constant(JSON, of: JSON, isFirst: Bool)
    }

    /// Returns two operands, at least one of them a tensor.
    func pair() throws -> Pair {
        guard operands.count == 2 else { throw unsupported("has \(operands.count) operands instead of two") }
        switch (operands[0], operands[1]) {
        case (.tensor(let a), .tensor(let b)): return .tensors(a, b)
        case (.tensor(let tensor), .constant(let constant)):
            return .constant(constant, of: tensor, isFirst: false)
        case (.constant(let constant), .tensor(let tensor)):
            return .constant(constant, of: tensor, isFirst: true)
        default: throw unsupported("is not called with tensors of the model")
        }
    }
}
