import Datasets
import Foundation
import Base
@testable import KerasFile
import Network
import Tensors
import TestSupport
import Testing

@testable import Infer

// Keras' evaluations, recorded by Golden/make_evaluation.py.

private let evaluated = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden/evaluation")

@Test(
    "losses that are not means over samples equal Keras'",
    arguments: [
        "penalties.tfk.h5", "penalties.k3.keras", "hinge.tfk.h5", "ignored.tfk.h5", "ignored.k3.keras",
        "probabilities.k3.keras", "free.tfk.h5",
    ])
func batchLosses(_ name: String) throws {
    let said = try JSON(
        parsing: String(contentsOf: evaluated.appendingPathComponent("said.json"), encoding: .utf8))
    let own = try #require(said["said"]?[name])
    let count = try #require(own["classes"]?.int)
    let numbers = try #require(said[count == 2 ? "halves" : "kinds"]?.array).compactMap(\.int)
    let values = try #require(said["x"]?.array).compactMap(\.double).map { Float($0) }
    let classes = (0..<count).map { "class \($0)" }
    let file = evaluated.appendingPathComponent(name).path
    var options = ModelOptions()
    options.classes = classes
    let model = try LoadedModel(.unchecked(file), options: options)
    let samples = Samples(shape: [5, 2], floats: values)
    #expect(samples.count == 40 && numbers.count == 40)
    let labelled = LabelledSamples(samples: samples, labels: numbers, classes: classes)
    let found = try evaluateSamples(labelled, with: model, data: "golden")
    let expected = try #require(own["loss"]?.double)
    #expect(abs(found.loss - expected) < 1e-5 * max(1, abs(expected)))
}

@Test("a golden sample with the data's number of steps fits a model with free steps")
func freeGoldenSample() throws {
    var file = try readModel(.unchecked(evaluated.appendingPathComponent("free.tfk.h5").path))
    let steps = Samples(shape: [5, 2], floats: (0..<10).map { Float($0) / 10 })
    let model = try LoadedModel(file, path: "free.h5", name: "free")
    let answer = try model.predict([steps])[0]
    file.golden = .init(inputs: [steps], outputs: [answer])
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("free.h5").path
        try writeModel(file, to: path)
        #expect(try LoadedModel(.unchecked(path)).file.golden == file.golden)
    }
}

@Test("a compiled model that cannot be trained here is evaluated as the one without its random layer")
func evaluatesWithAugmentation() throws {
    let samples = Samples(shape: [4, 4, 1], floats: (0..<96).map { Float($0 * 37 % 11) / 10 })
    let labelled = LabelledSamples(
        samples: samples, labels: [0, 1, 2, 0, 1, 2], classes: ["0", "1", "2"])
    func evaluation(augmented: Bool) throws -> Evaluation {
        var config = LayerConfig(className: "RandomFlip", ["mode": "horizontal"])
        let flip: [any Layer] = augmented ? [try Augmentation<RandomFlip>(from: &config)] : []
        var network = try Model(
            chain: [InputLayer(name: "in", shape: [4, 4, 1])] + flip + [
                Flatten(), Dense(units: 3, activation: .softmax),
            ])
        try network.setWeights(
            [
                Tensor(shape: [16, 3], values: (0..<48).map { Float($0 * 29 % 17) / 10 - 0.8 }),
                Tensor(shape: [3], values: [0.1, 0, -0.1]),
            ], layer: network.layers.count - 1)
        #expect(network.isTrainableHere != augmented)
        let file = ModelFile(
            model: network, compiled: .init(loss: Loss(.sparseCategoricalCrossentropy), optimizer: SGD()))
        let model = try LoadedModel(file, path: "flip.h5", name: "flip")
        return try evaluateSamples(labelled, with: model, data: "x")
    }
    let (with, without) = (try evaluation(augmented: true), try evaluation(augmented: false))
    #expect(with.accuracy == without.accuracy && with.accuracy != nil)
    // The losses are added up by other code.
    #expect(abs(with.loss - without.loss) < 1e-6)
}
