import Datasets
import Foundation
import Base
@testable import KerasFile
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
    let steps = Tensor(shape: [1, 5, 2], values: (0..<10).map { Float($0) / 10 })
    let model = try LoadedModel(file, path: "free.h5", name: "free")
    let answer = try model.predict([Samples(shape: [5, 2], floats: steps.values)])[0]
    file.golden = .init(inputs: [steps], outputs: [answer])
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("free.h5").path
        try writeModel(file, to: path)
        #expect(try LoadedModel(.unchecked(path)).file.golden == file.golden)
    }
}
