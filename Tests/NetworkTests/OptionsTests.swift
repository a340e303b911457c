import Base
@testable import KerasFile
import TestSupport
import Tensors
import Testing

@testable import Network

/// Models of single options that Keras wrote, with its answers and three steps of training; made by
/// `Tests/KerasFileTests/Golden/make_options.py` and, with several outputs, `make_cells.py`.
private func cases() throws -> [Sidecar] {
    try ["options", "cells", "operations", "states", "merges", "steps", "masks"].flatMap { folder in
        try Sidecar.all(
            at: Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/\(folder)"))
    }
}

@Test("every option answers and trains as in Keras", arguments: try cases(), [1, 2])
func options(sidecar: Sidecar, threads: Int) throws {
    let variant = try #require(sidecar.json["variants"]?.array?.first)
    let model = try readModel(.unchecked(sidecar.path(variant["files"]?.array?.first?.string ?? ""))).model
    let samples = try (sidecar.json["inputs"]?.array ?? []).map { entry in
        let tensor = try sidecar.tensor(entry)
        return Samples(shape: Array(tensor.shape.dropFirst()), floats: tensor.values)
    }
    let rows = samples[0].count
    let outputs = variant["outputs"]?.array ?? []
    for (entry, found) in zip(outputs, try Predictor(model, threads: threads).predict(samples)) {
        let wanted = try sidecar.tensor(entry)
        #expect(found.shape == wanted.shape)
        let answers = compare(found.values, wanted.values, atol: 1e-5, rtol: 1e-5)
        #expect(answers.within, "answers are off by \(answers.worst)")
    }
    guard let training = sidecar.json["training"] else { return }
    var objective = Objective(losses: model.outputShapes.map { _ in Loss(.meanSquaredError) })
    objective.setCountsMasked(variant["tag"] == "k210")
    let executor = try TrainingExecutor(
        model, objective: objective,
        optimizer: SGD(learningRate: training["rate"]?.double ?? 0), batchSize: rows, threads: threads)
    let entries = training["y"]?.array ?? [training["y"] ?? .null]
    let targets = try zip(entries, model.outputShapes).map { entry, shape in
        Targets.values(try sidecar.tensor(entry).values, width: shape.reduce(1, *))
    }
    for loss in training["losses"]?.array ?? [] {
        let result = executor.trainBatch(samples, targets, rows: Array(0..<rows)[...])
        let here = result.lossSum / Double(result.count)
        let there = loss.double ?? .nan
        #expect(abs(here - there) < 2e-5 * max(1, there), "loss \(here), not \(there)")
    }
    let weights = compare(
        flat(executor.trainedNetwork), try sidecar.tensor(training["weights"]).values, atol: 2e-5, rtol: 2e-5
    )
    #expect(weights.within, "weights are off by \(weights.worst)")
}
