import Base
import Cellar
import Datasets
import Foundation
import KerasFile
import Tensors
import Testing

/// A store with versions of a task that can be learned: the larger of two numbers.
private func withVersions(epochs: [Int], _ body: (TrainedStore) throws -> Void) throws {
    try TrainedStore.with { trained in
        let rows = (0..<600).map { row in
            let (a, b) = (row * 37 % 101, row * 53 % 103)
            return "\(a),\(b),\(a > b ? "yes" : "no")"
        }
        try (["a,b,label"] + rows).joined(separator: "\n").write(
            toFile: trained.path("table.csv"), atomically: true, encoding: .utf8)
        let recipe = try String(contentsOfFile: trained.recipe, encoding: .utf8)
            .replacing("optimizer: adam", with: "optimizer: { Adam: { learning_rate: 0.01 } }")
        try recipe.write(toFile: trained.recipe, atomically: true, encoding: .utf8)
        for (number, count) in epochs.enumerated() { try trained.fit(seed: number, epochs: count) }
        try body(trained)
    }
}

@Suite("an alias in use moves only to a better version, on the data that it was trained on")
struct PromotionGateTests {
    @Test func refusesWhatIsNotBetterAndMovesToWhatIs() throws {
        try withVersions(epochs: [1, 1, 40]) { trained in
            let store = trained.store
            #expect(try store.promote(PromoteRequest(.version("small:1"))).reason == "chosen by hand")
            // The same version is no comparison.
            #expect(try !store.promote(PromoteRequest(.version("small:1"))).moved)
            let better = try store.promote(PromoteRequest(.version("small:3")))
            #expect(better.reason.hasPrefix("chosen by hand; accuracy of small:3 "))
            let evidence = try #require(try store.log("small@production").last?.json["evidence"])
            #expect(evidence["rows"]?.int.map { $0 > 0 && $0 <= 150 } == true, "\(evidence.text())")
            let table = trained.path("table.csv")
            #expect(evidence["data"]?.string == table)
            #expect(try evidence["data_sha256"]?.string == FileDigest(ofFile: table).sha256)
            #expect(try evidence["current_sha256"]?.string == store.show("small:1").version.sha256)
            #expect(try evidence["candidate_sha256"]?.string == store.show("small:3").version.sha256)

            var back = PromoteRequest(.version("small:2", reason: "urgent"))
            let refusal = #expect(throws: CellarError.self) { try store.promote(back) }
            #expect(
                refusal?.message.hasPrefix("small@production stays at small:3: accuracy of small:2 ") == true)
            #expect(refusal?.remedy?.contains("--force") == true && refusal?.category == .badData)
            back.isForced = true
            #expect(try store.promote(back).reason.hasPrefix("urgent (forced); accuracy of small:2 "))
        }
    }

    @Test func correctsForTheNumberOfVersionsThatTheBestWasChosenFrom() throws {
        try withVersions(epochs: [1, 40, 1]) { trained in
            let store = trained.store
            // The alias best means the best value, whatever a test says.
            _ = try store.promote(PromoteRequest(.version("small:2"), alias: "best"))
            let byLoss = PromoteRequest(.best(metric: "val_loss", model: "small", direction: .highest))
            #expect(try store.promote(byLoss).version.number != 2)

            var request = PromoteRequest(.best(metric: "val_loss", model: "small"), alias: "production")
            _ = try store.promote(PromoteRequest(.version("small:1"), alias: "production"))
            let moved = try store.promote(request)
            #expect(moved.version.number == 2 && moved.reason.contains("the lowest of 3 versions"))
            let evidence = try #require(try store.log("small@production").last?.json["evidence"])
            #expect(evidence["candidates"] == 3, "\(evidence.text())")
            request.choice = .best(metric: "val_loss", model: "small", direction: .highest)
            #expect(throws: CellarError.self) { try store.promote(request) }
        }
    }

    @Test(
        "where the data are gone, have changed or are unknown, a warning says so",
        arguments: ["gone", "changed"])
    func moves(data: String) throws {
        try withVersions(epochs: [1, 1]) { trained in
            let (store, table) = (trained.store, trained.path("table.csv"))
            _ = try store.promote(PromoteRequest(.version("small:1")))
            if data == "gone" {
                try FileManager.default.removeItem(atPath: table)
            } else {
                try (String(contentsOfFile: table, encoding: .utf8) + "\n1,2,no").write(
                    toFile: table, atomically: true, encoding: .utf8)
            }
            let warnings = Reports()
            let moved = try store.promote(
                PromoteRequest(.version("small:2")), progress: ProgressReporter(warn: warnings.add))
            #expect(moved.moved && moved.reason == "chosen by hand")
            #expect(warnings.all.count == 1 && warnings.all[0].contains("was not compared with small:1: "))
            #expect(try store.log("small@production").last?.json["evidence"]?["compared"] == false)
        }
    }

    /// A model that cannot answer as the current one does is no reason to skip the comparison.
    @Test(
        "a candidate with other classes or columns is refused, and moved by force alone",
        arguments: [["yes": "good", "no": "bad"], ["a,b,label": "a,c,label"]])
    func otherModels(_ changes: [String: String]) throws {
        try withVersions(epochs: [1]) { trained in
            let (store, table) = (trained.store, trained.path("table.csv"))
            _ = try store.promote(PromoteRequest(.version("small:1")))
            var text = try String(contentsOfFile: table, encoding: .utf8)
            for (old, new) in changes { text.replace(old, with: new) }
            try text.write(toFile: table, atomically: true, encoding: .utf8)
            try trained.fit(seed: 9, epochs: 40)
            var request = PromoteRequest(.version("small:2", reason: "new labels"))
            let error = thrown { _ = try store.promote(request) }
            #expect(
                error?.message.hasPrefix(
                    "small@production stays at small:1, with which small:2 cannot be compared: ") == true,
                "\(error.map { "\($0)" } ?? "moved")")
            #expect(error?.category == .badData && error?.remedy?.contains("--force") == true)
            #expect(try store.show("small@production").version.number == 1)
            request.isForced = true
            #expect(try store.promote(request).moved)
            #expect(try store.log("small@production").last?.json["evidence"]?["compared"] == false)
        }
    }

    @Test func picturesOfAFolderAreComparedWhereNoneHasChanged() throws {
        try TrainedStore.with { trained in
            for index in 0..<40 {
                let folder = trained.path("pictures/\(index % 2 == 0 ? "dark" : "light")")
                try FileSystem.makeFolder(folder)
                let pixels = (0..<64).map { UInt8(($0 * 37 + index * 11) % 120 + index % 2 * 100) }
                try writePNG(GrayImage(width: 8, height: 8, pixels: pixels), to: "\(folder)/\(index).png")
            }
            try """
            name: small
            data: { pictures: \(trained.path("pictures")), split: { test: 0.5, random_state: 1 } }
            model: [Flatten: {}, Rescaling: { scale: 0.004 }, Dense: { units: 2, activation: softmax }]
            compile: { optimizer: adam, loss: sparse_categorical_crossentropy }
            fit: { epochs: 1, batch_size: 8, seed: 1 }
            """.write(toFile: trained.recipe, atomically: true, encoding: .utf8)
            for seed in 1...3 { try trained.fit(seed: seed) }
            _ = try trained.store.promote(PromoteRequest(.version("small:1")))
            func evidence(_ reference: String) throws -> JSON? {
                var request = PromoteRequest(.version(reference, reason: "a test"))
                request.isForced = true
                _ = try trained.store.promote(request)
                return try trained.store.log("small@production").last?.json["evidence"]
            }
            #expect(try evidence("small:2")?["rows"]?.int == 20)
            try FileManager.default.removeItem(atPath: trained.path("pictures/dark/0.png"))
            #expect(try evidence("small:3")?["compared"] == false)
        }
    }

    @Test func aVersionThatDoesNotComputeWhatItDidTakesNoAlias() throws {
        try withVersions(epochs: [1, 1]) { trained in
            let store = trained.store
            var file = try store.inspect(InspectRequest(model: "small:2")).file
            let golden = try #require(file.golden)
            file.golden = .init(
                inputs: golden.inputs,
                outputs: golden.outputs.map { Tensor(shape: $0.shape, values: $0.values.map { $0 + 0.25 }) })
            try writeModel(file, to: trained.path("other.h5"))
            #expect(
                try store.importFiles(ImportRequest(files: [trained.path("other.h5")]))[0].version.number == 3
            )
            for alias in ["production", "best"] {
                let error = thrown {
                    _ = try store.promote(PromoteRequest(.version("small:3"), alias: alias))
                }
                #expect(error?.message.contains("does not compute what it did") == true)
            }
        }
    }

    @Test func aDamagedVersionTakesNoAliasAndLosesIt() throws {
        try withVersions(epochs: [1, 1]) { trained in
            let store = trained.store
            _ = try store.promote(PromoteRequest(.version("small:1")))
            try trained.damage("small:2")
            #expect(
                thrown { _ = try store.promote(PromoteRequest(.version("small:2"))) }?.category == .badData)
        }
        try withVersions(epochs: [1, 1]) { trained in
            let store = trained.store
            _ = try store.promote(PromoteRequest(.version("small:1")))
            try trained.damage("small:1")
            #expect(try store.promote(PromoteRequest(.version("small:2"))).moved)
        }
    }
}
