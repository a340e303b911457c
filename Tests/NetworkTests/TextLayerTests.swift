import Base
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Network

/// A layer of texts and what Keras gave, as make_texts.py recorded it.
private struct TextCase {
    let className: String
    let config: JSONObject
    let inputs: String
    let output: [[Float]]
}

private func goldenTexts() throws -> (texts: [String], numbers: [Float], cases: [TextCase]) {
    let file = Fixtures.repository.appendingPathComponent("Tests/NetworkTests/Golden/texts.json")
    let json = try JSON(parsing: [UInt8](Data(contentsOf: file)))
    let cases = (json["cases"]?.array ?? []).map { entry in
        TextCase(
            className: entry["class"]?.string ?? "", config: entry["config"]?.object ?? [:],
            inputs: entry["inputs"]?.string ?? "",
            output: (entry["output"]?.array ?? []).map {
                ($0.array ?? []).compactMap { $0.double.map { Float($0) } }
            })
    }
    return (
        (json["texts"]?.array ?? []).compactMap(\.string),
        (json["numbers"]?.array ?? []).compactMap { $0.double.map { Float($0) } }, cases
    )
}

@Test("layers of texts give what Keras gives")
func textLayers() throws {
    let golden = try goldenTexts()
    #expect(golden.cases.count == 36)
    for item in golden.cases {
        let layer = try LayerTable.make(className: item.className, config: item.config)
        let isPair = item.inputs.hasSuffix("pairs")
        let isText = !item.inputs.hasPrefix("number")
        let inputs = (0..<(isPair ? 2 : 1)).map { InputLayer(name: "in\($0)", shape: [1], isText: isText) }
        var model = try Model(
            name: "m", form: .functional, layers: inputs + [layer],
            calls: inputs.indices.map { .init(layer: $0, inputs: []) }
                + [.init(layer: inputs.count, inputs: Array(inputs.indices))],
            inputs: Array(inputs.indices), outputs: [inputs.count])
        try model.initialize(seed: 1)
        let first =
            isText ? Samples(texts: Texts(golden.texts)) : Samples(shape: [1], floats: golden.numbers)
        let second =
            isText
            ? Samples(texts: Texts(golden.texts.reversed()))
            : Samples(shape: [1], floats: golden.numbers.map { $0 + 1 })
        let samples = isPair ? [first, second] : [first]
        // The largest number is beyond what a float tells apart once 1 is added.
        let rows = isText ? golden.texts.count : golden.numbers.count - (isPair ? 1 : 0)
        let chosen = samples.map { $0.selecting(0..<rows) }
        let found = try Predictor(model, batchSize: 4).predict(chosen)[0]
        let wanted = item.output.prefix(rows).flatMap { $0 }
        #expect(found.values.count == wanted.count, "\(item.className) \(JSON.object(item.config).text())")
        let off = zip(found.values, wanted).filter { abs($0 - $1) > 1e-6 }
        #expect(off.isEmpty, "\(item.className) \(JSON.object(item.config).text()): \(off.prefix(3))")
    }
}

@Test("a model of texts trains and keeps the texts' layers")
func trainsOnTexts() throws {
    let lookup = StringLookup(vocabulary: ["a", "b"], name: "lookup")
    var model = try Model(
        name: "m", form: .functional,
        layers: [
            InputLayer(name: "n", shape: [1]), InputLayer(name: "t", shape: [1], isText: true), lookup,
            Embedding(inputSize: 3, outputSize: 2),
            try LayerTable.make(className: "Reshape", config: ["target_shape": [2]]), Concatenate(),
            Dense(units: 1, activation: .sigmoid),
        ],
        calls: [
            .init(layer: 0, inputs: []), .init(layer: 1, inputs: []), .init(layer: 2, inputs: [1]),
            .init(layer: 3, inputs: [2]), .init(layer: 4, inputs: [3]), .init(layer: 5, inputs: [0, 4]),
            .init(layer: 6, inputs: [5]),
        ], inputs: [0, 1], outputs: [6])
    try model.initialize(seed: 3)
    let samples = [
        Samples(shape: [1], floats: [0, 1, 0, 1]), Samples(texts: Texts(["a", "b", "c", "a"])),
    ]
    var adam = Adam()
    adam.learningRate = 0.05
    let executor = try TrainingExecutor(
        model, loss: Loss(.binaryCrossentropy), optimizer: adam, batchSize: 4)
    let prepared = try executor.prepared(samples)
    let targets = Targets.classes([1, 0, 0, 1])
    let before = executor.evaluate(prepared, targets).lossSum
    for _ in 0..<200 { _ = executor.trainBatch(prepared, targets, rows: [0, 1, 2, 3]) }
    #expect(executor.evaluate(prepared, targets).lossSum < before / 2)
    let trained = executor.trainedNetwork
    #expect(trained.layers.map(\.className) == model.layers.map(\.className))
    let found = try Predictor(trained).predict(samples)[0].values
    #expect(found[0] > 0.5 && found[1] < 0.5)
    // Numbers where texts are wanted are refused.
    #expect(throws: CellarError.self) { try Predictor(trained).predict([samples[0], samples[0]]) }
}

@Test("an input that a later call reads keeps its samples")
func lateInput() throws {
    // The second input is behind calls whose memory has become free.
    var model = try Model(
        name: "m", form: .functional,
        layers: [
            InputLayer(name: "a", shape: [2]), Normalization(mean: [0, 0], variance: [4, 4]),
            Normalization(mean: [0, 0], variance: [1, 1]), Normalization(mean: [1, 1], variance: [1, 1]),
            InputLayer(name: "b", shape: [2]), Add(),
        ],
        calls: [
            .init(layer: 0, inputs: []), .init(layer: 1, inputs: [0]), .init(layer: 2, inputs: [1]),
            .init(layer: 3, inputs: [2]), .init(layer: 4, inputs: []), .init(layer: 5, inputs: [3, 4]),
        ], inputs: [0, 4], outputs: [5])
    try model.initialize(seed: 1)
    let found = try Predictor(model).predict([
        Samples(shape: [2], floats: [2, 4]), Samples(shape: [2], floats: [10, 20]),
    ])
    #expect(found[0].values == [10, 21])
}

@Test("counts with weights leave out what has another place")
func weightedCounts() throws {
    var model = try Model(
        name: "m", form: .functional,
        layers: [
            InputLayer(name: "x", shape: [2]), Discretization(boundaries: [3e38], name: "missing"),
            try LayerTable.make(className: "Rescaling", config: ["scale": 2, "offset": [0, 1]]),
            CategoryEncoding(weightedCountsOf: 4, name: "sorted"),
        ],
        calls: [
            .init(layer: 0, inputs: []), .init(layer: 1, inputs: [0]), .init(layer: 2, inputs: [1]),
            .init(layer: 3, inputs: [2, 0]),
        ], inputs: [0], outputs: [3])
    try model.initialize(seed: 1)
    let found = try Predictor(model).predict([Samples(shape: [2], floats: [1.5, .nan, -3, 7])])[0].values
    #expect(Array(found[0..<3]) == [1.5, 0, 0] && found[3].isNaN)
    #expect(Array(found[4...]) == [-3, 7, 0, 0])
}
