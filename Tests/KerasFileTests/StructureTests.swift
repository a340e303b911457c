import Foundation
import Base
@testable import KerasFile
import Network
import TestSupport
import Tensors
import Testing
import Zip

private let folder = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden")

// Made by make_structures.py.
@Test("inputs and outputs in dictionaries and lists, and models in models, answer as in Keras")
func structures() throws {
    try checkAll("structures", atLeast: 55)
}

@Test("a .keras has one input or output by itself, as Keras 3.15 wants it inside a Sequential")
func oneEndIsNoList() throws {
    let file = try readModel(
        .unchecked(folder.appendingPathComponent("structures/functional_in_sequential.tfk.h5").path))
    let config = ArchiveConfig(file.model).json(training: nil)
    let inner = config["config"]?["layers"]?.array?.first { $0["class_name"] == "Functional" }
    #expect(inner?["config"]?["input_layers"]?.array?.first?.string != nil)
    #expect(inner?["config"]?["output_layers"]?.array?.first?.string != nil)
}

// Made by make_windows.py: the same weights in three forms.
@Test("groups joined by backslashes, and layers numbered by one, are found")
func otherGroups() throws {
    let windows = folder.appendingPathComponent("windows").path
    let whole = try readModel(.unchecked(windows + "/whole.h5"))
    let architecture = try Architecture(.unchecked(windows + "/whole.h5"))
    let alone = try readModel(.unchecked(windows + "/alone.weights.h5"), architecture: architecture)
    let archive = try readModel(.unchecked(windows + "/archive.keras"))
    #expect(whole.model.weights.joined().count > 15)
    #expect(alone.model.weights == whole.model.weights)
    #expect(archive.model.weights == whole.model.weights)
    #expect(archive.optimizerState == whole.optimizerState)
    let numbered = try readModel(.unchecked(folder.appendingPathComponent("numbered/whole.h5").path))
    let byOne = try readModel(
        .unchecked(windows + "/numbered_by_one.weights.h5"),
        architecture: Architecture(.unchecked(folder.appendingPathComponent("numbered/whole.h5").path)))
    #expect(byOne.model.weights == numbered.model.weights)
}

// Made by make_origins.py.
@Test("a custom class or function is never computed as the one of Keras that has its name")
func origins() throws {
    let cases =
        try JSON(parsing: Array(try Data(contentsOf: folder.appendingPathComponent("origins.json")))).array
        ?? []
    #expect(cases.count >= 70)
    for entry in cases {
        let name = entry["name"]?.string ?? ""
        let version = entry["keras_version"]?.string
        let architecture = Architecture(
            config: entry["config"] ?? .null, kerasVersion: version, backend: "tensorflow")
        do {
            let model = try architecture.model()
            #expect(entry["custom"] != "model", "\(name) was read")
            guard let training = entry["training"], !training.isNull else { continue }
            let generation = architecture.generation
            let compiled = readCompiled(
                generation.current(training: training), generation: generation, model: model)
            if entry["custom"] == "compile" {
                #expect(
                    compiled.unknown.contains { $0.contains("custom") || $0.contains(">") },
                    "\(name): \(compiled.unknown)")
            } else {
                #expect(compiled.unknown.isEmpty, "\(name): \(compiled.unknown)")
            }
        } catch {
            #expect(entry["custom"] == "model", "\(name): \(error)")
            #expect("\(error)".contains("custom"), "\(name): \(error)")
        }
    }
}

@Test("an architecture that is JSON within JSON, with spaces or a byte-order mark in front")
func jsonWithinJSON() throws {
    let text = try JSON(
        parsing: Array(
            #"{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "softmax_v2", "batch_input_shape": [null, 3]}}]}}"#
                .utf8)
    ).text()
    try Fixtures.temporaryFolder { folder in
        for (number, form) in [
            text, JSON.string(text).text(), "\u{FEFF} \n" + text,
            JSON.string(JSON.string(text).text()).text(),
        ]
        .enumerated() {
            let path = folder.appendingPathComponent("config\(number)").path
            try form.write(toFile: path, atomically: true, encoding: .utf8)
            let model = try Architecture(.unchecked(path)).model()
            #expect(model.outputShapes == [[2]])
            #expect(model.layers.last?.finalActivation == .softmax)
        }
    }
}

