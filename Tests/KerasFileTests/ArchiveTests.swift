import Base
import Foundation
import HDF5
import Network
import TestSupport
import Tensors
import Testing
import Zip

@testable import KerasFile

private func compiled(_ optimizer: any Optimizer) throws -> ModelFile {
    var layers: [any Layer] = [
        InputLayer(name: "in", shape: [2, 3]), Flatten(), Dense(units: 5, activation: .hardSigmoid),
        BatchNormalization(), Dropout(rate: 0.2), Dense(units: 3, activation: .softmax),
    ]
    for index in layers.indices.dropFirst() { layers[index].name = "layer\(index)" }
    var model = try Model(name: "small", chain: layers)
    try model.initialize(seed: 5)
    let samples = Samples(shape: [2, 3], floats: (0..<48).map { Float($0 * 37 % 256) / 256 })
    let executor = try TrainingExecutor(
        model, loss: Loss(.sparseCategoricalCrossentropy), optimizer: optimizer, batchSize: 8)
    for _ in 0..<3 {
        _ = executor.trainBatch([samples], .classes([0, 1, 2, 0, 1, 2, 0, 1]), rows: Array(0..<8)[...])
    }
    var file = ModelFile(
        model: executor.trainedNetwork,
        compiled: ModelFile.Compiled(loss: executor.loss, optimizer: executor.optimizer))
    file.optimizerState = executor.optimizerState
    file.facts = ModelFacts(name: "small", created: "2026-11-22T12:00:00Z", generation: "keras")
    return file
}

@Test(
    "a .keras keeps weights, the optimizer's memory and our facts, to the bit; Keras 3's weights alone, the first two"
)
func archiveRoundTrip() throws {
    let optimizers: [any Optimizer] = [
        Adam(), Adam(amsgrad: true), SGD(momentum: 0.9), SGD(), RMSprop(momentum: 0.5, centered: true),
    ]
    for optimizer in optimizers {
        try Fixtures.temporaryFolder { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let file = try compiled(optimizer)
            try writeModel(file, to: path("a.keras"))
            let found = try readModel(.unchecked(path("a.keras")))
            #expect(found.model.weights == file.model.weights)
            #expect(found.optimizerState == file.optimizerState)
            #expect(found.compiled?.optimizer?.className == optimizer.className)
            // What Keras 3 wrote is computed as Keras 3 does.
            var loss = file.compiled?.loss
            loss?.newer = true
            #expect(found.compiled?.loss == loss)
            #expect(found.facts?.name == "small")
            #expect(try readFacts(.unchecked(path("a.keras")))?.name == "small")
            #expect(found.warnings.isEmpty)
            #expect(found.kerasVersion == "3.15.1")
            try writeModel(file, to: path("b.keras"))
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: path("a.keras")))
                    == Data(contentsOf: URL(fileURLWithPath: path("b.keras"))))

            try writeModel(file, to: path("a.weights.h5"))
            let both = try readModel(
                .unchecked(
                    path("a.weights.h5")), architecture: try Architecture(.unchecked(path("a.keras"))))
            #expect(both.model.weights == file.model.weights)
            #expect(both.optimizerState == file.optimizerState)
            let alone = #expect(throws: CellarError.self) { try readModel(.unchecked(path("a.weights.h5"))) }
            #expect(alone?.message.contains("without an architecture") == true)

            // The architecture may come as text, too.
            let archive = try ZipArchive(path: path("a.keras"))
            try Data(archive.bytes(of: "config.json")).write(to: URL(fileURLWithPath: path("config.json")))
            let text = try readModel(
                .unchecked(
                    path("a.weights.h5")), architecture: try Architecture(.unchecked(path("config.json"))))
            #expect(text.model.weights == file.model.weights)
            // Without the optimizer there is less.
            try writeModel(file, to: path("c.keras"), includeOptimizer: false)
            #expect(try readModel(.unchecked(path("c.keras"))).optimizerState == nil)
        }
    }
}

@Test("weights alone, as real Keras saved them, given an architecture")
func weightsAlone() throws {
    var tried = 0
    for sidecar in try Sidecar.all(in: "seed") + Sidecar.all(in: "legacy") {
        for variant in sidecar.json["variants"]?.array ?? [] {
            guard let weights = variant["weights_file"]?.string,
                let whole = variant["files"]?.array?.first?.string
            else { continue }
            tried += 1
            let file = try readModel(
                .unchecked(
                    sidecar.path(weights)), architecture: try Architecture(.unchecked(sidecar.path(whole))))
            #expect(
                file.model.weights == (try readModel(.unchecked(sidecar.path(whole))).model.weights),
                "\(weights)")
        }
    }
    #expect(tried >= 4)
}

