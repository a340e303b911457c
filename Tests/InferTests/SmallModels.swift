import Base
import Foundation
@testable import KerasFile
import Network
import Tensors
import TestSupport

@testable import Infer

/// Models that are small enough to compute by hand, and the seed fixtures from Keras.
enum SmallModels {
    /// Makes a model of one Dense on `inputs` columns with the given weights.
    static func dense(
        inputs: Int, units: Int, _ activation: Activation, kernel: [Float], bias: [Float]
    ) throws -> Model {
        var model = try Model(chain: [
            InputLayer(name: "in", shape: [inputs]), Dense(units: units, activation: activation),
        ])
        try model.setWeights(
            [Tensor(shape: [inputs, units], values: kernel), Tensor(shape: [units], values: bias)], layer: 1)
        return model
    }

    /// Makes a model with p(good) = sigmoid(a − b) and Cellar's facts.
    static func binary(name: String = "small") throws -> LoadedModel {
        var file = ModelFile(
            model: try dense(inputs: 2, units: 1, .sigmoid, kernel: [1, -1], bias: [0]),
            compiled: .init(loss: Loss(.binaryCrossentropy), optimizer: nil))
        file.facts = facts(features: ["a", "b"], classes: ["bad", "good"])
        file.facts?.hyperparameters.targets = ["label"]
        return try LoadedModel(file, path: "small.h5", name: name)
    }

    /// Reads a golden model of `Tests/KerasFileTests/Golden`.
    static func golden(_ name: String) throws -> ModelFile {
        try readModel(
            .unchecked(Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/\(name)").path)
        )
    }

    /// softmax of (a, b, 0) for the classes x, y and "z, or other".
    static func multiclass() throws -> LoadedModel {
        var file = ModelFile(
            model: try dense(inputs: 2, units: 3, .softmax, kernel: [1, 0, 0, 0, 1, 0], bias: [0, 0, 0]))
        file.facts = facts(features: ["a", "b"], classes: ["x", "y", "z, or other"])
        return try LoadedModel(file, path: "small.h5", name: "three")
    }

    /// 2a + 3b + 1
    static func regression() throws -> LoadedModel {
        var file = ModelFile(
            model: try dense(inputs: 2, units: 1, .linear, kernel: [2, 3], bias: [1]))
        file.facts = facts(features: ["a", "b"], classes: [])
        return try LoadedModel(file, path: "small.h5", name: "line")
    }

    static func facts(features: [String], classes: [String]) -> ModelFacts {
        var facts = ModelFacts(name: "small", created: "2026-11-22T12:30:05Z", generation: "keras-2.10-h5")
        (facts.features, facts.classes) = (features, classes)
        return facts
    }

    /// Loads a seed fixture, a file from Keras.
    ///
    /// - shipped: True for the repository's file, whose sizes the test knows, not that of CELLAR_FIXTURES.
    static func seed(
        _ name: String, classes: [String]? = nil, features: [String]? = nil, shipped: Bool = false
    ) throws -> LoadedModel {
        var options = ModelOptions()
        (options.classes, options.features) = (classes, features)
        let folder =
            shipped ? Fixtures.repository.appendingPathComponent("Tests/Fixtures") : Fixtures.folder
        let file = folder.appendingPathComponent("seed/\(name)")
        return try LoadedModel(.unchecked(file.path), name: name, options: options)
    }

    static let digits = (0..<10).map(String.init)
    static let wineColumns = [
        "fixed acidity", "volatile acidity", "citric acid", "residual sugar", "chlorides",
        "free sulfur dioxide",
        "total sulfur dioxide", "density", "pH", "sulphates", "alcohol",
    ]

    /// Reads raw little-endian floats of a fixture.
    static func floats(_ name: String) throws -> [Float] {
        let data = try Data(contentsOf: Fixtures.folder.appendingPathComponent("seed/\(name)"))
        return stride(from: 0, to: data.count, by: 4).map { start in
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[start + $1]) << (8 * UInt32($1)) }
            return Float(bitPattern: bits)
        }
    }
}

/// Returns the error that `body` throws; nil if it throws none.
func failure(_ body: () throws -> Void) -> CellarError? {
    do { try body() } catch { return CellarError(error) }
    return nil
}

extension URL {
    /// Writes a file with that name in this folder and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        let url = appendingPathComponent(name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    func path(_ name: String) -> String { appendingPathComponent(name).path }

    func text(_ name: String) throws -> String {
        try String(contentsOf: appendingPathComponent(name), encoding: .utf8)
    }

    /// The names of the files in this folder.
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}
