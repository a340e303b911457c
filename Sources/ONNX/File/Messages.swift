import Foundation
import WireFormat

// The ONNX messages and fields that Cellar writes. Names, numbers and meanings are those of the standard
// (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).

struct ModelProto: WireMessage {
    var irVersion = 0
    /// The version of the default operator set.
    var operatorSet = 0
    /// The version of the operator set `ai.onnx.ml`; nil if no node is of it.
    var machineLearningSet: Int?
    var producerName = ""
    var docString = ""
    var metadata: [(key: String, value: String)] = []
    var graph = GraphProto()

    func write(to sink: inout some WireSink) {
        sink.int(1, irVersion)
        sink.text(2, producerName)
        sink.text(6, docString)
        sink.message(7, graph)
        sink.message(8, OperatorSet(domain: "", version: operatorSet))
        if let machineLearningSet {
            sink.message(8, OperatorSet(domain: NodeProto.machineLearning, version: machineLearningSet))
        }
        for (key, value) in metadata { sink.message(14, Entry(key: key, value: value)) }
    }

    private struct OperatorSet: WireMessage {
        /// Empty for the default operator set.
        var domain: String
        var version: Int
        func write(to sink: inout some WireSink) {
            sink.text(1, domain)
            sink.int(2, version)
        }
    }

    private struct Entry: WireMessage {
        var key, value: String
        func write(to sink: inout some WireSink) {
            sink.text(1, key)
            sink.text(2, value)
        }
    }
}

struct GraphProto: WireMessage {
    var name = ""
    var nodes: [NodeProto] = []
    var initializers: [TensorProto] = []
    var inputs: [ValueInfoProto] = []
    var outputs: [ValueInfoProto] = []

    func write(to sink: inout some WireSink) {
        for node in nodes { sink.message(1, node) }
        sink.text(2, name)
        for tensor in initializers { sink.message(5, tensor) }
        for input in inputs { sink.message(11, input) }
        for output in outputs { sink.message(12, output) }
    }
}

struct NodeProto: WireMessage {
    /// The domain of operators on texts and tables.
    static let machineLearning = "ai.onnx.ml"

    var operation = ""
    /// Empty for the default operator set.
    var domain = ""
    var name = ""
    /// Tensor names; an empty name omits an optional input.
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [AttributeProto] = []

    func write(to sink: inout some WireSink) {
        for input in inputs { sink.text(1, input) }
        for output in outputs { sink.text(2, output) }
        sink.text(3, name)
        sink.text(4, operation)
        for attribute in attributes { sink.message(5, attribute) }
        if !domain.isEmpty { sink.text(7, domain) }
    }
}

struct AttributeProto: WireMessage {
    var name: String
    var value: Attribute

    func write(to sink: inout some WireSink) {
        sink.text(1, name)
        // The field of the value, then its type in field 20.
        switch value {
        case .float(let value):
            sink.float(2, value)
            sink.int(20, 1)
        case .int(let value):
            sink.int(3, value)
            sink.int(20, 2)
        case .string(let value):
            sink.text(4, value)
            sink.int(20, 3)
        case .floats(let values):
            for value in values { sink.float(7, value) }
            sink.int(20, 6)
        case .ints(let values):
            for value in values { sink.int(8, value) }
            sink.int(20, 7)
        case .strings(let values):
            for value in values { sink.text(9, value) }
            sink.int(20, 8)
        }
    }
}

struct TensorProto: WireMessage {
    enum DataType: Int { case float = 1, int32 = 6, int64 = 7, string = 8, bool = 9 }

    var name: String
    var type: DataType
    var shape: [Int]
    /// Little endian, row-major.
    var rawData: Data

    func write(to sink: inout some WireSink) {
        for size in shape { sink.int(1, size) }
        sink.int(2, type.rawValue)
        sink.text(8, name)
        sink.bytes(9, rawData)
    }
}

/// An input or output of the graph.
struct ValueInfoProto: WireMessage {
    enum Size: Equatable, WireMessage {
        case fixed(Int)
        /// A dynamic dimension with its name.
        case free(String)

        func write(to sink: inout some WireSink) {
            switch self {
            case .fixed(let size): sink.int(1, size)
            case .free(let name): sink.text(2, name)
            }
        }
    }

    var name: String
    var shape: [Size]
    var type = TensorProto.DataType.float
    var docString = ""

    func write(to sink: inout some WireSink) {
        sink.text(1, name)
        sink.message(2, TypeProto(tensor: TensorType(type: type, shape: shape)))
        if !docString.isEmpty { sink.text(3, docString) }
    }

    private struct TypeProto: WireMessage {
        var tensor: TensorType
        func write(to sink: inout some WireSink) { sink.message(1, tensor) }
    }

    private struct TensorType: WireMessage {
        var type: TensorProto.DataType
        var shape: [Size]
        func write(to sink: inout some WireSink) {
            sink.int(1, type.rawValue)
            sink.message(2, Shape(sizes: shape))
        }
    }

    private struct Shape: WireMessage {
        var sizes: [Size]
        func write(to sink: inout some WireSink) {
            for size in sizes { sink.message(1, size) }
        }
    }
}