@Test("Keras 2.12's archives and weights alone, where members with weights are numbered twice")
func numberedTwice() throws {
    let folder = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/numbered").path
    let whole = try readModel(.unchecked("\(folder)/whole.h5"))
    let alone = try readModel(
        .unchecked(
            "\(folder)/alone.weights.h5"), architecture: try Architecture(.unchecked("\(folder)/whole.h5")))
    #expect(whole.model.weights.joined().count > 20)
    #expect(alone.model.weights == whole.model.weights)
    #expect(try readModel(.unchecked("\(folder)/archive.keras")).model.weights == whole.model.weights)
}

/// A sound archive of one Dense, of which a test may change members.
private func members() throws -> [String: [UInt8]] {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("a.keras").path
        var dense = Dense(units: 2)
        dense.name = "d"
        var model = try Model(chain: [InputLayer(name: "in", shape: [3]), dense])
        try model.initialize(seed: 1)
        try writeModel(ModelFile(model: model), to: path)
        let archive = try ZipArchive(path: path)
        return try Dictionary(
            uniqueKeysWithValues: archive.members.map { ($0.name, try archive.bytes(of: $0.name)) })
    }
}

private func weights(_ fill: (HDF5Group) throws -> Void) throws -> [UInt8] {
    let file = try HDF5File(creating: "w")
    try fill(file.root)
    return try file.bytes()
}

private struct Broken: CustomStringConvertible, Sendable {
    var description: String
    var expected: String
    var change: @Sendable (inout [String: [UInt8]]) throws -> Void
}

@Test(
    "an archive that is not sound gives one clear error",
    arguments: [
        Broken(description: "no config", expected: "no config.json") { $0["config.json"] = nil },
        Broken(description: "no weights", expected: "no model.weights.h5") { $0["model.weights.h5"] = nil },
        Broken(description: "shards", expected: "several files") {
            $0["model.weights.h5"] = nil
            $0["model.weights.json"] = [0x7B, 0x7D]
        },
        Broken(description: "no JSON", expected: "config.json is not valid JSON") {
            $0["config.json"] = [0x7B]
        },
        Broken(description: "deep JSON", expected: "config.json is not valid JSON") {
            $0["config.json"] = [UInt8](repeating: 0x5B, count: 100_000)
        },
        Broken(description: "no HDF5", expected: "expected an HDF5 file, found text") {
            $0["model.weights.h5"] = Array("weights".utf8)
        },
        Broken(description: "truncated HDF5", expected: "model.weights.h5") {
            $0["model.weights.h5"] = $0["model.weights.h5"].map { Array($0[..<($0.count / 2)]) }
        },
        Broken(description: "empty weights", expected: "no group \"layers\"") {
            $0["model.weights.h5"] = try weights { _ = try $0.makeGroup("vars") }
        },
        Broken(
            description: "missing layer",
            expected: "the config has 1 of the kind \"dense\" with weights (d), the file has 0"
        ) {
            $0["model.weights.h5"] = try weights { _ = try $0.makeGroup("layers") }
        },
        Broken(
            description: "missing weight", expected: "Dense \"d\" needs 2 weights, but /layers/dense has 1"
        ) {
            $0["model.weights.h5"] = try weights {
                try $0.write([Float](repeating: 0, count: 6), shape: [3, 2], named: "layers/dense/vars/0")
            }
        },
        Broken(
            description: "surplus weight", expected: "Dense \"d\" needs 2 weights, but /layers/dense has 3"
        ) {
            $0["model.weights.h5"] = try weights {
                for (index, shape) in [[3, 2], [2], [2]].enumerated() {
                    let values = [Float](repeating: 0, count: shape.reduce(1, *))
                    try $0.write(values, shape: shape, named: "layers/dense/vars/\(index)")
                }
            }
        },
        Broken(description: "wrong shape", expected: "the config needs kernel [3, 2]") {
            $0["model.weights.h5"] = try weights {
                try $0.write([Float](repeating: 0, count: 6), shape: [2, 3], named: "layers/dense/vars/0")
                try $0.write([Float](repeating: 0, count: 2), shape: [2], named: "layers/dense/vars/1")
            }
        },
        Broken(description: "surplus layer", expected: "the file has 2 (/layers/dense, /layers/dense_1)") {
            $0["model.weights.h5"] = try weights {
                for layer in ["dense", "dense_1"] {
                    try $0.write(
                        [Float](repeating: 0, count: 6), shape: [3, 2], named: "layers/\(layer)/vars/0")
                    try $0.write([Float](repeating: 0, count: 2), shape: [2], named: "layers/\(layer)/vars/1")
                }
            }
        },
        Broken(
            description: "custom class",
            expected: "Dense \"d\": it is a custom class (mine>Dense)"
        ) {
            let text = String(decoding: $0["config.json"] ?? [], as: UTF8.self)
            let dense = text.replacing(
                "\"registered_name\": null}]", with: "\"registered_name\": \"mine>Dense\"}]")
            #expect(dense != text)
            $0["config.json"] = Array(dense.utf8)
        },
    ])
