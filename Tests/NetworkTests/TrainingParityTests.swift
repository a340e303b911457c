import Base
import KerasFile
@testable import Network
import TestSupport
import Tensors
import Testing

/// One of Keras' recorded runs: initial weights, batches, and what came out of each step.
struct Run: CustomStringConvertible, Sendable {
    let sidecar: Sidecar
    let json: JSON
    var description: String { "\(sidecar.name) \(json["tag"]?.string ?? "") \(json["name"]?.string ?? "")" }

    static func all() throws -> [Run] {
        try Sidecar.all(in: "training").filter { $0.json["kind"] == "training" }.flatMap { sidecar in
            (sidecar.json["runs"]?.array ?? []).map { Run(sidecar: sidecar, json: $0) }
        }
    }

    /// The optimizer as that Keras had it: Keras 3's RMSprop places epsilon elsewhere than 2.10's.
    func optimizer() throws -> any Optimizer {
        var config = json["optimizer"]?.object ?? [:]
        let name = config["class"] ?? .null
        config["class"] = nil
        let made = try OptimizerTable.make(
            from: ["class_name": name, "config": .object(config)], strict: true)
        guard json["tag"] == "k3", var rmsprop = made as? RMSprop else { return made }
        rmsprop.newer = true
        return rmsprop
    }
}

/// A fixture's data, cut into its batches.
struct TrainingSet {
    let samples: Samples
    let targets: Targets
    let batches: [ArraySlice<Int>]
    let loss: Loss

    init(_ sidecar: Sidecar) throws {
        let x = try sidecar.tensor(sidecar.json["x"])
        samples = Samples(shape: Array(x.shape.dropFirst()), floats: x.values)
        targets = .classes(try sidecar.ints(sidecar.json["y"]?["file"]?.string))
        let rows = Array(0..<samples.count)
        var start = 0
        batches = (sidecar.json["batch_sizes"]?.array ?? []).compactMap(\.int).map { size in
            defer { start += size }
            return rows[start..<start + size]
        }
        loss = try Loss(from: sidecar.json["loss"] ?? .null)
    }
}

/// All weights of a model in the order of the file.
func flat(_ model: Model) -> [Float] { model.weights.flatMap { $0.flatMap(\.values) } }

@Test("gradients of the first batch equal Keras'", arguments: try Sidecar.all(in: "training"))
func firstGradients(sidecar: Sidecar) throws {
    guard sidecar.json["kind"] == "training" else { return }
    let data = try TrainingSet(sidecar)
    let model = try readModel(sidecar.path(sidecar.json["model"]?.string ?? "")).model
    for threads in [1, 3] {
        let executor = try TrainingExecutor(
            model, loss: data.loss, optimizer: SGD(), batchSize: data.batches[0].count, threads: threads)
        let (loss, tensors) = executor.gradients([data.samples], data.targets, rows: data.batches[0])
        let expected = try sidecar.floats(sidecar.json["first_batch"]?["gradients"]?.string)
        var (found, next) = ([Float](), tensors.makeIterator())
        for layer in model.layers.indices {
            for (weight, spec) in model.weightSpecs[layer].enumerated() {
                // The fixture has zeros for what is not trained.
                let trained = model.isTrainable(layer: layer, weight: weight)
                found += trained ? next.next()?.values ?? [] : Array(repeating: 0, count: spec.count)
            }
        }
        // Float32 sums of up to 784 products in another order, and divisions by small deviations in BatchNormalization: the
        // tolerance is that of the fixtures themselves for weights.
        let difference = compare(found, expected, atol: 5e-6)
        #expect(difference.within, "\(sidecar), \(threads) threads: off by \(difference.worst)")
        #expect(abs(loss - (sidecar.json["first_batch"]?["loss"]?.double ?? .nan)) < 1e-6)
    }
}

@Test("steps of every optimizer equal Keras'", arguments: try Run.all())
func steps(run: Run) throws {
    let data = try TrainingSet(run.sidecar)
    let model = try readModel(run.sidecar.path(run.sidecar.json["model"]?.string ?? "")).model
    // The fixtures' own tolerances: float32 rounding over six steps; wide where BatchNormalization leaves gradients that
    // are zero but for rounding, which Adam with a tiny epsilon turns into full steps.
    let weightsTolerance = run.json["weights_atol"]?.double ?? 0
    let lossTolerance = run.json["loss_atol"]?.double ?? 0
    let executor = try TrainingExecutor(
        model, loss: data.loss, optimizer: try run.optimizer(), batchSize: data.batches[0].count)
    try expectSteps(executor, data, data.batches, run.json["steps"], lossTolerance, "\(run)")
    let weights = compare(
        flat(executor.trainedNetwork), try run.sidecar.floats(run.json["final_weights"]?.string),
        atol: weightsTolerance)
    #expect(weights.within, "\(run): weights off by \(weights.worst)")

    let scores = executor.evaluate([data.samples], data.targets)
    let wanted = run.json["evaluate_all_rows_after"]
    #expect(abs(scores.lossSum / Double(scores.count) - (wanted?["loss"]?.double ?? .nan)) < lossTolerance)
    if lossTolerance < 1e-4 {
        #expect(abs(scores.correct / Double(scores.count) - (wanted?["accuracy"]?.double ?? .nan)) < 1e-6)
    }
    guard let resume = run.json["resume"] else { return }

    // Keras' own checkpoint, with the optimizer's state, continued here.
    let file = try readModel(run.sidecar.path(resume["checkpoint"]?.string ?? ""))
    let state = try #require(file.optimizerState)
    #expect(state.iterations == data.batches.count)
    let optimizer = try #require(file.compiled?.optimizer)
    let second = try TrainingExecutor(
        file.model, loss: try #require(file.compiled?.loss), optimizer: optimizer,
        batchSize: data.batches[0].count)
    try second.restore(state)
    let chosen = (resume["batches"]?.array ?? []).compactMap(\.int).map { data.batches[$0] }
    try expectSteps(second, data, chosen, resume["steps"], lossTolerance, "\(run) resumed")
    let resumed = compare(
        flat(second.trainedNetwork), try run.sidecar.floats(resume["final_weights"]?.string),
        atol: weightsTolerance)
    #expect(resumed.within, "\(run) resumed: weights off by \(resumed.worst)")
}

private func expectSteps(
    _ executor: TrainingExecutor, _ data: TrainingSet, _ batches: [ArraySlice<Int>], _ recorded: JSON?,
    _ tolerance: Double, _ name: String
) throws {
    let recorded = recorded?.array ?? []
    #expect(recorded.count == batches.count && !batches.isEmpty)
    for (index, (batch, wanted)) in zip(batches, recorded).enumerated() {
        let result = executor.trainBatch([data.samples], data.targets, rows: batch)
        let loss = result.lossSum / Double(result.count)
        #expect(
            abs(loss - (wanted["loss"]?.double ?? .nan)) < tolerance, "\(name), step \(index): loss \(loss)")
        if tolerance < 1e-4 {
            let accuracy = result.correct / Double(result.count)
            #expect(abs(accuracy - (wanted["accuracy"]?.double ?? .nan)) < 1e-6, "\(name), step \(index)")
        }
    }
}
