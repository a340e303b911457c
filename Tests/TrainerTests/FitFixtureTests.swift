import Datasets
import Base
@testable import KerasFile
import Network
import TestSupport
import Tensors
import Testing

@testable import Trainer

/// A recorded `fit(shuffle=False)` of Keras 2 or 3: history, epochs run, final weights.
struct RecordedFit: CustomStringConvertible, Sendable {
    let sidecar: Sidecar
    let json: JSON
    var description: String { "\(json["tag"]?.string ?? "") \(json["name"]?.string ?? "")" }

    static func all() throws -> [RecordedFit] {
        try Sidecar.all(in: "training").filter { $0.json["kind"] == "fit" }.flatMap { sidecar in
            (sidecar.json["runs"]?.array ?? []).map { RecordedFit(sidecar: sidecar, json: $0) }
        }
    }

    func part(_ x: String, _ y: String) throws -> DataPart {
        let values = try sidecar.tensor(sidecar.json[x])
        return DataPart(
            samples: Samples(shape: Array(values.shape.dropFirst()), floats: values.values),
            targets: .classes(try sidecar.ints(sidecar.json[y]?["file"]?.string)))
    }

    /// The run's callbacks, read as from a recipe.
    func callbacks() throws -> [any Callback] {
        let names = LogNames(["loss", "accuracy"], validation: true)
        return try (json["callbacks"]?.object?.members ?? []).map { name, options in
            var reader = LayerConfig(className: name, options.object ?? [:])
            switch name {
            case "EarlyStopping": return EarlyStopping(try .init(from: &reader, names))
            case "ReduceLROnPlateau": return ReduceLROnPlateau(try .init(from: &reader, names))
            default: throw FixtureError("\(self): unknown callback \(name)")
            }
        }
    }
}

@Test("fit has Keras' history, epochs and final weights", arguments: try RecordedFit.all())
func recordedFits(run: RecordedFit) throws {
    let model = try readModel(.unchecked(run.sidecar.path(run.sidecar.json["model"]?.string ?? ""))).model
    var optimizer = run.json["optimizer"]?.object ?? [:]
    let className = optimizer["class"] ?? .null
    optimizer["class"] = nil
    var options = FitOptions()
    options.epochs = try #require(run.json["epochs"]?.int)
    options.batchSize = try #require(run.json["batch_size"]?.int)
    options.shuffle = false
    let executor = try TrainingExecutor(
        model, loss: Loss(from: run.sidecar.json["loss"] ?? .null),
        optimizer: OptimizerTable.make(
            from: ["class_name": className, "config": .object(optimizer)], strict: true),
        batchSize: options.batchSize)
    var train = try run.part("x", "y")
    var validation = try run.part("val_x", "val_y")
    if let share = run.json["validation_split"]?.double {
        let kept = validationStart(of: train.count, share: share)
        validation = train.selecting(kept..<train.count)
        train = train.selecting(0..<kept)
    }
    let fit = Fit(executor, train: train, validation: validation, options: options) {
        (_, _, _) throws(CellarError) in
    }
    let outcome = try fit.run(callbacks: try run.callbacks())

    #expect(outcome.history.epochs == run.json["epochs_run"]?.int)
    // Keras 2 has loss, accuracy, val_loss, val_accuracy, lr; Keras 3 sorts the names and has learning_rate.
    let recorded = run.json["history"]?.object?.members ?? []
    #expect(recorded.count == outcome.history.series.count)
    if run.json["tag"] == "tfk" { #expect(outcome.history.series.map(\.name) == recorded.map(\.key)) }
    for (name, values) in recorded {
        let found = try #require(outcome.history[name == "learning_rate" ? "lr" : name], "\(name)")
        let expected = values.array?.compactMap(\.double) ?? []
        #expect(found.count == expected.count)
        // Float32 rounding over up to 105 steps; the rate is exact.
        let tolerance = name == "lr" ? 0 : name.hasSuffix("accuracy") ? 1e-7 : 2e-6
        for (epoch, (a, b)) in zip(found, expected).enumerated() {
            #expect(abs(a - b) <= tolerance, "\(run), \(name) of epoch \(epoch + 1): \(a), Keras \(b)")
        }
    }
    let weights = executor.trainedNetwork.weights.flatMap { $0.flatMap(\.values) }
    let difference = compare(
        weights, try run.sidecar.floats(run.json["final_weights"]?.string), atol: 5e-6)
    #expect(difference.within, "\(run): weights off by \(difference.worst)")
}
