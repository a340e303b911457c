import Base
import Cellar
import Foundation
import Testing

@Test("fit trains a recipe, saves a version and reports each step")
func fitSaves() throws {
    try TrainedStore.with { trained in
        let reports = Reports()
        let result = try trained.fit(
            progress: ProgressReporter(report: { event in
                switch event {
                case .dataRead(let summary): reports.add("data \(summary.samples)")
                case .prepared(let plan): reports.add("plan \(plan.trainRows)+\(plan.validationRows)")
                case .epochBegan(let epoch, let epochs, let steps):
                    reports.add("epoch \(epoch)/\(epochs) \(steps)")
                case .epochEnded(let values): reports.add(values.map(\.name).joined(separator: " "))
                default: break
                }
            }))
        let names = "loss accuracy val_loss val_accuracy"
        #expect(reports.all == ["data 40", "plan 22+8", "epoch 1/2 6", names, "epoch 2/2 6", names])
        guard case .saved(let version, let file, let facts) = result.end else {
            Issue.record("not saved")
            return
        }
        #expect(version.reference == "small:1" && FileManager.default.fileExists(atPath: file))
        #expect(facts.hyperparameters.targets == ["label"] && facts.hyperparameters.batchSize == 4)
        let json = result.json
        #expect(json["reference"] == "small:1" && json["epochs"] == 2 && json["seed"] == 7)
        #expect(json["sha256"] == .string(version.sha256) && json["stopped"] == .null)
        #expect(json["history"]?["val_loss"]?.array?.count == 2)
        #expect(json["metrics"]?["test_accuracy"]?.double == facts.metric("accuracy", on: "test"))
    }
}

@Test("a cancelled run leaves a checkpoint, from which it continues to the same weights")
func fitIsCancelled() throws {
    try TrainedStore.with { trained in
        let asked = Reports()
        let result = try trained.fit(
            progress: ProgressReporter(isCancelled: {
                asked.add("?")
                return asked.all.count == 3
            }))
        guard case .interrupted(let checkpoint, let steps) = result.end else {
            Issue.record("not interrupted")
            return
        }
        #expect(steps == 3 && checkpoint.hasPrefix(trained.path("checkpoints/small_")))
        #expect(
            result.json == [
                "interrupted": true, "epoch": 1, "steps": 3, "file": .string(checkpoint),
            ])
        let resumed = try trained.fit(from: checkpoint)
        let whole = try trained.fit()
        #expect(resumed.history == whole.history)
        #expect(
            try trained.store.history(of: "small:1").series == trained.store.history(of: "small:2").series)
    }
}

@Test("fit fails before the training where the model could not be saved")
func fitChecksFirst() throws {
    try TrainedStore.with { trained in
        try Data().write(to: trained.folder.appendingPathComponent("models"))
        #expect(thrown { try trained.fit() }?.message.hasPrefix("the trained model cannot be saved") == true)
    }
    try TrainedStore.with { trained in
        let request = FitRequest(recipe: trained.recipe, name: "a:b")
        #expect(thrown { _ = try trained.store.fit(request) }?.category == .usage)
        #expect(
            thrown { _ = try trained.store.fit(FitRequest(recipe: trained.path("none.yaml"))) }?.category
                == .noInput)
    }
}

@Test("a summary is of a recipe or of a saved model")
func summaries() throws {
    try TrainedStore.with(versions: 1) { trained in
        let json = try trained.store.summary(of: "small").json
        #expect(try trained.store.summary(of: trained.recipe).json["parameters"] == json["parameters"])
        #expect(json["trainable_parameters"] == 17)
        #expect(json["layers"]?.array?.last?["output_shape"] == [.null, 1])
        #expect(thrown { _ = try trained.store.summary(of: "other") }?.category == .noInput)
    }
}

@Test func machineInfo() {
    #expect(
        MachineInfo().json.object?.keys.map { "\($0)" } == [
            "processor", "processors", "vector_extensions", "blas", "threads", "gpu",
        ])
}
