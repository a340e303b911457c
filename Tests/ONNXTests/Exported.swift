import Foundation
import Base
import Network
import Tensors
import Testing

@testable import ONNX

/// What a model becomes, read back from the bytes of its file.
struct Exported {
    let file: ModelProto
    var graph: GraphProto { file.graph }

    init(_ model: Model, from origin: ONNXOrigin = ONNXOrigin(reference: "test:1", sha256: "ab", facts: nil))
        throws
    {
        file = try ModelProto(reading: try exportONNX(model, from: origin))
    }

    /// A chain of layers in Keras' words, behind an input of that shape; the weights are drawn.
    init(_ shape: [Int?], _ layers: (String, JSONObject)...) throws { try self.init(chain(shape, layers)) }

    var operations: [String] { graph.nodes.map(\.operation) }

    func constant(_ name: String) throws -> TensorProto {
        try #require(graph.initializers.first { $0.name == name }, "no constant \(name)")
    }

    func floats(_ name: String) throws -> [Float] {
        let bytes = [UInt8](try constant(name).rawData)
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(
                bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        }
    }

    func node(_ operation: String) throws -> NodeProto {
        try #require(graph.nodes.first { $0.operation == operation }, "no \(operation) in \(operations)")
    }

    /// Whether every name is defined once, before it is used, every constant is used, and the outputs are there.
    func isSound() -> Bool {
        let given = graph.inputs.map(\.name) + graph.initializers.map(\.name)
        var known = Set(given)
        guard known.count == given.count, Set(graph.nodes.map(\.name)).count == graph.nodes.count else {
            return false
        }
        for node in graph.nodes {
            guard node.inputs.allSatisfy({ $0.isEmpty || known.contains($0) }) else { return false }
            for output in node.outputs where !known.insert(output).inserted { return false }
        }
        let used = Set(graph.nodes.flatMap(\.inputs))
        guard graph.initializers.allSatisfy({ used.contains($0.name) }) else { return false }
        return graph.outputs.allSatisfy { known.contains($0.name) }
            && Set(graph.outputs.map(\.name)).count == graph.outputs.count
    }
}

func chain(_ shape: [Int?], _ layers: [(String, JSONObject)]) throws -> Model {
    let sizes: [JSON] = [.null] + shape.map { $0.map { .integer($0) } ?? .null }
    var all = [
        try LayerTable.make(
            className: "InputLayer", config: ["name": "in", "batch_input_shape": .array(sizes)])
    ]
    for (className, config) in layers {
        all.append(try LayerTable.make(className: className, config: config))
    }
    var model = try Model(name: "net", chain: all)
    try model.initialize(seed: 1)
    return model
}

extension NodeProto {
    private func value(_ name: String) -> Attribute? { attributes.first { $0.name == name }?.value }
    func ints(_ name: String) -> [Int]? { if case .ints(let values) = value(name) { values } else { nil } }
    func int(_ name: String) -> Int? { if case .int(let value) = value(name) { value } else { nil } }
    func strings(_ name: String) -> [String]? {
        if case .strings(let values) = value(name) { values } else { nil }
    }
    func string(_ name: String) -> String? { if case .string(let text) = value(name) { text } else { nil } }
}

extension ValueInfoProto {
    /// `batch, 28, in_2`
    var sizes: String {
        shape.map { size in
            switch size {
            case .fixed(let size): "\(size)"
            case .free(let name): name
            }
        }.joined(separator: ", ")
    }
}
