import Base
import Cellar
import Foundation
import TestSupport
import Testing

/// Runs of a recipe with callbacks, whole or in two parts.
private func withCallbacks(
    _ callbacks: String, rate: Double = 0.05, _ body: (TrainedStore) throws -> Void
) throws {
    try TrainedStore.with { trained in
        var text = try String(contentsOfFile: trained.recipe, encoding: .utf8)
        text = text.replacing("optimizer: adam", with: "optimizer: { SGD: { learning_rate: \(rate) } }")
        text += "\ncallbacks:\n" + callbacks.replacing("FOLDER", with: trained.folder.path)
        try Data(text.utf8).write(to: URL(fileURLWithPath: trained.recipe))
        try body(trained)
    }
}

private let callbacks = [
    "  - EarlyStopping: { patience: 3, restore_best_weights: true }",
    "  - EarlyStopping: { patience: 2, min_delta: 0.001, start_from_epoch: 2 }",
    "  - ReduceLROnPlateau: { patience: 2, factor: 0.5, cooldown: 1, min_delta: 0.01 }",
    "  - ModelCheckpoint: { filepath: FOLDER/best.h5, save_best_only: true }",
]

@Test("a resumed run's callbacks go on as in one run", arguments: callbacks, [0.05, 3.0])
private func callbacksGoOn(callback: String, rate: Double) throws {
    try withCallbacks(callback, rate: rate) { trained in
        let whole = try trained.fit(epochs: 12)
        let checkpoint = try? Data(contentsOf: URL(fileURLWithPath: trained.path("best.h5"))).count
        try? FileManager.default.removeItem(atPath: trained.path("best.h5"))
        for stop in [1, 4, 7] where stop < whole.history.epochs {
            let first = try interrupted(trained, after: stop)
            let resumed = try trained.fit(epochs: 12, from: first)
            #expect(resumed.history == whole.history, "after \(stop)")
            #expect((resumed.stopped == nil) == (whole.stopped == nil), "after \(stop)")
            let (a, b) = (try weights(trained, "small:1"), try weights(trained, "small"))
            #expect(a == b, "after \(stop)")
            #expect(FileManager.default.fileExists(atPath: trained.path("best.h5")) == (checkpoint != nil))
        }
    }
}

/// Interrupts a run in the epoch after `epochs` and returns its checkpoint.
private func interrupted(_ trained: TrainedStore, after epochs: Int) throws -> String {
    let seen = Reports()
    let result = try trained.fit(
        epochs: 12,
        progress: ProgressReporter(
            report: { if case .epochEnded = $0 { seen.add("epoch") } },
            isCancelled: { seen.all.count == epochs }))
    guard case .interrupted(let checkpoint, _) = result.end else { throw CellarError("not interrupted") }
    return checkpoint
}

private func weights(_ trained: TrainedStore, _ reference: String) throws -> JSON {
    try trained.store.inspectWeights(InspectWeightsRequest(model: reference, layer: "dense")).json
}

@Test("a worse run that resumes does not replace the better checkpoint")
private func betterCheckpointStays() throws {
    // Its loss on the training rows is surely worse.
    try withCallbacks(callbacks[3].replacing("save_best", with: "monitor: loss, save_best")) { trained in
        try trained.fit(epochs: 6)
        let best = trained.path("best.h5")
        let kept = try Data(contentsOf: URL(fileURLWithPath: best))
        let text = try String(contentsOfFile: trained.recipe, encoding: .utf8)
        try Data(text.replacing("learning_rate: 0.05", with: "learning_rate: 40").utf8).write(
            to: URL(fileURLWithPath: trained.recipe))
        try trained.fit(epochs: 9, from: best)
        #expect(try Data(contentsOf: URL(fileURLWithPath: best)) == kept)
    }
}

@Test("a checkpoint's lineage leads to the version that its run saved")
private func checkpointNamesItsRun() throws {
    try withCallbacks(callbacks[3]) { trained in
        try trained.fit(epochs: 3)
        try trained.fit(epochs: 5, from: trained.path("best.h5"))
        let above = try trained.store.lineage(of: "small:2")
        #expect(above.ancestors.map(\.name) == [trained.path("best.h5"), "small:1"])
        #expect(above.ancestors.last?.kind == .checkpointOf)
        #expect(try trained.store.lineage(of: "small:1").descendants.map(\.name) == ["small:2"])
        _ = try trained.store.rebuild()
        #expect(try trained.store.lineage(of: "small:1").descendants.map(\.name) == ["small:2"])
    }
}

@Test("the time of the run stands in the paths of its callbacks")
private func timesInPaths() throws {
    try withCallbacks("  - TensorBoard: { log_dir: FOLDER/logs/%Y_100%% }") { trained in
        try trained.fit()
        let year = Calendar.current.component(.year, from: Date())
        #expect(FileManager.default.fileExists(atPath: trained.path("logs/\(year)_100%/train")))
    }
    try withCallbacks("  - TensorBoard: { log_dir: FOLDER/logs/%Q }") { trained in
        #expect(thrown { try trained.fit() }?.message.contains("%") == true)
    }
}

@Test("a run that resumes a model with restored weights knows them as those of the best epoch")
private func restoredWeightsAreKnown() throws {
    try withCallbacks(callbacks[0]) { trained in
        guard case .saved(_, _, let first) = try trained.fit(epochs: 3).end,
            case .saved(_, _, let second) = try trained.fit(epochs: 6, from: "small:1").end
        else { throw CellarError("not saved") }
        // Of this table the validation loss is best after the first epoch.
        let losses = second.history.first { $0.name == "val_loss" }?.values ?? []
        #expect(losses.firstIndex(of: losses.min() ?? 0) == 0 && losses.count > 3)
        #expect(first.hyperparameters.restoredEpoch == 1 && second.hyperparameters.restoredEpoch == 1)
        #expect(try weights(trained, "small:1") == weights(trained, "small:2"))
    }
}
