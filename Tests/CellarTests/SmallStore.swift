import Base
import Cellar
import Foundation
import KerasFile
import Network
import Registry
import Tensors
import TestSupport

/// A store of models whose predictions can be worked out by hand:
/// - `mnist`, two versions: 3 for every picture with the first, 7 with the second.
/// - `small`: p(good) = sigmoid(a − b).
/// - `line`: 2x + 1.
struct SmallStore {
    let store: Store
    let folder: URL

    /// Runs `body` with a store in a folder of its own, which is removed afterwards.
    static func make(_ body: (SmallStore) throws -> Void) throws {
        try Fixtures.temporaryFolder { folder in
            let models = folder.appendingPathComponent("models")
            try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
            let small = SmallStore(store: Store(models.path), folder: folder)
            try small.fill()
            try body(small)
        }
    }

    private func fill() throws {
        for (second, digit) in [3, 7].enumerated() {
            var bias = [Float](repeating: 0, count: 10)
            bias[digit] = 9
            let model = try weighted(
                [
                    InputLayer(name: "in", shape: [28, 28]), Flatten(),
                    Dense(units: 10, activation: .softmax),
                ],
                kernel: Tensor(shape: [784, 10], values: Array(repeating: 0, count: 7840)), bias: bias)
            var facts = facts("mnist", second: second)
            facts.classes = (0..<10).map(String.init)
            facts.picture = ModelFacts.Picture(height: 28, width: 28, inkIsBright: true)
            try save(model, facts)
        }
        var small = facts("small", second: 2)
        (small.features, small.classes) = (["a", "b"], ["bad", "good"])
        small.hyperparameters.targets = ["label"]
        try save(
            weighted(
                [InputLayer(name: "in", shape: [2]), Dense(units: 1, activation: .sigmoid)],
                kernel: Tensor(shape: [2, 1], values: [1, -1]), bias: [0]), small)
        var line = facts("line", second: 3)
        line.features = ["x"]
        try save(
            weighted(
                [InputLayer(name: "in", shape: [1]), Dense(units: 1, activation: .linear)],
                kernel: Tensor(shape: [1, 1], values: [2]), bias: [1]), line)
    }

    private func facts(_ name: String, second: Int) -> ModelFacts {
        ModelFacts(name: name, created: "2026-11-22T12:30:0\(second)Z", generation: "keras-2.10-h5")
    }

    private func weighted(_ layers: [any Layer], kernel: Tensor, bias: [Float]) throws -> Model {
        var model = try Model(chain: layers)
        try model.setWeights([kernel, Tensor(shape: [bias.count], values: bias)], layer: layers.count - 1)
        return model
    }

    @discardableResult
    func save(_ model: Model, _ facts: ModelFacts) throws -> ModelVersion {
        var file = ModelFile(model: model)
        file.facts = facts
        return try store.models.save(facts) { output in try writeModel(file, to: &output, as: .h5) }
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// Writes a file, and gives its path.
    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    static let digit = Fixtures.data.appendingPathComponent("digits/3_paper.png").path
}

/// The category of the error that `body` throws; nil for none.
func category(_ body: () throws(CellarError) -> Void) -> CellarError.Category? {
    do throws(CellarError) { try body() } catch { return error.category }
    return nil
}
