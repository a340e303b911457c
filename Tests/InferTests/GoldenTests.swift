import Datasets
import Foundation
import Base
import KerasFile
import Tensors
import TestSupport
import Testing

@testable import Infer

// Keras' outputs and evaluations are in the fixtures' sidecars (Tests/Fixtures/README.md).

@Test(
    "predicts as Keras",
    arguments: [
        ("mnist_mlp_sgd", "tfk", [28, 28], 10), ("mnist_mlp_bn_sgd", "tfk", [28, 28], 10),
        ("mnist_small_bn_adam", "tfk", [28, 28], 10), ("wine_adam", "tfk", [11], 1),
    ])
func predictions(_ name: String, _ tag: String, _ shape: [Int], _ width: Int) throws {
    let model = try SmallModels.seed("\(name).\(tag).h5")
    let samples = Samples(shape: shape, floats: try SmallModels.floats("\(name).in0.bin"))
    let expected = try SmallModels.floats("\(name).\(tag).out0.bin")
    let found = try model.predict([samples])[0]
    #expect(found.shape == [samples.count, width])
    let off = zip(found.values, expected).filter { !(abs($0 - $1) <= 2e-6 + 1e-4 * abs($1)) }
    #expect(off.isEmpty, "\(off.prefix(3))")
}

/// The results of Keras' `evaluate` on a seed fixture's test split.
private func scores(_ name: String) throws -> (loss: Double, accuracy: Double) {
    let stem = name.split(separator: ".").first.map(String.init) ?? name
    let sidecar = try Sidecar(Fixtures.folder.appendingPathComponent("seed/\(stem).json"))
    let variant = sidecar.json["variants"]?.array?.first {
        $0["files"]?.array?.contains(.string(name)) ?? false
    }
    return (
        try #require(variant?["test"]?["test_loss"]?.double),
        try #require(variant?["test"]?["test_accuracy"]?.double)
    )
}

@Test(
    "evaluates the MNIST test set as Keras",
    arguments: ["mnist_mlp_sgd.tfk.h5", "mnist_mlp_bn_sgd.tfk.h5", "mnist_small_sgdm.tfk.h5"])
func evaluation(_ name: String) throws {
    let (loss, accuracy) = try scores(name)
    let model = try SmallModels.seed(name, classes: SmallModels.digits)
    let folder = Fixtures.data.appendingPathComponent("mnist").path
    let labelled = try readLabelledSamples(folder, for: model)
    #expect(labelled.samples.count == 10_000)
    let found = try evaluateSamples(labelled, with: model, data: folder)
    #expect(abs(found.loss - loss) < 1e-6)
    #expect(abs((found.accuracy ?? 0) - accuracy) < 1e-6)
    #expect(found.lossName == "sparse_categorical_crossentropy")
}

@Test("evaluates the wine test split from a table as Keras")
func wineEvaluation() throws {
    let sidecar = try JSONSerialization.jsonObject(
        with: Data(contentsOf: Fixtures.folder.appendingPathComponent("seed/wine_split_and_scaler.json")))
    let facts = try #require(sidecar as? [String: Any])
    let rows = try #require(facts["test_rows"] as? [Int])
    let mean = try #require(facts["mean"] as? [Double])
    let scale = try #require(facts["scale"] as? [Double])
    let table = try Table(path: Fixtures.data.appendingPathComponent("wine.csv").path)
    let columns = try table.numbers(SmallModels.wineColumns)
    let labels = try table.text("quality")
    let model = try SmallModels.seed(
        "wine_adam.tfk.h5", classes: ["bad", "good"], features: SmallModels.wineColumns)

    try Fixtures.temporaryFolder { folder in
        // Standardized, as the model requires; columns in reverse order after the label.
        var text = (["quality"] + SmallModels.wineColumns.reversed()).joined(separator: ",") + "\n"
        for row in rows {
            let values = columns.indices.reversed().map { (columns[$0][row] - mean[$0]) / scale[$0] }
            text += ([labels[row]] + values.map { "\($0)" }).joined(separator: ",") + "\n"
        }
        let file = try folder.file("test.csv", text)
        let found = try evaluateTable(CSVReader(path: file), with: model, target: ["quality"])
        #expect(found.count == 400)
        let (loss, accuracy) = try scores("wine_adam.tfk.h5")
        #expect(abs(found.loss - loss) < 1e-6)
        #expect(abs((found.accuracy ?? 0) - accuracy) < 1e-6)
    }
}

@Test("another answer to the golden sample is an error beyond rounding")
func golden() throws {
    func open(_ output: Float, kernel: [Float] = [2, 3], input: [Float] = [1, 2]) throws -> LoadedModel {
        var file = ModelFile(
            model: try SmallModels.dense(inputs: 2, units: 1, .linear, kernel: kernel, bias: [1]))
        file.golden = .init(
            inputs: [Samples(shape: [2], floats: input)],
            outputs: [Tensor(shape: [1, 1], values: [output])])
        return try LoadedModel(file, path: "m.h5", name: "m")
    }
    #expect(try open(9).warnings == [])
    #expect(try open(9.00005).warnings == [])
    for other: Float in [9.001, 12, .nan] {
        let damage = try #require(failure { _ = try open(other) })
        #expect(damage.category == .badData && damage.place.file == "m.h5")
        #expect(damage.message.contains("expected \(other)"))
    }
    // Large numbers that cancel out: the sum's rounding is that of its terms.
    #expect(try open(1.05, kernel: [1, -1], input: [123_456.1, 123_456.1]).warnings == [])
    #expect(
        failure { _ = try open(2, kernel: [1, -1], input: [123_456.1, 123_456.1]) }?.category == .badData)
}
