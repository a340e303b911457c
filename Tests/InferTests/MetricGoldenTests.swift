import Base
import Foundation
@testable import KerasFile
import TestSupport
import Testing

@testable import Infer

// Keras' evaluations of compiled models on arrays, recorded by Golden/make_metrics.py.

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden/metrics")

private func said() throws -> JSON {
    try JSON(parsing: String(contentsOf: folder.appendingPathComponent("said.json"), encoding: .utf8))
}

@Test("every compiled metric equals Keras' evaluate", arguments: try said().object?.keys ?? [])
func compiledMetrics(_ name: String) throws {
    let entry = try #require(try said()[name])
    let labels = try #require(entry["labels"]?.array).compactMap(\.string)
    let inputs = entry["inputs"]?.int == 2 ? ["x.npy", "x2.npy"] : ["x.npy"]
    let model = try LoadedModel(.unchecked(folder.path(name)), name: name)
    let found = try evaluateArrays(
        inputs.map(folder.path), labels: labels.map { folder.path($0 + ".npy") }, with: model, data: name)
    let figures = Dictionary(uniqueKeysWithValues: found.figures.map { ($0.name, $0.value) })
    for (metric, value) in try #require(entry["said"]?.object).members {
        let (expected, value) = (try #require(value.double), figures[metric] ?? .nan)
        // Keras adds in float32.
        #expect(
            abs(value - expected) <= 1e-6 * max(1, abs(expected)),
            "\(metric): \(value), but Keras says \(expected)")
    }
    #expect(model.file.compiled?.unknown == [])
}

@Test("Keras' accuracy of logits and margins is told apart from that of the predicted classes")
func otherAccuracy() throws {
    for name in ["logit.tfk.h5", "margin.k3.keras"] {
        let model = try LoadedModel(.unchecked(folder.path(name)), name: name)
        let found = try evaluateArrays(
            [folder.path("x.npy")], labels: [folder.path("binary.npy")], with: model, data: name)
        let figures = Dictionary(uniqueKeysWithValues: found.figures.map { ($0.name, $0.value) })
        let isDifferent = figures["class_accuracy"] != nil
        #expect(
            isDifferent == (figures["accuracy"] != found.accuracy) && found.warnings.isEmpty == !isDifferent)
        // At 0, which is where Keras' own BinaryAccuracy of the file compares.
        #expect(abs((figures["at_zero"] ?? figures["sign"] ?? 0) - (found.accuracy ?? 1)) < 1e-6)
    }
}
