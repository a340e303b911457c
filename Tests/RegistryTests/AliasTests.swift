import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

private func store(_ accuracies: [Double?], in folder: URL) throws -> ModelStore {
    let store = ModelStore(in: folder)
    for (i, accuracy) in accuracies.enumerated() {
        try store.save(makeFacts(created: noon(plus: i), accuracy: accuracy))
    }
    return store
}

@Test("moves are kept with reason and previous version; rollbacks undo them one by one")
func rollbacks() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try store([nil, nil, nil], in: folder)
        #expect(
            try store.promote("mnist:1", alias: "production", options: .init(reason: "first")).before == nil)
        #expect(try store.promote("mnist:2", alias: "production").before == "mnist:1")
        #expect(try store.promote("mnist:3", alias: "production").version.aliases == ["production"])
        #expect(try store.promote("mnist:3", alias: "production").moved == false)
        #expect(try store.rollback(model: "mnist", alias: "production").version.number == 2)
        let last = try store.rollback(
            model: "mnist", alias: "production", options: .init(reason: "bad numbers"))
        #expect(last.version.number == 1)
        #expect(last.before == "mnist:2")
        #expect(
            message { _ = try store.rollback(model: "mnist", alias: "production") }.contains(
                "no earlier version to roll back to"))
        #expect(try store.version("mnist@production").number == 1)
        let moves = try store.moves(model: "mnist")
        #expect(moves.map(\.number) == [1, 2, 3, 2, 1])
        #expect(moves.map(\.isRollback) == [false, false, false, true, true])
        #expect(moves.first?.reason == "first" && moves.last?.reason == "bad numbers")

        try store.removeAlias(model: "mnist", alias: "production")
        #expect(message { _ = try store.version("mnist@production") }.contains("no alias yet"))
        #expect(try store.rollback(model: "mnist", alias: "production").version.number == 1)
    }
}

@Test("the best by a metric is promoted, and the reason names the next ones")
func promoteBest() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try store([0.97, 0.985, .nan, 0.98, nil], in: folder)
        let best = try store.promote(best: "val_accuracy", model: "mnist")
        #expect(best.version.number == 2)
        #expect(
            best.reason == "val_accuracy 0.985, the highest of 3 versions; next: mnist:4 0.98, mnist:1 0.97")
        #expect(try store.moves(model: "mnist").last?.reason == best.reason)
        // The training loss is lowest where the accuracy is highest; lower is better.
        let low = try store.promote(best: "loss", model: "mnist", alias: "low")
        #expect(low.version.number == 2)
        #expect(low.reason.contains("the lowest of 3"))
    }
}

@Test("the newest of equal versions is the best")
func promoteTie() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try store([0.98, 0.9, 0.98, 0.5], in: folder)
        let best = try store.promote(best: "val_accuracy", model: "mnist")
        #expect(best.version.number == 3)
        #expect(best.reason.contains("(the newest of 2 equal ones); next: mnist:1 0.98"))
    }
}

@Test(
    "the error for an unknown metric lists the metrics that exist",
    arguments: [
        ("val_acuracy", "Did you mean val_accuracy?"), ("test_accuracy", "there are loss, val_accuracy"),
        ("zest", "whether a high or a low zest is better"),
    ])
func promoteUnknown(_ metric: String, _ expected: String) throws {
    try Fixtures.temporaryFolder { folder in
        let store = try store([0.98], in: folder)
        let text = message {
            _ = try store.promote(
                best: metric, model: "mnist", direction: metric == "val_acuracy" ? .highest : nil)
        }
        #expect(text.contains(expected), "\(text)")
        #expect(try store.moves(model: "mnist").isEmpty)
    }
}

@Test(
    "the direction of a metric",
    arguments: [
        ("val_accuracy", MetricName.Direction.highest), ("test_auc", .highest), ("f1", .highest),
        ("recall", .highest), ("loss", .lowest),
        ("val_mean_squared_error", .lowest), ("top_5_error", .lowest), ("binary_crossentropy", .lowest),
    ])
func directions(_ name: String, _ expected: MetricName.Direction) {
    #expect(MetricName.direction(of: name) == expected)
}

@Test("a malformed alias is refused", arguments: ["", "12", "a b", "a@b", "a:b", "é", "a/b"])
func badAlias(_ alias: String) throws {
    try Fixtures.temporaryFolder { folder in
        let store = try store([nil], in: folder)
        #expect(throws: CellarError.self) { _ = try store.promote("mnist", alias: alias) }
        #expect(try store.moves(model: "mnist").isEmpty)
    }
}

@Test("a protected alias moves by force only")
func protection() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try store([nil, nil], in: folder)
        _ = try store.promote("mnist:1", alias: "production")
        try store.protect(model: "mnist", alias: "production", isProtected: true, reason: "audited")
        for change in [
            { _ = try store.promote("mnist:2", alias: "production") },
            { try store.removeAlias(model: "mnist", alias: "production") },
        ] { #expect(message(change).contains("mnist@production: the alias is protected")) }
        _ = try store.rebuild()
        #expect(message { _ = try store.promote("mnist:2", alias: "production") }.contains("protected"))
        let forced = ModelStore.MoveOptions(reason: "an emergency", isForced: true)
        #expect(try store.promote("mnist:2", alias: "production", options: forced).moved)
        try store.protect(model: "mnist", alias: "production", isProtected: false, reason: "done")
        #expect(try store.rollback(model: "mnist", alias: "production").version.number == 1)
        #expect(try store.verify().findings == [])
    }
}

@Test("a gate rejects versions that do not fulfil it")
func gates() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try store([0.98, 0.95, nil], in: folder)
        let gate = try Filter("val_accuracy >= 0.97 and loss < 1")
        #expect(try store.promote("mnist:1", alias: "production", options: .init(gate: gate)).moved)
        let text = message {
            _ = try store.promote("mnist:2", alias: "production", options: .init(gate: gate))
        }
        #expect(text.contains("does not pass the gate 'val_accuracy >= 0.97 and loss < 1'"), "\(text)")
        #expect(text.contains("val_accuracy 0.95"), "\(text)")
        #expect(throws: CellarError.self) {
            _ = try store.promote("mnist:3", alias: "production", options: .init(gate: gate))
        }
        let high = try Filter("val_accuracy > 0.99")
        #expect(throws: CellarError.self) {
            _ = try store.promote(best: "val_accuracy", model: "mnist", options: .init(gate: high))
        }
        #expect(try store.version("mnist@production").number == 1)
        #expect(try store.moves(model: "mnist").count == 1)
    }
}
