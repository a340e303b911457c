import Base
import Network
import Tensors
import Testing

@testable import ONNX

@Test("a chain of Dense layers becomes one node each, with Keras' names outside and the weights as they are")
func denseChain() throws {
    let model = try chain(
        [3],
        [
            ("Dense", ["name": "hidden", "units": 4, "activation": "relu"]),
            ("Dropout", ["name": "drop", "rate": 0.5]),
            ("Dense", ["name": "out", "units": 2, "activation": "softmax", "use_bias": false]),
        ])
    let found = try Exported(model)
    #expect(found.operations == ["Gemm", "Relu", "Gemm", "Softmax"])
    #expect(found.graph.inputs.map(\.name) == ["in"])
    #expect(found.graph.outputs.map(\.name) == ["out"])
    #expect(found.graph.inputs.map(\.sizes) == ["batch, 3"])
    #expect(found.graph.outputs.map(\.sizes) == ["batch, 2"])
    #expect(found.graph.initializers.map(\.name) == ["hidden/kernel", "hidden/bias", "out/kernel"])
    #expect(try found.constant("hidden/kernel").shape == [3, 4])
    #expect(try found.floats("hidden/kernel") == model.weights[1][0].values)
    #expect(found.isSound())
    #expect(found.file.irVersion == 8)
    #expect(found.file.operatorSet == 17)
}

@Test("what goes into the model goes into the graph: rescaling, normalization")
func preprocessing() throws {
    let found = try Exported(
        [2], ("Rescaling", ["scale": 0.5, "offset": [1, 2]]),
        ("Normalization", ["axis": [-1], "mean": [1, 2], "variance": [4, 0]]))
    #expect(found.operations == ["Mul", "Add", "Sub", "Div"])
    let deviations = try #require(found.graph.nodes.last?.inputs.last)
    #expect(try found.floats(deviations) == [2, 1e-7])
}

@Test("free sizes stay free, and so does the batch")
func freeSizes() throws {
    let found = try Exported([nil, 3], ("Dense", ["name": "out", "units": 5]))
    #expect(found.graph.inputs.map(\.sizes) == ["batch, in_1, 3"])
    #expect(found.graph.outputs.map(\.sizes) == ["batch, out_1, 5"])
    #expect(found.operations == ["MatMul", "Add"])
}

@Test("a layer that is called twice has its weights once; two outputs of one tensor have two names")
func sharedLayers() throws {
    let dense = try LayerTable.make(className: "Dense", config: ["name": "shared", "units": 3])
    let model = try {
        var model = try Model(
            name: "net", form: .functional, layers: [InputLayer(name: "in", shape: [3]), dense],
            calls: [
                Model.Call(layer: 0, inputs: []), Model.Call(layer: 1, inputs: [0]),
                Model.Call(layer: 1, inputs: [1]),
            ], inputs: [0], outputs: [2, 2, 0])
        try model.initialize(seed: 1)
        return model
    }()
    let found = try Exported(model)
    #expect(found.graph.initializers.map(\.name) == ["shared/kernel", "shared/bias"])
    #expect(found.operations == ["Gemm", "Gemm", "Identity", "Identity"])
    #expect(found.graph.outputs.map(\.name) == ["shared", "shared_2", "in_2"])
    #expect(found.isSound())
}

@Test("a reader of the file learns where it comes from")
func metadata() throws {
    var facts = ModelFacts(name: "wine", created: "2026-11-22T12:30:05Z", generation: "keras-2.10-h5")
    facts.task = .binary
    (facts.classes, facts.features) = (["bad", "good"], ["alcohol", "pH"])
    facts.parents = [.init(kind: .resumedFrom, sha256: "cd", reference: "wine:2")]
    let origin = ONNXOrigin(reference: "wine:3", sha256: "ab12", facts: facts)
    let file = try Exported(try chain([2], [("Dense", ["units": 1])]), from: origin).file
    let known = Dictionary(uniqueKeysWithValues: file.metadata.map { ($0.key, $0.value) })
    #expect(known["reference"] == "wine:3")
    #expect(known["sha256"] == "ab12")
    #expect(known["task"] == "binary")
    #expect(try JSON(parsing: known["classes"] ?? "") == ["bad", "good"])
    #expect(try JSON(parsing: known["features"] ?? "") == ["alcohol", "pH"])
    #expect(try JSON(parsing: known["parents"] ?? "").array?.first?["reference"] == "wine:2")
    #expect(known["recipe"] == nil)
    #expect(file.producerName == "Cellar")
    #expect(file.graph.name == "wine")
    #expect(file.graph.inputs.first?.docString.contains("alcohol, pH") == true)
}

/// A layer that nobody has heard of.
private struct Strange: StatelessLayer {
    static let className = "Strange"
    var name = "odd"
    var trainable = true
    init() {}
    init(from config: inout LayerConfig) throws(CellarError) {}
    var config: JSONObject { [:] }
    func outputShape(for inputs: [[Int]]) throws(CellarError) -> [Int] { inputs[0] }
    func forward(_ call: CallMemory) {}
    func backward(_ call: CallMemory) {}
}

@Test("a layer that cannot be exported is named; a model without weights is told so")
func refusals() throws {
    let strange = try Model(chain: [InputLayer(name: "in", shape: [3]), Strange()])
    #expect { try Exported(strange) } throws: {
        "\($0)".contains("Strange \"odd\": cannot be exported to ONNX yet")
    }
    let empty = try Model(
        chain: [
            InputLayer(name: "in", shape: [3]), try LayerTable.make(className: "Dense", config: ["units": 1]),
        ])
    #expect { try Exported(empty) } throws: { "\($0)".contains("has no weights yet") }
}

@Test("every layer that there is can be exported, but those that are known not to be")
func coverage() {
    let missing = Set(LayerTable.classNames + LayerTable.operationNames).subtracting(layerExporters.keys)
    #expect(
        missing == [
            "GroupedQueryAttention", "InputLayer", "RNN",
            // They hash texts.
            "HashedCrossing", "Hashing",
        ])
}
