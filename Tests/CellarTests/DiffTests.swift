import Base
import Cellar
import Foundation
import Metrics
import TestSupport
import Testing

@Test("diff: facts, weights by layer, and the rows that two versions predict differently")
func diffOnData() throws {
    try TrainedStore.with { trained in
        try trained.fit(seed: 1, epochs: 1)
        try trained.fit(seed: 2, epochs: 30)
        let data = EvaluateRequest(data: trained.path("table.csv"))
        let found = try trained.store.diff(DiffRequest(first: "small:1", second: "small:2", on: data))
        #expect(found.facts.references == ["small:1", "small:2"])
        #expect(found.facts.different.contains { $0.name == "seed" })

        #expect(found.weights.map(\.kind) == [.changed, .changed])
        #expect(found.weights.map(\.parameters) == [12, 5])
        #expect(found.weights.allSatisfy { ($0.relativeNorm ?? 0) > 0 && ($0.largest ?? 0) > 0 })

        // The same, counted from the files of predictions.
        let predictions = try #require(found.predictions)
        var tables: [[[Substring]]] = []
        for version in ["small:1", "small:2"] {
            var request = data
            (request.models, request.report) = ([version], trained.path(version))
            _ = try trained.store.evaluate(request)
            let text = try String(contentsOfFile: trained.path(version + "/predictions.csv"), encoding: .utf8)
            tables.append(text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") })
        }
        let rows = Array(zip(tables[0], tables[1]))
        #expect(predictions.bothRight == rows.count { $0[1] == $0[2] && $1[1] == $1[2] })
        #expect(predictions.onlyFirstRight == rows.count { $0[1] == $0[2] && $1[1] != $1[2] })
        #expect(predictions.onlySecondRight == rows.count { $0[1] != $0[2] && $1[1] == $1[2] })
        #expect(predictions.bothWrong == rows.count { $0[1] != $0[2] && $1[1] != $1[2] })
        let different = rows.filter { $0[2] != $1[2] }
        #expect(!different.isEmpty)
        #expect(Set(predictions.disagreements.map(\.row)) == Set(different.compactMap { Int($0.0[0]) }))
        let confidences = predictions.disagreements.map { max($0.firstConfidence, $0.secondConfidence) }
        #expect(confidences == confidences.sorted(by: >))
        #expect(predictions.allRows.rows == 40)
        // All kinds of row occur in training: 7 by 5 values, 30 of 40 rows.
        let seen = predictions.evaluations[0].seen?.seen.rows ?? 0
        #expect((predictions.unseenRows?.rows ?? 0) == 40 - seen && seen >= 30)

        try predictions.write(to: trained.path("d.csv"))
        let lines = try String(contentsOfFile: trained.path("d.csv"), encoding: .utf8).split(separator: "\n")
        #expect(lines[0] == "row,truth,first,second,first_confidence,second_confidence,seen")
        #expect(lines.count == 1 + different.count)
        let json = found.json(limit: 1)
        #expect(json["on"]?["rows_that_differ"]?.array?.count == 1)
        #expect(json["on"]?["disagreements"]?.int == different.count)
        #expect(json["weights"]?.array?.count == 2)
        #expect(found.json(limit: 0)["on"]?["rows_that_differ"]?.array?.count == different.count)
    }
}

@Test("diff of files without data, with layers of one model only")
func diffOfFiles() throws {
    try TrainedStore.with(versions: 1) { trained in
        let text = try String(contentsOfFile: trained.recipe, encoding: .utf8)
        try Data(
            text.replacing("  - Dense: { units: 1,", with: "  - Dense: { units: 3 }\n  - Dense: { units: 1,")
                .utf8
        )
        .write(to: URL(fileURLWithPath: trained.recipe))
        try trained.fit()
        let file = trained.path("copy.h5")
        _ = try trained.store.export(ExportRequest(reference: "small:2", file: file, asIs: true))
        let found = try trained.store.diff(DiffRequest(first: "small:1", second: file))
        #expect(found.predictions == nil && found.json(limit: 10)["on"] == .null)
        #expect(found.weights.map(\.kind) == [.changed, .otherShape, .onlyInSecond])
        let same = try trained.store.diff(DiffRequest(first: "small:2", second: file))
        #expect(same.weights.allSatisfy { $0.kind == .same && $0.relativeNorm == 0 && $0.largest == 0 })
        #expect(same.facts.different.isEmpty)
    }
}

@Test("inspect's plain text is the same for the same model, and differs in the lines of what changed")
func plainTexts() throws {
    try TrainedStore.with { trained in
        try trained.fit(seed: 1)
        try trained.fit(seed: 2)
        let file = trained.path("copy.h5")
        _ = try trained.store.export(ExportRequest(reference: "small:1", file: file, asIs: true))
        let texts = try ["small:1", file, "small:2"].map {
            try trained.store.inspect(InspectRequest(model: $0)).plainText
        }
        #expect(texts[0] == texts[1])
        let changed = Set(texts[2].split(separator: "\n")).subtracting(texts[0].split(separator: "\n"))
        #expect(changed.contains { $0.contains("weight kernel [2, 4] sha256 ") })
        #expect(!changed.contains { $0.contains("weight mean ") || $0.contains("form ") })
        #expect(texts[0].contains("training rows 2"))
    }
}

@Test("an alias moves to a version only if it proves itself on rows that neither has seen")
func promotionsOnData() throws {
    try TrainedStore.with { trained in
        try trained.fit(seed: 1, epochs: 1)
        try trained.fit(seed: 2, epochs: 2)
        let store = trained.store
        // 200 new rows of which the class is what the first version predicts, so that the second cannot be better.
        let rows = (0..<200).map { "\(Double($0) * 0.031 + 0.011),\(Double($0 % 37) * 0.11 + 0.003),no" }
        func write(_ name: String, _ rows: [String]) throws -> EvaluateRequest {
            try Data((["a,b,label"] + rows).joined(separator: "\n").utf8).write(
                to: URL(fileURLWithPath: trained.path(name)))
            return EvaluateRequest(data: trained.path(name))
        }
        var asked = try write("plain.csv", rows)
        (asked.models, asked.report) = (["small:1"], trained.path("r"))
        _ = try store.evaluate(asked)
        let answers = try String(contentsOfFile: trained.path("r/predictions.csv"), encoding: .utf8)
            .split(separator: "\n").dropFirst().map { $0.split(separator: ",")[2] }
        let favoured = try write(
            "favoured.csv", zip(rows, answers).map { String($0.dropLast(2)) + $1 } + ["0,0,no"])

        let verdict = try store.compareForPromotion(
            PromotionComparison(candidate: "small:2", current: "small:1", data: favoured))
        #expect(verdict.current == 1 && verdict.rows == 200 && verdict.excluded == 1)
        let wrong = try #require(Int(exactly: ((1 - verdict.candidate) * 200).rounded()))
        #expect(wrong > 5)
        // All differences are in one direction: two times one half to that power.
        #expect(abs(verdict.pValue - 2 * pow(0.5, Double(wrong))) < 1e-12 * verdict.pValue)
        #expect(!verdict.passes)

        var request = PromoteRequest(.version("small:1", reason: "first"))
        request.comparison = PromotionTest(on: favoured)
        // Nothing to compare with yet.
        #expect(try store.promote(request).reason == "first")
        request.choice = .version("small:2", reason: "urgent")
        let refusal = #expect(throws: CellarError.self) { try store.promote(request) }
        #expect(refusal?.category == .badData)
        #expect(refusal?.message.contains(verdict.sentence) ?? false)
        #expect(try store.models.version("small@production").number == 1)

        request.comparison?.margin = 0.001
        #expect(throws: CellarError.self) { try store.promote(request) }
        request.comparison = PromotionTest(on: favoured)
        request.isForced = true
        let forced = try store.promote(request)
        #expect(forced.moved && forced.reason == "urgent (forced); \(verdict.sentence)")

        // Back: the first is better on these rows.
        request.choice = .version("small:1", reason: "better")
        request.isForced = false
        request.comparison = PromotionTest(on: favoured)
        let back = try store.promote(request)
        #expect(back.moved && back.reason.hasPrefix("better; accuracy of small:1 1.0000"))
        // All rows of the table were seen by one of them, or too few are left.
        let table = EvaluateRequest(data: trained.path("table.csv"))
        #expect(throws: CellarError.self) {
            try store.compareForPromotion(
                PromotionComparison(candidate: "small:2", current: "small:1", data: table, margin: 2))
        }
    }
}