private func brokenArchives(_ broken: Broken) throws {
    try Fixtures.temporaryFolder { folder in
        var parts = try members()
        try broken.change(&parts)
        var zip = ZipWriter()
        for name in parts.keys.sorted() { zip.add(name, parts[name] ?? []) }
        let path = folder.appendingPathComponent("bad.keras").path
        try Data(zip.finished().flatMap { $0 }).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: CellarError.self) { _ = try readModel(.unchecked(path)) }
        #expect(error?.description.hasPrefix(path) == true)
        #expect(error?.message.contains(broken.expected) == true, "\(error?.message ?? "")")
    }
}

@Test("weights that are no numbers are read, and told")
func notNumbers() throws {
    try Fixtures.temporaryFolder { folder in
        var dense = Dense(units: 2)
        dense.name = "d"
        var model = try Model(chain: [InputLayer(name: "in", shape: [3]), dense])
        try model.setWeights(
            [
                Tensor(shape: [3, 2], values: [1, .nan, 2, .nan, 3, 4]),
                Tensor(shape: [2], values: [.infinity, 0]),
            ],
            layer: 1)
        for name in ["a.h5", "a.keras"] {
            let path = folder.appendingPathComponent(name).path
            try writeModel(ModelFile(model: model), to: path)
            #expect(
                try readModel(.unchecked(path)).warnings == [
                    "layer \"d\": 2 of 6 values of kernel are NaN",
                    "layer \"d\": 1 of 2 values of bias are infinite",
                ])
        }
    }
}

@Test("classes in snake case, as Keras writes them")
func snakeCase() {
    let words = [
        "Conv2D": "conv2d", "PReLU": "p_re_lu", "ReLU": "re_lu", "LeakyReLU": "leaky_re_lu", "LSTM": "lstm",
        "GRU": "gru", "SimpleRNN": "simple_rnn", "MaxPooling2D": "max_pooling2d",
        "Conv2DTranspose": "conv2d_transpose", "RMSprop": "rm_sprop",
        "BatchNormalization": "batch_normalization",
        "AdamW": "adam_w", "ELU": "elu", "GlobalAveragePooling1D": "global_average_pooling1d", "SGD": "sgd",
        "DepthwiseConv2D": "depthwise_conv2d", "MultiHeadAttention": "multi_head_attention",
    ]
    for (name, word) in words { #expect(ObjectPaths.snakeCase(name) == word) }
}

@Test("a SavedModel's graph and Keras' list of weights in several files are called what they are")
func otherFiles() throws {
    let files: [([UInt8], String)] = [
        ([0x08, 0x01, 0x12, 0x80, 0x01] + Array(repeating: 0x0A, count: 60), "a TensorFlow SavedModel"),
        ([0x08, 0x07, 0x12, 0x07] + Array(repeating: 0x70, count: 60), "an ONNX model"),
        (
            Array(
                #"{"metadata": {"total_size": 8}, "weight_map": {"/layers/dense/vars": ["m_00000.weights.h5"]}}"#
                    .utf8), "several"
        ),
    ]
    try Fixtures.temporaryFolder { folder in
        for (bytes, words) in files {
            let path = folder.appendingPathComponent("file").path
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: CellarError.self) { try readModel(.unchecked(path)) }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
    }
}
