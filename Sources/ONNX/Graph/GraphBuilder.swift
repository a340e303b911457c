import Foundation
import Network
import Tensors

/// An ONNX graph under construction: nodes in topological order, and their constants.
final class GraphBuilder {
    private(set) var nodes: [NodeProto] = []
    private var constants: [TensorProto] = []
    private var names: Set<String> = []
    /// Reusable constants: those of shared layers, and small ones such as lists of axes.
    private var known: [String: String] = [:]

    /// The path of the current layer, used as a prefix of node names.
    var path = ""

    /// Returns the name, with a number appended if it is already used.
    func unique(_ name: String) -> String {
        var (candidate, number) = (name, 1)
        while !names.insert(candidate).inserted {
            number += 1
            candidate = "\(name)_\(number)"
        }
        return candidate
    }

    /// Adds a node with several outputs, named after the layer and the operator.
    func node(
        _ operation: String, _ inputs: [String], _ attributes: Attributes = [:],
        outputs count: Int, domain: String = ""
    ) -> [String] {
        var node = NodeProto()
        (node.operation, node.domain) = (operation, domain)
        node.name = unique("\(path)/\(operation)")
        node.inputs = inputs
        node.outputs = (0..<count).map { unique("\(node.name):\($0)") }
        node.attributes = attributes.all
        nodes.append(node)
        return node.outputs
    }

    /// Adds a node with one output.
    func node(
        _ operation: String, _ inputs: [String], _ attributes: Attributes = [:]
    ) -> String {
        node(operation, inputs, attributes, outputs: 1)[0]
    }

    /// Renames tensors, for the graph's outputs.
    func rename(_ names: [String: String]) {
        for index in nodes.indices {
            nodes[index].inputs = nodes[index].inputs.map { names[$0] ?? $0 }
            nodes[index].outputs = nodes[index].outputs.map { names[$0] ?? $0 }
        }
    }

    /// Adds an Identity node that gives a tensor the requested name.
    func alias(_ name: String, of tensor: String) {
        var node = NodeProto()
        (node.operation, node.name) = ("Identity", unique("\(name)/Identity"))
        (node.inputs, node.outputs) = ([tensor], [name])
        nodes.append(node)
    }

    /// The constants that nodes use. Some turn out to be unnecessary.
    var usedConstants: [TensorProto] {
        let used = Set(nodes.flatMap(\.inputs))
        return constants.filter { used.contains($0.name) }
    }

    /// Returns the constant of a layer's weight or a value derived from it. It is created once per name, so
    /// shared layers share it.
    func weight(_ name: String, _ make: () -> Tensor) -> String {
        let key = "\(path)/\(name)"
        if let found = known[key] { return found }
        let tensor = make()
        let data = unsafe tensor.values.withUnsafeBytes { unsafe Data($0) }
        return add(key, key: key, .float, tensor.shape, data)
    }

    /// Returns a constant of floats from the layer's options.
    func floats(_ values: [Float], shape: [Int]) -> String {
        let data = unsafe values.withUnsafeBytes { unsafe Data($0) }
        let text = values.map { "\($0)" }.joined(separator: ",")
        return add("constant", key: "float\(shape):\(text)", .float, shape, data)
    }

    func float(_ value: Float) -> String { floats([value], shape: []) }

    /// Returns a constant list of sizes or axes.
    func ints(_ values: [Int]) -> String { ints(values, shape: [values.count]) }
    func int(_ value: Int) -> String { ints([value], shape: []) }

    private func ints(_ values: [Int], shape: [Int]) -> String {
        let data = unsafe values.map { Int64($0) }.withUnsafeBytes { unsafe Data($0) }
        return add("constant", key: "int\(shape):\(values)", .int64, shape, data)
    }

    private func add(
        _ name: String, key: String, _ type: TensorProto.DataType, _ shape: [Int], _ data: Data
    ) -> String {
        if let found = known[key] { return found }
        let tensor = TensorProto(name: unique(name), type: type, shape: shape, rawData: data)
        constants.append(tensor)
        known[key] = tensor.name
        return tensor.name
    }
}

// Operators that several layers use.
extension GraphBuilder {
    func add(_ a: String, _ b: String) -> String { node("Add", [a, b]) }
    func subtract(_ a: String, _ b: String) -> String { node("Sub", [a, b]) }
    func multiply(_ a: String, _ b: String) -> String { node("Mul", [a, b]) }
    func divide(_ a: String, _ b: String) -> String { node("Div", [a, b]) }

    func transpose(_ x: String, _ order: [Int]) -> String {
        order == Array(order.indices) ? x : node("Transpose", [x], ["perm": .ints(order)])
    }

    /// Reshapes. 0 keeps the size of the axis, −1 infers it.
    func reshape(_ x: String, _ shape: [Int]) -> String { node("Reshape", [x, ints(shape)]) }

    func squeeze(_ x: String, _ axes: [Int]) -> String { node("Squeeze", [x, ints(axes)]) }
    func unsqueeze(_ x: String, _ axes: [Int]) -> String { node("Unsqueeze", [x, ints(axes)]) }

    func sum(_ x: String, _ axes: [Int], keep: Bool = true) -> String {
        node("ReduceSum", [x, ints(axes)], ["keepdims": .int(keep ? 1 : 0)])
    }

    func mean(_ x: String, _ axes: [Int], keep: Bool = true) -> String {
        node("ReduceMean", [x], ["axes": .ints(axes), "keepdims": .int(keep ? 1 : 0)])
    }

    func largest(_ x: String, _ axes: [Int], keep: Bool = true) -> String {
        node("ReduceMax", [x], ["axes": .ints(axes), "keepdims": .int(keep ? 1 : 0)])
    }

    func cast(_ x: String, to type: TensorProto.DataType) -> String {
        node("Cast", [x], ["to": .int(type.rawValue)])
    }

    func concatenate(_ parts: [String], axis: Int) -> String {
        parts.count == 1 ? parts[0] : node("Concat", parts, ["axis": .int(axis)])
    }

    /// Slices an axis from `start` to before `end`; nil means to the end.
    func slice(_ x: String, axis: Int, from start: Int, to end: Int?) -> String {
        node("Slice", [x, ints([start]), ints([end ?? Int(Int32.max)]), ints([axis])])
    }

    func reverse(_ x: String, axis: Int) -> String {
        node("Slice", [x, ints([-1]), ints([Int(Int32.min)]), ints([axis]), ints([-1])])
    }
}
