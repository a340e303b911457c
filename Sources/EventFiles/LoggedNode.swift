import Foundation
import WireFormat

/// A node of the graph that TensorBoard draws: one call of a layer.
public struct LoggedNode: Sendable {
    /// Parts between slashes are boxes within boxes.
    public var name: String
    /// The layer's class.
    public var kind: String
    /// The names of the nodes whose outputs it reads.
    public var inputs: [String]
    /// The size of the output after the batch.
    public var shape: [Int]

    public init(name: String, kind: String, inputs: [String], shape: [Int]) {
        (self.name, self.kind, self.inputs, self.shape) = (name, kind, inputs, shape)
    }
}

/// A GraphDef.
struct GraphDefinition: WireMessage {
    let nodes: [LoggedNode]

    func write(to sink: inout some WireSink) {
        for node in nodes { sink.message(1, Node(node: node)) }
        sink.message(4, Versions())
    }

    private struct Versions: WireMessage {
        // Any version since 22 has the form of today.
        func write(to sink: inout some WireSink) { sink.int(1, 22) }
    }

    private struct Node: WireMessage {
        let node: LoggedNode
        func write(to sink: inout some WireSink) {
            sink.text(1, node.name)
            sink.text(2, node.kind)
            for input in node.inputs { sink.text(3, input) }
            sink.message(5, Attribute(name: "_output_shapes", value: Shapes(sizes: [-1] + node.shape)))
        }
    }

    private struct Attribute: WireMessage {
        let name: String
        let value: Shapes
        func write(to sink: inout some WireSink) {
            sink.text(1, name)
            sink.message(2, value)
        }
    }

    /// An AttrValue that is a list of shapes.
    private struct Shapes: WireMessage {
        let sizes: [Int]
        func write(to sink: inout some WireSink) { sink.message(1, List(sizes: sizes)) }
        struct List: WireMessage {
            let sizes: [Int]
            func write(to sink: inout some WireSink) { sink.message(7, TensorAxes(sizes: sizes)) }
        }
    }
}