@Test("files that are no Keras models are named by their content, whatever their names")
func kindsOfFiles() throws {
    let kinds: [(String, [UInt8])] = [
        ("empty", []), ("Git LFS", Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8)),
        ("TensorFlow Lite", [0x1C, 0, 0, 0] + Array("TFL3".utf8) + [0, 0]),
        ("ONNX", [8, 8, 0x12, 7] + Array("pytorch".utf8)),
        ("safetensors", [64, 0, 0, 0, 0, 0, 0, 0] + Array("{\"w\":{}}".utf8)),
        ("pickle", [0x80, 4, 0x95]), ("gzip", [0x1F, 0x8B, 8, 0]), ("PNG", [0x89, 0x50, 0x4E, 0x47, 13, 10]),
        ("JPEG", [0xFF, 0xD8, 0xFF, 0xE0]), ("web page", Array("\n<!DOCTYPE html><html>".utf8)),
        ("NumPy", [0x93] + Array("NUMPY".utf8) + [1, 0]),
        ("YAML", Array("backend: tensorflow\nclass_name: Model\n".utf8)),
    ]
    try Fixtures.temporaryFolder { folder in
        for (name, bytes) in kinds {
            let path = folder.appendingPathComponent("model.h5").path
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: CellarError.self) { try readModel(.unchecked(path)) }
            #expect(error?.message.contains(name) == true, "\(name): \(String(describing: error))")
            #expect(error?.remedy != nil, "\(name)")
        }
        for (name, members) in [
            ("PyTorch", ["archive/data.pkl", "archive/data/0"]), ("NumPy", ["x.npy"]),
            ("SavedModel", ["m/saved_model.pb"]),
        ] {
            var zip = ZipWriter()
            for member in members { zip.add(member, [1, 2]) }
            let path = folder.appendingPathComponent("model.keras").path
            try Data(zip.finished().joined()).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: CellarError.self) { try readModel(.unchecked(path)) }
            #expect(error?.message.contains(name) == true, "\(name): \(String(describing: error))")
        }
    }
}

@Test("a layer of Keras that is missing here, a custom class and a misspelt name are told apart")
func unknownLayers() throws {
    func message(_ className: String, strict: Bool = false) -> String {
        do {
            _ = try LayerTable.make(className: className, config: ["name": "x"], strict: strict)
            return ""
        } catch { return error.message }
    }
    #expect(message("ConvLSTM2D").contains("is a layer of Keras that is not supported here"))
    #expect(message("ConvLSTM2D", strict: true).contains("is a layer of Keras that is not supported here"))
    #expect(message("Mask").contains("custom class"))
    #expect(message("dense").contains("did you mean Dense?"))
    #expect(message("Dens", strict: true).contains("did you mean Dense?"))
}

@Test("an export that would be read differently is not written")
func exportsAreReadAgain() throws {
    for name in ["dict_outputs.k3.keras", "functional_in_sequential.tfk.h5", "dict_inside.tfk.keras"] {
        let file = try readModel(.unchecked(folder.appendingPathComponent("structures/\(name)").path))
        try Fixtures.temporaryFolder { folder in
            for (ending, format) in [("h5", ModelFormat.h5), ("keras", .keras), ("weights.h5", .weights)] {
                let path = folder.appendingPathComponent("m." + ending).path
                var output = try AtomicFile(path)
                try exportModel(file, to: &output, as: format)
                try output.commit()
                #expect(FileSystem.size(ofFile: path) ?? 0 > 0)
            }
        }
    }
    // Outputs of one shape that stand in another order.
    let file = try readModel(
        .unchecked(folder.appendingPathComponent("structures/dict_outputs.k3.keras").path))
    var other = file.model
    let dense = other.layers.indices.filter { other.layers[$0].className == "Dense" }
    try other.setWeights(file.model.weights[dense[1]], layer: dense[0])
    try other.setWeights(file.model.weights[dense[0]], layer: dense[1])
    try checkSame(file.model, file, "m.h5")
    let error = #expect(throws: CellarError.self) { try checkSame(other, file, "m.h5") }
    #expect(error?.category == .internalFault && error?.message.contains("differs by") == true)
}

@Test("an export with another learning rate or other optimizer state is not written")
func exportsKeepTheOptimizer() throws {
    let weights = [Tensor(shape: [2], filledWith: 1)]
    var model = ModelFile(
        model: try readModel(
            .unchecked(folder.appendingPathComponent("structures/dict_outputs.k3.keras").path)
        ).model)
    model.compiled = ModelFile.Compiled(loss: nil, optimizer: SGD(learningRate: 0.1))
    model.optimizerState = OptimizerState(iterations: 3, slots: [weights])
    try checkSameOptimizer(model, model, "m.keras")
    func fault(_ change: (inout ModelFile) -> Void) -> String? {
        var other = model
        change(&other)
        let error = #expect(throws: CellarError.self) { try checkSameOptimizer(other, model, "m.keras") }
        return error?.message
    }
    #expect(fault { $0.compiled?.optimizer?.learningRate = 1e30 }?.contains("expected 0.1") == true)
    #expect(fault { $0.optimizerState = nil }?.contains("state there differs") == true)
    #expect(fault { $0.optimizerState?.iterations = 4 }?.contains("state there differs") == true)
    #expect(
        fault { $0.optimizerState?.slots = [[Tensor(shape: [2], filledWith: 2)]] }?.contains(
            "state there differs")
            == true)
}

