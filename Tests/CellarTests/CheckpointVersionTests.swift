import Base
import Cellar
import Foundation
import TestSupport
import Testing

@Test("checkpoints are versions where the recipe wants it: of their run, with epoch, metrics and lineage")
func registeredCheckpoints() throws {
    try Fixtures.temporaryFolder { folder in
        var text = "x,y\n"
        for row in 0..<60 { text += "\(Double(row % 10) / 10),\(row % 10 > 4 ? "b" : "a")\n" }
        try Data(text.utf8).write(to: folder.appendingPathComponent("rows.csv"))
        let recipe = folder.appendingPathComponent("small.yaml")
        try Data(
            """
            name: small
            data: { csv: \(folder.path)/rows.csv, target: y, split: { validation: 0.2 } }
            model: [ { Dense: { units: 1, activation: sigmoid } } ]
            compile: { optimizer: { SGD: { learning_rate: 0.5 } }, loss: binary_crossentropy, metrics: [accuracy] }
            fit: { epochs: 3, seed: 5 }
            callbacks: [ { ModelCheckpoint: { filepath: "\(folder.path)/ckpt/{epoch:02d}.h5" } } ]
            """.utf8
        ).write(to: recipe)
        let store = Store(folder.appendingPathComponent("models").path)
        var request = FitRequest(recipe: recipe.path)
        request.registersCheckpoints = true
        let result = try store.fit(request)
        guard case .saved(let version, _, _) = result.end else { throw CellarError("not saved") }
        #expect(version.reference == "small:4")

        var ofRun = ListRequest()
        ofRun.run = "small:4"
        #expect(try store.list(ofRun).versions.map(\.number) == [4, 3, 2, 1])
        for epoch in 1...3 {
            let shown = try store.show("small:\(epoch)")
            #expect(shown.facts.isCheckpoint && shown.facts.epoch == epoch)
            let loss = try #require(result.history["val_loss"]?[epoch - 1])
            #expect(shown.version.metric("val_loss") == loss)
            #expect(shown.parents.map(\.kind) == [.checkpointOf])
        }
        #expect(
            try store.models.lineage(of: store.models.version("small:1")).text.contains(
                "checkpoint-of small:4"))
        let losses = try (1...4).map { try #require(store.show("small:\($0)").version.metric("val_loss")) }
        let best = try #require(losses.indices.min { (losses[$0], -$0) < (losses[$1], -$1) }) + 1
        let moved = try store.promote(
            PromoteRequest(.best(metric: "val_loss", model: "small", run: "small:2"), alias: "best"))
        #expect(moved.version.number == best)
        // All of them, and the result, can be trained again.
        for number in 1...4 { #expect(try store.reproduce("small:\(number)").isEqual, "small:\(number)") }
        // A deleted version keeps its file for those that came from it.
        let next = FitRequest(recipe: recipe.path, epochs: 5, name: "next", from: "small:4")
        guard case .saved(let resumed, _, _) = try store.fit(next).end else { throw CellarError("not saved") }
        try store.models.removeAlias(model: "small", alias: "best")
        _ = try store.delete(["small"], all: true)
        _ = try store.collectGarbage()
        #expect(try store.reproduce(resumed.reference).isEqual)
        #expect(try store.verify().findings == [])
    }
}
