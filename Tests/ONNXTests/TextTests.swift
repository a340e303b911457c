import Base
import Network
import Testing

@testable import ONNX

/// A model whose only input is a text, behind which lies a lookup.
private func lookup(_ options: JSONObject) throws -> Exported {
    let text = try LayerTable.make(
        className: "InputLayer", config: ["name": "word", "batch_shape": [nil, 1], "dtype": "string"])
    var config: JSONObject = ["name": "lookup", "vocabulary": ["a", "é", "x y"]]
    for (key, value) in options.members { config[key] = value }
    var model = try Model(
        name: "net", form: .functional,
        layers: [text, LayerTable.make(className: "StringLookup", config: config)],
        calls: [Model.Call(layer: 0, inputs: []), Model.Call(layer: 1, inputs: [0])], inputs: [0],
        outputs: [1])
    try model.initialize(seed: 1)
    return try Exported(model)
}

@Suite struct TextTests {
    @Test func aLookupBecomesATableOfTheOperatorsForMachineLearning() throws {
        let found = try lookup(["output_mode": "one_hot"])
        #expect(found.operations == ["LabelEncoder", "Unsqueeze", "Equal", "Cast", "Squeeze"])
        #expect(found.graph.inputs.map(\.type) == [.string] && found.graph.outputs.map(\.type) == [.float])
        #expect(found.graph.nodes.map(\.domain) == ["ai.onnx.ml", "", "", "", ""])
        #expect(found.file.operatorSet == 17 && found.file.machineLearningSet == 3)
        let table = found.graph.nodes[0]
        #expect(table.strings("keys_strings") == ["a", "é", "x y"])
        #expect(table.ints("values_int64s") == [1, 2, 3] && table.int("default_int64") == 0)
        #expect(found.isSound())
    }

    @Test func aMaskTokenHasThePlaceOfKeras() throws {
        let whole = try lookup(["mask_token": ""]).graph.nodes[0]
        #expect(whole.strings("keys_strings") == ["a", "é", "x y", ""])
        #expect(whole.ints("values_int64s") == [2, 3, 4, 0] && whole.int("default_int64") == 1)
        let hot = try lookup(["mask_token": "", "output_mode": "multi_hot"]).graph.nodes[0]
        #expect(hot.ints("values_int64s") == [1, 2, 3, -1] && hot.int("default_int64") == 0)
    }

    @Test func anUnknownTextWithoutAPlaceFailsInTheRuntime() throws {
        let found = try lookup(["num_oov_indices": 0])
        #expect(found.operations == ["LabelEncoder", "Equal", "Where", "Gather", "Cast"])
        #expect(found.graph.nodes[0].int("default_int64") == 3)
    }

    @Test func whatONNXCannotHashIsRefused() throws {
        let error = #expect(throws: CellarError.self) { try lookup(["num_oov_indices": 2]) }
        #expect(error?.explanation.contains("num_oov_indices") == true)
    }

    @Test func weightsCountAtTheirOwnTokensOnly() throws {
        let inputs = try ["tokens", "weights"].map {
            try LayerTable.make(
                className: "InputLayer", config: ["name": .string($0), "batch_shape": [nil, 2]])
        }
        var model = try Model(
            name: "net", form: .functional,
            layers: inputs + [
                LayerTable.make(
                    className: "CategoryEncoding",
                    config: ["name": "counts", "num_tokens": 4, "output_mode": "count"])
            ],
            calls: [
                Model.Call(layer: 0, inputs: []), Model.Call(layer: 1, inputs: []),
                Model.Call(layer: 2, inputs: [0, 1]),
            ], inputs: [0, 1], outputs: [2])
        try model.initialize(seed: 1)
        let found = try Exported(model)
        #expect(found.operations == ["Cast", "Unsqueeze", "Equal", "Unsqueeze", "Where", "ReduceSum"])
        #expect(found.isSound())
    }
}

/// A model that takes a text apart by its characters.
private func characters(_ options: JSONObject = [:]) throws -> Exported {
    let text = try LayerTable.make(
        className: "InputLayer", config: ["name": "day", "batch_shape": [nil, 1], "dtype": "string"])
    var config: JSONObject = [
        "name": "characters", "vocabulary": ["0", "1", "]"], "split": "character", "standardize": nil,
        "output_sequence_length": 2,
    ]
    for (key, value) in options.members { config[key] = value }
    var model = try Model(
        name: "net", form: .functional,
        layers: [text, LayerTable.make(className: "TextVectorization", config: config)],
        calls: [Model.Call(layer: 0, inputs: []), Model.Call(layer: 1, inputs: [0])], inputs: [0],
        outputs: [1])
    try model.initialize(seed: 1)
    return try Exported(model)
}

@Test("characters are found by regular expressions of operator set 20, and words are refused")
func charactersBecomeExpressions() throws {
    let found = try characters()
    // Places 2, 3 and 4 of three characters need three bits; unknown ones are place 1.
    let patterns = found.graph.nodes.filter { $0.operation == "RegexFullMatch" }.map { $0.string("pattern") }
    #expect(
        patterns == [
            #"(?s).{0}[^\x{30}\x{5d}].*"#, #"(?s).{0}[\x{30}\x{31}].*"#, #"(?s).{0}[\x{5d}].*"#,
            #"(?s).{1}[^\x{30}\x{5d}].*"#, #"(?s).{1}[\x{30}\x{31}].*"#, #"(?s).{1}[\x{5d}].*"#,
        ])
    #expect(found.file.operatorSet == 20 && found.isSound())
    for options: JSONObject in [["split": "whitespace"], ["standardize": "lower"], ["ngrams": 2]] {
        let error = #expect(throws: CellarError.self) { try characters(options) }
        #expect(error?.explanation.contains("do not split") == true)
    }
}
