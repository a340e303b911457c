import Base

/// Throws where a graph is none that a runtime can load: a node takes what nothing before it made, a name is made twice, a
/// constant has another number of bytes than its shape, or the outputs are not those of the model.
func check(_ graph: GraphProto, outputs: [String]) throws(CellarError) {
    var known: Set<String> = []
    func make(_ name: String, _ what: String) throws(CellarError) {
        guard !name.isEmpty, known.insert(name).inserted else {
            throw graphFault("\(what) makes \"\(name)\", which is made already")
        }
    }
    for input in graph.inputs { try make(input.name, "an input") }
    for tensor in graph.initializers {
        try make(tensor.name, "a constant")
        let count = tensor.shape.reduce(1, *)
        guard tensor.rawData.count == count * tensor.type.size else {
            throw graphFault(
                "the constant \"\(tensor.name)\" of shape \(tensor.shape) has \(tensor.rawData.count) bytes")
        }
    }
    for node in graph.nodes {
        for input in node.inputs where !input.isEmpty && !known.contains(input) {
            throw graphFault(
                "\(node.operation) \"\(node.name)\" takes \"\(input)\", which nothing before it makes")
        }
        for output in node.outputs { try make(output, "\(node.operation) \"\(node.name)\"") }
    }
    for output in graph.outputs where !known.contains(output.name) {
        throw graphFault("nothing makes the output \"\(output.name)\"")
    }
    guard graph.outputs.count == outputs.count else {
        throw graphFault("it has \(graph.outputs.count) outputs, expected \(outputs.joined(separator: ", "))")
    }
}

extension TensorProto.DataType {
    /// The number of bytes of a value.
    fileprivate var size: Int {
        switch self {
        case .bool: 1
        // Texts have no fixed size; no constant is of them.
        case .string: 0
        case .float, .int32: 4
        case .int64: 8
        }
    }
}

private func graphFault(_ message: String) -> CellarError {
    CellarError(
        .internalFault, "the ONNX graph failed its check: \(message). Nothing was written.",
        remedy: "Export the model in another form, and report this.")
}
