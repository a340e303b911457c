import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

/// mnist:1 → mnist:2 (resumed) → mnist:3 (resumed) and mnist:4 (a checkpoint), as sums of their bytes.
private func family(in folder: URL) throws -> ModelStore {
    let store = ModelStore(in: folder)
    var parent: ModelVersion?
    for (i, kind) in [nil, ModelFacts.Parent.Kind.resumedFrom, .resumedFrom].enumerated() {
        var facts = makeFacts(created: noon(plus: i))
        if let parent, let kind {
            facts.parents = [.init(kind: kind, sha256: parent.sha256, reference: parent.reference)]
        }
        parent = try store.save(facts)
    }
    var checkpoint = makeFacts(created: noon(plus: 3))
    checkpoint.parents = [
        .init(kind: .checkpointOf, sha256: try store.version("mnist:2").sha256, reference: "mnist:2"),
        .init(kind: .resumedFrom, sha256: String(repeating: "0", count: 64), reference: "/elsewhere/old.h5"),
    ]
    try store.save(checkpoint)
    return store
}

@Test("lineage shows ancestors and descendants as a tree")
func lineageText() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try family(in: folder)
        #expect(
            try store.lineage(of: store.version("mnist:2")).text == """
                mnist:2
                came from
                └─ resumed-from mnist:1  2026-11-22T12:00:00Z
                led to
                ├─ mnist:3 (resumed-from)  2026-11-22T12:00:02Z
                └─ mnist:4 (checkpoint-of)  2026-11-22T12:00:03Z

                """)
        #expect(
            try store.lineage(of: store.version("mnist:4")).text == """
                mnist:4
                came from
                ├─ checkpoint-of mnist:2  2026-11-22T12:00:01Z
                │  └─ resumed-from mnist:1  2026-11-22T12:00:00Z
                └─ resumed-from /elsewhere/old.h5 (not in this store)

                """)
    }
}

@Test("lineage as a graph for Graphviz")
func lineageDot() throws {
    try Fixtures.temporaryFolder { folder in
        let store = try family(in: folder)
        #expect(
            try store.lineage(of: store.version("mnist:3")).dot == """
                digraph lineage {
                  rankdir=TB;
                  node [shape=box];
                  "mnist:3" [style=bold];
                  "mnist:2" -> "mnist:3" [label="resumed-from"];
                  "mnist:1" -> "mnist:2" [label="resumed-from"];
                }

                """)
    }
}

@Test("cyclic parents do not cause an endless loop")
func lineageCircle() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        _ = try store.save(makeFacts("x"))
        for (i, letter) in [(1, "b"), (2, "a")] {
            let parent = String(repeating: letter, count: 64)
            var facts = makeFacts(created: noon(plus: i))
            facts.parents = [.init(kind: .resumedFrom, sha256: parent, reference: parent)]
            let digest = FileDigest(sha256: String(repeating: i == 1 ? "a" : "b", count: 64), size: 1)
            _ = try store.register(
                NewFile(model: "mnist", file: "\(i).h5", digest: digest, facts: facts))
        }
        let text = try store.lineage(of: store.version("mnist:1")).text
        #expect(text.components(separatedBy: "mnist:2").count == 3, "once above, once below: \(text)")
    }
}

@Test("a comparison shows differences first and marks the best")
func comparison() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for (i, rate) in [0.1, 0.01].enumerated() {
            var facts = makeFacts(created: noon(plus: i), accuracy: 0.98 - rate / 10, seed: 7)
            facts.hyperparameters = Hyperparameters(config: [
                "optimizer": ["class": "SGD", "learning_rate": .number(rate)]
            ])
            facts.hyperparameters.batchSize = 32
            facts.recipe = "name: mnist\nrate: \(rate)\nepochs: 3\n"
            facts.history = [.init(name: "loss", values: [0.5, 0.25])]
            try store.save(facts)
        }
        let found = try store.compare([store.version("mnist:1"), store.version("mnist:2")])
        #expect(found.references == ["mnist:1", "mnist:2"])
        #expect(
            found.different.map(\.name) == [
                "created", "hyperparameters.optimizer.learning_rate", "size", "sha256",
            ])
        #expect(found.different[1].values == [.number(0.1), .number(0.01)])
        #expect(
            found.same.map(\.name).contains("seed")
                && found.same.map(\.name).contains("hyperparameters.batch_size"))
        #expect(found.metrics.map(\.name) == ["loss", "val_accuracy"])
        #expect(found.metrics.map(\.best) == [[1], [1]])
        #expect(found.recipeChanges == ["- rate: 0.1", "+ rate: 0.01"])
    }
}

@Test("history is CSV with unrounded numbers, one line per epoch")
func history() {
    var facts = makeFacts()
    facts.history = [.init(name: "loss", values: [0.1, 1.0 / 3]), .init(name: "val, loss", values: [2])]
    #expect(facts.historyCSV == "epoch,loss,\"val, loss\"\n1,0.1,2.0\n2,0.3333333333333333,\n")
}
