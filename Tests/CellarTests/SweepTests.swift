import Base
import Foundation
import TestSupport
import Testing

@testable import Cellar
@testable import Trainer

/// A folder with a small table, a recipe and a sweep.
func makeSweep(
    _ sweep: String, _ body: (_ store: Store, _ plan: SweepPlan) throws -> Void
) throws {
    try Fixtures.temporaryFolder { folder in
        let place = folder.path
        let rows = (0..<60).map { "\($0 % 7),\($0 % 5),\($0 % 7 > 3 ? "good" : "bad")" }
        try writeFile(place + "/t.csv", Array(("a,b,y\n" + rows.joined(separator: "\n") + "\n").utf8))
        let recipe = """
            # A comment.
            name: small
            data: { csv: \(place)/t.csv, target: y, split: { test: 0.2, validation: 0.2, random_state: 1 } }
            model:
              - Dense: { units: 4, activation: relu, name: first }
              - Dense: { units: 1, activation: sigmoid }
            compile: { optimizer: adam, loss: binary_crossentropy, metrics: [accuracy] }
            fit: { epochs: 2, batch_size: 16, seed: 1 }
            callbacks:
              - ModelCheckpoint: { filepath: \(place)/checkpoint.h5 }
            """
        try writeFile(place + "/r.yaml", Array(recipe.utf8))
        try writeFile(place + "/s.yaml", Array("recipe: \(place)/r.yaml\n\(sweep)".utf8))
        try body(Store(place + "/models"), try SweepPlan(path: place + "/s.yaml"))
        #expect(!FileSystem.exists(place + "/checkpoint.h5"))
    }
}

/// Trains the tasks as a worker process does, and returns its results.
func serve(_ store: Store, _ plan: SweepPlan, _ tasks: [TrialTask]) throws -> [TrialResult] {
    var lines = tasks.map { $0.json.text() }[...]
    var results: [TrialResult] = []
    try store.serveTrials(
        of: plan.file, check: plan.sha256, commandLine: ["trainer"], read: { lines.popFirst() },
        answer: { if let result = TrialResult(line: $0) { results.append(result) } })
    return results
}

@Test("a grid has all combinations, and a trial's recipe has its values")
func gridOfTrials() throws {
    try makeSweep(
        """
        set:
          fit.epochs: [1, 3]
          compile.optimizer.learning_rate: [1e-3, 0.1]
          model.first.units: { from: 2, to: 6, step: 2 }
        """
    ) { _, plan in
        #expect(plan.trials.count == 12)
        let recipe = try Recipe(text: plan.text(of: plan.trials[11]), file: "r.yaml")
        #expect(recipe.fit.epochs == 3 && recipe.compile.optimizer.learningRate == 0.1)
        #expect(recipe.text.contains("units: 6"))
    }
}

@Test("random trials are the same for the same seed and within their ranges")
func randomTrials() throws {
    let text = """
        method: random
        trials: 200
        set:
          compile.optimizer.learning_rate: { low: 1e-4, high: 1e-1, log: true }
          model.0.units: { low: 2, high: 9, whole: true }
          fit.batch_size: [8, 16]
        """
    try makeSweep(text) { _, plan in
        let again = try SweepPlan(path: plan.file)
        #expect(plan.trials.map(\.changes) == again.trials.map(\.changes))
        let rates = plan.trials.compactMap { $0.changes[0].value.double }
        #expect(rates.count == 200 && rates.allSatisfy { (1e-4...1e-1).contains($0) })
        #expect((60...140).contains(rates.count { $0 < 10.0.squareRoot() * 1e-3 }))
        #expect(Set(plan.trials.compactMap { $0.changes[1].value.int }) == Set(2...9))
    }
}

@Test(
    "a worker saves each trial as a version with the sweep as its parent, and a second one has nothing to do")
func trialsAreVersions() throws {
    try makeSweep("name: tried\nset: { fit.seed: [1, 2, 3] }") { store, plan in
        #expect(try store.trialsDone(plan).isEmpty)
        let results = try serve(store, plan, [TrialTask(1), TrialTask(3)])
        #expect(results.map(\.reference) == ["tried:1", "tried:2"] && results.allSatisfy { $0.value != nil })
        let version = try store.models.version("tried:2")
        #expect(
            try store.models.record(of: version).parents
                == [.init(kind: .trialOf, sha256: plan.sha256, reference: plan.id)])
        #expect(try store.trialsDone(plan).map(\.number).sorted() == [1, 3])
        // A trial that is trained again gives the same.
        #expect(try serve(store, plan, [TrialTask(3)])[0].value == results[1].value)
    }
}

