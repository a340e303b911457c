import Base
import Foundation
import Network
import WireFormat

/// The origin of an exported model, recorded in the ONNX file's metadata.
public struct ONNXOrigin: Sendable {
    /// `mnist:12`, or the path of the file.
    public var reference: String
    /// The SHA-256 of the model file in hex.
    public var sha256: String
    public var facts: ModelFacts?

    public init(reference: String, sha256: String, facts: ModelFacts?) {
        (self.reference, self.sha256, self.facts) = (reference, sha256, facts)
    }
}

/// Exports a model as the bytes of an ONNX file (https://onnx.ai). The inputs and outputs have the names of
/// the Keras layers. The batch size, and every free size of the model, is dynamic. Throws for a layer that
/// cannot be exported; the error names it.
public func exportONNX(_ model: Model, from origin: ONNXOrigin) throws(CellarError) -> Data {
    var graph = try ONNXExporter(model).graph()
    try check(graph, outputs: model.outputNames)
    graph.name = origin.facts?.name ?? model.name
    if let facts = origin.facts { describeInputs(&graph, facts) }

    var file = ModelProto()
    // Operator set 17 introduced LayerNormalization. Newer operators are expressed with older ones, so that
    // older runtimes can run the file.
    (file.irVersion, file.operatorSet) = (8, 17)
    if graph.nodes.contains(where: { $0.operation == "RegexFullMatch" }) {
        (file.irVersion, file.operatorSet) = (9, 20)
        graph.takeAxesAsInputs()
    }
    if graph.nodes.contains(where: { $0.domain == NodeProto.machineLearning }) { file.machineLearningSet = 3 }
    file.producerName = "Cellar"
    file.docString = description(of: origin)
    file.metadata = metadata(of: origin)
    file.graph = graph
    guard file.wireSize < 1 << 31 else {
        throw CellarError(
            "has more weights than an ONNX file can hold (2 GB)", subject: "model \"\(model.name)\"")
    }
    return file.wireData
}

/// The state of an export.
private struct ONNXExporter {
    let model: Model
    let free: FreeSizes
    let builder = GraphBuilder()
    let paths: [String]

    init(_ model: Model) throws(CellarError) {
        (self.model, free) = (model, try FreeSizes(of: model))
        paths = model.paths
    }

    func graph() throws(CellarError) -> GraphProto {
        var graph = GraphProto()
        let needed = callsBehindOutputs()
        var values: [Value?] = model.calls.map { _ in nil }
        for index in model.inputs {
            let (name, shape) = (builder.unique(path(index)), model.shapes[index])
            values[index] = Value(name, shape: shape, free: free.axes[index], graph: builder)
            graph.inputs.append(info(name, index))
        }
        for (index, call) in model.calls.enumerated() where needed[index] && values[index] == nil {
            values[index] = try value(of: call, index, inputs: call.inputs.compactMap { values[$0] })
        }
        graph.outputs = nameOutputs(values, inputs: graph.inputs.map(\.name))
        graph.nodes = builder.nodes
        graph.initializers = builder.usedConstants
        return graph
    }

    private func value(of call: Model.Call, _ index: Int, inputs: [Value]) throws(CellarError) -> Value {
        let (layer, path) = (model.layers[call.layer], paths[call.layer])
        guard model.weights[call.layer].count == model.weightSpecs[call.layer].count else {
            throw CellarError("has no weights yet", subject: layer.subject)
        }
        builder.path = path
        var call = ExportedCall(
            layer: layer, path: path, inputs: inputs, outputShape: model.shapes[index],
            outputFree: free.axes[index], weights: model.weights[call.layer], maskUse: model.maskUses[index],
            graph: builder)
        return try export(&call)
    }

    private func path(_ call: Int) -> String { paths[model.calls[call].layer] }

    private func callsBehindOutputs() -> [Bool] {
        var needed = model.calls.map { _ in false }
        for output in model.outputs { needed[output] = true }
        for index in model.calls.indices.reversed() where needed[index] {
            for input in model.calls[index].inputs { needed[input] = true }
        }
        return needed
    }

    /// Renames the graph's outputs to the names of their layers.
    private func nameOutputs(_ values: [Value?], inputs: [String]) -> [ValueInfoProto] {
        let tensors = model.outputs.map { values[$0]?.name() ?? "" }
        var names: [String: String] = [:]
        var aliases: [(name: String, tensor: String)] = []
        var infos: [ValueInfoProto] = []
        for (output, tensor) in zip(model.outputs, tensors) {
            let name = builder.unique(path(output))
            // Inputs keep their names, and a tensor has one name. Other outputs get an Identity node.
            if inputs.contains(tensor) || names[tensor] != nil {
                aliases.append((name, tensor))
            } else {
                names[tensor] = name
            }
            infos.append(info(name, output))
        }
        for (name, tensor) in aliases { builder.alias(name, of: tensor) }
        builder.rename(names)
        return infos
    }

    private func info(_ name: String, _ call: Int) -> ValueInfoProto {
        let sizes = model.shapes[call].enumerated().map { axis, size in
            free.axes[call].contains(axis) ? ValueInfoProto.Size.free("\(name)_\(axis + 1)") : .fixed(size)
        }
        return ValueInfoProto(
            name: name, shape: [.free("batch")] + sizes,
            type: model.layers[model.calls[call].layer].isText ? .string : .float)
    }
}
