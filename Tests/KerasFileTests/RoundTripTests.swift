import Base
import Foundation
import HDF5
@testable import KerasFile
import Network
import TestSupport
import Tensors
import Testing

private func small() throws -> ModelFile {
    var layers: [any Layer] = [
        InputLayer(name: "in", shape: [2, 3]), Rescaling(scale: 1 / 255.0), Flatten(),
        Dense(units: 5, activation: .relu),
        BatchNormalization(), Dropout(rate: 0.2), Dense(units: 3, activation: .softmax),
    ]
    for index in layers.indices.dropFirst() { layers[index].name = "layer\(index)" }
    var model = try Model(name: "small", chain: layers)
    try model.initialize(seed: 5)
    let samples = Samples(shape: [2, 3], floats: (0..<48).map { Float($0 * 37 % 256) })
    let executor = try TrainingExecutor(
        model, loss: Loss(.sparseCategoricalCrossentropy), optimizer: Adam(), batchSize: 8)
    let targets = Targets.classes([0, 1, 2, 0, 1, 2, 0, 1])
    for _ in 0..<3 { _ = executor.trainBatch([samples], targets, rows: Array(0..<8)[...]) }
    var file = ModelFile(
        model: executor.trainedNetwork,
        compiled: ModelFile.Compiled(loss: executor.loss, optimizer: executor.optimizer))
    file.optimizerState = executor.optimizerState
    var facts = ModelFacts(name: "small", created: "2026-11-22T12:00:00Z", generation: "keras-2.10-h5")
    facts.classes = ["a", "b", "ç"]
    facts.metrics = [.init(split: "test", name: "accuracy", value: 0.5)]
    facts.history = [.init(name: "loss", values: [1, 0.1, .nan])]
    file.facts = facts
    let one = samples.selecting([3])
    file.golden = ModelFile.GoldenSample(
        inputs: [one], outputs: try Predictor(file.model).predict([one]))
    return file
}

@Test("what is written is read again, to the bit")
func roundTrip() throws {
    try Fixtures.temporaryFolder { folder in
        let (path, again) = (
            folder.appendingPathComponent("a.h5").path, folder.appendingPathComponent("b.h5").path
        )
        let file = try small()
        try writeModel(file, to: path)
        let found = try readModel(.unchecked(path))
        #expect(found.model.weights == file.model.weights)
        #expect(found.optimizerState == file.optimizerState)
        #expect(found.golden == file.golden)
        #expect(found.compiled?.loss == file.compiled?.loss)
        #expect(found.kerasVersion == "2.10.0")
        #expect(found.facts?.classes == ["a", "b", "ç"])
        #expect(found.facts?.history.first?.values.last?.isNaN == true)
        #expect(try readFacts(.unchecked(path))?.name == "small")
        // The same content gives the same bytes, so that a digest says whether two models are one.
        try writeModel(found, to: again)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contentsOf: URL(fileURLWithPath: again)))
    }
}

@Test("a Functional graph with a branch and a shared layer is read again")
func functional() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("a.h5").path
        var dense = Dense(units: 3, activation: .tanh)
        dense.name = "shared"
        var model = try Model(
            name: "two", form: .functional, layers: [InputLayer(name: "a", shape: [3]), dense],
            calls: [.init(layer: 0, inputs: []), .init(layer: 1, inputs: [0]), .init(layer: 1, inputs: [1])],
            inputs: [0], outputs: [2])
        try model.initialize(seed: 1)
        try writeModel(ModelFile(model: model), to: path)
        let found = try readModel(.unchecked(path)).model
        #expect(found.calls == model.calls)
        #expect(found.weights == model.weights)
        #expect(found.outputs == [2])
    }
}

@Test("long lists of names are split as Keras splits them")
func manyNames() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("a.h5").path
        var layers: [any Layer] = [InputLayer(name: "in", shape: [1])]
        for index in 0..<900 {
            var layer = ActivationLayer(.relu)
            layer.name = "an_activation_with_quite_a_long_name_so_that_the_list_becomes_too_large_\(index)"
            layers.append(layer)
        }
        let model = try Model(chain: layers)
        try writeModel(ModelFile(model: model), to: path)
        let attributes = try HDF5File(reading: path).root.group(named: "model_weights").attributes
        #expect(!attributes.has("layer_names") && attributes.has("layer_names1"))
        #expect(try readModel(.unchecked(path)).model.layers.count == 901)
    }
}

struct Malformed: Sendable, CustomStringConvertible {
    let description: String
    let expected: String
    let change: @Sendable (HDF5File) throws -> Void
}

private let dense =
    #"{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2], "name": "in"}}, LAYER]}}"#

private func config(_ layer: String) -> String { dense.replacing("LAYER", with: layer) }

@Test(
    "a file that is not sound gives one clear error",
    arguments: [
        Malformed(description: "no config", expected: "no model_config") { _ in },
        Malformed(description: "no JSON", expected: "not valid JSON") {
            try $0.root.attributes.set("model_config", string: "{oops")
        },
        Malformed(description: "deep JSON", expected: "not valid JSON") {
            try $0.root.attributes.set("model_config", string: String(repeating: "[", count: 100_000))
        },
        Malformed(description: "Lambda", expected: "Lambda \"evil\": holds code") {
            try $0.root.attributes.set(
                "model_config",
                string: config(#"{"class_name": "Lambda", "config": {"name": "evil", "function": ["x"]}}"#))
        },
        Malformed(description: "misspelt class", expected: "did you mean Dense") {
            try $0.root.attributes.set(
                "model_config",
                string: config(#"{"class_name": "Dens", "config": {"name": "d", "units": 2}}"#))
        },
        Malformed(description: "no weights", expected: "model_weights") {
            try $0.root.attributes.set(
                "model_config",
                string: config(#"{"class_name": "Dense", "config": {"name": "d", "units": 2}}"#))
        },
        Malformed(
            description: "huge layer", expected: "is [2, 3], but the config needs kernel [2, 900000000]"
        ) {
            try $0.root.attributes.set(
                "model_config",
                string: config(#"{"class_name": "Dense", "config": {"name": "d", "units": 900000000}}"#))
            let group = try $0.root.makeGroup("model_weights")
            try group.attributes.set("layer_names", strings: ["d"])
            let inner = try group.makeGroup("d")
            try inner.attributes.set("weight_names", strings: ["d/kernel:0", "d/bias:0"])
            try inner.write([Float](repeating: 0, count: 6), shape: [2, 3], named: "d/kernel:0")
            try inner.write([Float](repeating: 0, count: 3), shape: [3], named: "d/bias:0")
        },
    ])
func malformed(given: Malformed) throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("bad.h5").path
        let file = try HDF5File(creating: path)
        try given.change(file)
        try writeFile(path, file.bytes())
        let error = #expect(throws: CellarError.self) { _ = try readModel(.unchecked(path)) }
        #expect(error?.description.hasPrefix(path) == true)
        #expect(error?.description.contains(given.expected) == true, "\(error?.description ?? "")")
    }
}