@Test("halving goes on with the best trials")
func halvingOfTrials() throws {
    try makeSweep(
        """
        method: halving
        trials: 9
        halving: { factor: 3, first_epochs: 1, epochs: 9 }
        set: { compile.optimizer.learning_rate: { low: 1e-4, high: 1e-1, log: true } }
        """
    ) { store, plan in
        let halving = try #require(plan.halving)
        #expect(halving.rungs == [1, 3, 9])
        #expect((0..<3).map { halving.count(of: 9, rung: $0) } == [9, 3, 1])
        let first = try serve(store, plan, [TrialTask(2, rung: 0, epochs: 1)])[0]
        let second = try serve(store, plan, [TrialTask(2, rung: 1, epochs: 3, from: first.reference)])[0]
        let facts = try store.models.facts(of: store.models.version(try #require(second.reference)))
        #expect(facts.parents.map(\.kind) == [.resumedFrom, .trialOf])
        #expect(facts.history.first?.values.count == 3)
    }
}

@Test(
    "a sweep that cannot be is refused before any training",
    arguments: [
        "set: { fit.epoch: [1] }", "set: { fit.epochs: [0] }", "set: {}",
        "method: random\nset: { fit.seed: [1] }",
        "method: best\nset: { fit.seed: [1] }", "set: { model.third.units: [1] }",
        "trials: 3\nset: { fit.seed: [1] }",
        "method: halving\nset: { fit.seed: [1] }", "set: { fit.seed: { low: 1, high: 2 } }", "sets: 1",
        "set: { fit..seed: [1] }", "set: { name.a: [1] }",
        "set: { fit.seed: { from: 2, to: 1 } }", "set: { fit.seed: { from: 1, to: 2.5 } }",
        "set: { fit.seed: { from: 1, to: 3, step: 0 } }", "set: { fit.seed: { from: 1, to: 3, by: 2 } }",
    ])
func refusedSweeps(text: String) {
    #expect(throws: CellarError.self) { try makeSweep(text) { _, _ in } }
}

@Test(
    "values that cannot be drawn are refused with the reason",
    arguments: [
        ("from: -9223372036854775808, to: 9223372036854775807", "from"),
        ("from: 1, to: 200000", "200000 values; expected at most 100000"),
        ("low: 2, high: 1", "low must be smaller than high"),
        ("low: .nan, high: 1", "low must be smaller than high"),
        ("low: 0, high: 1, log: true", "low must be above 0 with log: true"),
        ("low: -1.7e308, high: 1.7e308", "low and high are too far apart"),
        ("low: 0.2, high: 0.8, whole: true", "no whole number is from low to high"),
        ("low: 0, high: 1e300, whole: true", "with whole: true"),
    ])
func refusedValues(range: String, reason: String) {
    let error = #expect(throws: CellarError.self) {
        try makeSweep("method: random\ntrials: 3\nset: { fit.seed: { \(range) } }") { _, _ in }
    }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
}

@Test("whole numbers are drawn from both ends of a range and none beyond, also of one with fractions")
func wholeRanges() throws {
    for (range, expected) in [
        ("low: 1.5, high: 4.5", 2...4), ("low: 0.5, high: 1.5", 1...1), ("low: -2, high: 2", -2...2),
        ("low: 1, high: 8, log: true", 1...8),
    ] {
        let text =
            "method: random\ntrials: 400\nset: { data.split.random_state: [1], fit.seed: { \(range), whole: true } }"
        // Seeds are not negative, so the values are looked at without their recipes.
        try Fixtures.temporaryFolder { folder in
            let recipe = folder.appendingPathComponent("r.yaml").path
            try writeFile(folder.path + "/t.csv", Array("a,y\n1,2\n".utf8))
            try writeFile(recipe, Array("data: { csv: \(folder.path)/t.csv, target: y }\n".utf8))
            try writeFile(folder.path + "/s.yaml", Array("recipe: \(recipe)\n\(text)".utf8))
            let plan = try SweepPlan(path: folder.path + "/s.yaml", isChecked: true)
            #expect(Set(plan.trials.compactMap { $0.changes[1].value.int }) == Set(expected))
        }
    }
}

@Test(
    "a metric that the trials will not have is refused before they are trained",
    arguments: ["val_auc", "val_f1"])
func metricOfNoTrial(metric: String) throws {
    let error = #expect(throws: CellarError.self) {
        try makeSweep("metric: \(metric)\nset: { fit.seed: [1] }") { _, _ in }
    }
    #expect(error?.message.contains("only loss, accuracy, val_loss, val_accuracy, test_loss") == true)
    try makeSweep("metric: test_accuracy\nset: { fit.seed: [1] }") { _, plan in
        #expect(plan.metric == "test_accuracy")
    }
}

@Test("trials of other data under the same path are those of another sweep", arguments: ["r", "s"])
func trialsOfOtherData(_ named: String) throws {
    try Fixtures.temporaryFolder { folder in
        // The data are named by the recipe, or by the sweep for some of its trials.
        let own = folder.appending(path: "own.csv").path
        try writeTable(own, "1")
        try makeSweep("name: tried\nset: { fit.seed: [1, 2]\(named == "s" ? ", data.csv: [\(own)]" : "") }") {
            store, plan in
            let file = named == "s" ? own : FileSystem.folder(of: plan.file) + "/t.csv"
            _ = try serve(store, plan, [TrialTask(1), TrialTask(2)])
            #expect(try store.trialsDone(SweepPlan(path: plan.file)).count == 2)
            try writeTable(file, "3")
            let other = try SweepPlan(path: plan.file)
            #expect(other.sha256 != plan.sha256)
            #expect(try store.trialsDone(other).isEmpty)
            // A worker that sees other data than the coordinator must not train.
            #expect(throws: CellarError.self) { try serve(store, plan, [TrialTask(1)]) }
        }
    }
}

private func writeTable(_ file: String, _ last: String) throws {
    let rows = (0..<60).map { "\($0 % 7),\($0 % 5),\($0 % 7 > 3 ? "good" : "bad")" }
    try writeFile(file, Array(("a,b,y\n" + rows.joined(separator: "\n") + "\n\(last),0,bad\n").utf8))
}

@Test("a worker does not train another sweep than its coordinator's")
func otherSweep() throws {
    try makeSweep("set: { fit.seed: [1] }") { store, plan in
        #expect(throws: CellarError.self) {
            try store.serveTrials(
                of: plan.file, check: "0", commandLine: [], read: { nil }, answer: { _ in })
        }
    }
}

@Test("workers are named", arguments: ["0", "ssh:", "ssh:-oProxyCommand=x", "cloud:3", "slurm:x", ""])
func badWorkers(text: String) {
    #expect(throws: CellarError.self) { try SweepWorkers(text) }
}
