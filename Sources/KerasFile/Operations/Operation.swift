import Base

/// Arithmetic on tensors (`x + y`, `tf.nn.relu(x)`, `x[:, 0]`) stands in a graph as an entry of its own, with the name of a
/// function and not of a layer. Nothing of that name is ever called: the functions of `operationTable` become layers here,
/// and all others are refused.
struct Operation {
    enum Operand {
        /// A tensor as the file names it.
        case tensor(JSON)
        case tensors([JSON])
        case constant(JSON)
    }

    let name: JSON
    /// As the file has it: `math.multiply`, `Multiply`.
    let function: String
    private let operands: [Operand]
    private var options: JSONObject

    init(name: JSON, function: String, operands: [Operand], options: JSONObject) {
        (self.name, self.function) = (name, function)
        (self.operands, self.options) = (operands, options)
    }

    /// What it becomes.
    struct Layer {
        var className: String
        var config: JSONObject = [:]
        var tensors: [JSON]
    }

    func unsupported(_ why: String = "") -> CellarError {
        CellarError(
            .badData,
            "\(function) \"\(name.string ?? "")\" is an operation on tensors, not a layer, and "
                + (why.isEmpty ? "not one that a layer computes; " : "\(why); ")
                + "use layers instead, then save again")
    }

    /// The layer in the form of an entry; `inboundNodes` makes calls of tensors.
    func asEntry(inboundNodes: ([JSON]) -> JSON) throws -> JSON {
        guard let translation = operationTable[function] else { throw unsupported() }
        var rest = self
        let layer = try translation(&rest)
        // An option that nobody asked for would change the answer.
        for (key, value) in rest.options.members where !value.isNull && value != false && key != "name" {
            throw unsupported("is told \(key) = \(value.text().prefix(60)), which is not supported")
        }
        var config = layer.config
        config["name"] = name
        return [
            "class_name": .string(layer.className), "name": name, "config": .object(config),
            "operation": true,
            "inbound_nodes": inboundNodes(layer.tensors),
        ]
    }

    /// An option by its name in either generation; null counts as absent.
    mutating func take(_ keys: String...) -> JSON? {
        var found: JSON?
        for key in keys {
            if let value = options[key], !value.isNull { found = value }
            options[key] = nil
        }
        return found
    }

    /// The one tensor that it is called with.
    func tensor() throws -> JSON {
        guard operands.count == 1, case .tensor(let tensor) = operands[0] else {
            throw unsupported("is not called with one tensor of the model")
        }
        return tensor
    }

    /// The one list of tensors.
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

    /// Two operands, one of which at least is a tensor.
    func pair() throws -> Pair {
        guard operands.count == 2 else { throw unsupported("has \(operands.count) operands in place of two") }
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
