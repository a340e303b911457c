import Base
import Cellar
import Foundation
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
