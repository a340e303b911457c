import Foundation
import Network
import Tensors

/// An ONNX graph in the making: nodes in order of computation, and the constants that they take.
final class GraphBuilder {
    private(set) var nodes: [NodeProto] = []
    private var constants: [TensorProto] = []
    private var names: Set<String> = []
    /// Constants that are known already: those of a shared layer, and small ones such as lists of axes.
    private var known: [String: String] = [:]

    /// The path of the layer whose nodes are made now: their names begin with it.
    var path = ""

    /// The same name, or with a number behind it where it is taken.
    func unique(_ name: String) -> String {
        var (candidate, number) = (name, 1)
        while !names.insert(candidate).inserted {
            number += 1
            candidate = "\(name)_\(number)"
        }
        return candidate
    }

    /// Adds a node of several outputs. They are named by the layer and the operator.
    func node(
        _ operation: String, _ inputs: [String], _ attributes: Attributes = [:],
        outputs count: Int
    ) -> [String] {
        var node = NodeProto()
        node.operation = operation
        node.name = unique("\(path)/\(operation)")
        node.inputs = inputs
        node.outputs = (0..<count).map { unique("\(node.name):\($0)") }
        node.attributes = attributes.all
        nodes.append(node)
        return node.outputs
    }

    /// Adds a node of one output.
    func node(
        _ operation: String, _ inputs: [String], _ attributes: Attributes = [:]
    ) -> String {
        node(operation, inputs, attributes, outputs: 1)[0]
    }

    /// Tensors get other names: those of the graph's outputs.
    func rename(_ names: [String: String]) {
        for index in nodes.indices {
            nodes[index].inputs = nodes[index].inputs.map { names[$0] ?? $0 }
            nodes[index].outputs = nodes[index].outputs.map { names[$0] ?? $0 }
        }
    }

    /// Passes a tensor on under a name that was asked for.
    func alias(_ name: String, of tensor: String) {
        var node = NodeProto()
        (node.operation, node.name) = ("Identity", unique("\(name)/Identity"))
        (node.inputs, node.outputs) = ([tensor], [name])
        nodes.append(node)
    }

    /// Those that a node takes; some turn out not to be needed.
    var usedConstants: [TensorProto] {
        let used = Set(nodes.flatMap(\.inputs))
        return constants.filter { used.contains($0.name) }
    }

    /// A layer's weight, or what was made of it. Made once for each name: a shared layer has it once.
    func weight(_ name: String, _ make: () -> Tensor) -> String {
        let key = "\(path)/\(name)"
        if let found = known[key] { return found }
        let tensor = make()
        let data = unsafe tensor.values.withUnsafeBytes { unsafe Data($0) }
        return add(key, key: key, .float, tensor.shape, data)
    }

    /// Numbers that stand in the layer's options.
    func floats(_ values: [Float], shape: [Int]) -> String {
        let data = unsafe values.withUnsafeBytes { unsafe Data($0) }
        let text = values.map { "\($0)" }.joined(separator: ",")
        return add("constant", key: "float\(shape):\(text)", .float, shape, data)
    }

    func float(_ value: Float) -> String { floats([value], shape: []) }

    /// A list of sizes or axes.
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

// What layers have in common.
extension GraphBuilder {
    func add(_ a: String, _ b: String) -> String { node("Add", [a, b]) }
    func subtract(_ a: String, _ b: String) -> String { node("Sub", [a, b]) }
    func multiply(_ a: String, _ b: String) -> String { node("Mul", [a, b]) }
    func divide(_ a: String, _ b: String) -> String { node("Div", [a, b]) }

    func transpose(_ x: String, _ order: [Int]) -> String {
        order == Array(order.indices) ? x : node("Transpose", [x], ["perm": .ints(order)])
    }

    /// 0 stands for the size that the axis has already, −1 for what is left.
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

    /// From `start` to before `end` along an axis; nil means to the end.
    func slice(_ x: String, axis: Int, from start: Int, to end: Int?) -> String {
        node("Slice", [x, ints([start]), ints([end ?? Int(Int32.max)]), ints([axis])])
    }

    func reverse(_ x: String, axis: Int) -> String {
        node("Slice", [x, ints([-1]), ints([Int(Int32.min)]), ints([axis]), ints([-1])])
    }
}