@Test("losses by the keys of a dictionary of outputs belong to these outputs, whatever their layers' names")
func lossesByKeys() throws {
    func dense(_ name: String) -> JSON {
        [
            "class_name": "Dense", "name": .string(name),
            "config": ["name": .string(name), "units": 2, "activation": "softmax", "use_bias": true],
            "inbound_nodes": [[["x", 0, 0, [:]]]],
        ]
    }
    let input: JSON = [
        "class_name": "InputLayer", "name": "x", "config": ["name": "x", "batch_input_shape": [nil, 3]],
        "inbound_nodes": [],
    ]
    let config: JSON = [
        "class_name": "Functional",
        "config": [
            "name": "m", "layers": [input, dense("a"), dense("b")],
            "input_layers": [["x", 0, 0]], "output_layers": ["b": ["a", 0, 0], "a": ["b", 0, 0]],
        ],
    ]
    let architecture = Architecture(config: config, kerasVersion: "2.15.0", backend: nil)
    let model = try architecture.model()
    #expect(model.outputNames == ["b", "a"])
    let compiled = readCompiled(
        [
            "loss": ["a": "mse", "b": "categorical_crossentropy"],
            "optimizer_config": ["class_name": "SGD", "config": [:]],
        ],
        generation: architecture.generation, model: model, keys: architecture.outputKeys)
    #expect(compiled.objective?.losses.map { $0?.kind } == [.meanSquaredError, .categoricalCrossentropy])
}

@Test("policies of 16 bits are told, with the size of the difference")
func policies() throws {
    let config: JSON = [
        "class_name": "Sequential",
        "config": [
            "layers": [
                [
                    "class_name": "InputLayer",
                    "config": ["batch_input_shape": [nil, 3], "dtype": "float32", "name": "i"],
                ],
                ["class_name": "Dense", "config": ["name": "a", "units": 2, "dtype": "mixed_float16"]],
                [
                    "class_name": "Dense",
                    "config": [
                        "name": "b", "units": 2,
                        "dtype": ["class_name": "DTypePolicy", "config": ["name": "bfloat16"]],
                    ],
                ],
                [
                    "class_name": "Dense",
                    "config": [
                        "name": "c", "units": 2,
                        "dtype": ["class_name": "Policy", "config": ["name": "mixed_float16"]],
                    ],
                ],
            ]
        ],
    ]
    let warnings = Architecture(config: config, kerasVersion: "2.15.0", backend: nil).precisionWarnings
    #expect(warnings.count == 2)
    #expect(warnings.first?.contains("bfloat16") == true && warnings.first?.contains("2⁻⁸") == true)
    #expect(warnings.last?.contains("2 layers have the policy mixed_float16") == true)
}

@Test(
    "MultiHeadAttention took no notice of masks before Keras 2.10, and such a model is not written in a form in which it would"
)
func attentionBefore210() throws {
    func model(_ version: String, masked: Bool) throws -> Model {
        let config: JSON = [
            "class_name": "Functional",
            "config": [
                "name": "m",
                "layers": [
                    [
                        "class_name": "InputLayer", "name": "x", "inbound_nodes": [],
                        "config": ["batch_input_shape": [nil, 4], "dtype": "float32", "name": "x"],
                    ],
                    [
                        "class_name": "Embedding", "name": "e", "inbound_nodes": [[["x", 0, 0, [:]]]],
                        "config": ["name": "e", "input_dim": 5, "output_dim": 3, "mask_zero": .bool(masked)],
                    ],
                    [
                        "class_name": "MultiHeadAttention", "name": "a",
                        "inbound_nodes": [[["e", 0, 0, ["value": ["e", 0, 0]]]]],
                        "config": ["name": "a", "num_heads": 2, "key_dim": 2],
                    ],
                    [
                        "class_name": "LSTM", "name": "l", "inbound_nodes": [[["a", 0, 0, [:]]]],
                        "config": ["name": "l", "units": 2],
                    ],
                ],
                "input_layers": [["x", 0, 0]], "output_layers": [["l", 0, 0]],
            ],
        ]
        var model = try Architecture(config: config, kerasVersion: version, backend: "tensorflow").model()
        try model.initialize(seed: 3)
        return model
    }
    let ids = Samples(shape: [4], floats: [1, 2, 0, 0, 3, 0, 0, 0, 4, 1, 2, 3])
    func answers(_ version: String, masked: Bool) throws -> [Float] {
        try Predictor(try model(version, masked: masked)).predict([ids])[0].values
    }
    #expect(try answers("2.9.0", masked: true) == answers("2.9.0", masked: false))
    #expect(try answers("2.10.0", masked: true) != answers("2.10.0", masked: false))
    for name in ["copy.h5", "copy.keras"] {
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent(name).path
            let error = #expect(throws: CellarError.self) {
                try writeModel(ModelFile(model: try model("2.9.0", masked: true)), to: path)
            }
            #expect(error?.message.contains("ignores masks") == true)
            #expect(throws: Never.self) {
                try writeModel(ModelFile(model: try model("2.9.0", masked: false)), to: path)
            }
        }
    }
}
