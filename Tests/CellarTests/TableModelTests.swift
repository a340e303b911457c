import Base
import Cellar
import Datasets
import Foundation
import Infer
import TestSupport
import Testing

/// A model of a made table in a store of its own.
private struct TableModel {
    let folder: URL
    let store: Store
    let table: String
    let recipe: String
    let facts: ModelFacts

    static func with(_ made: MadeTable, epochs: Int = 3, _ body: (TableModel) throws -> Void) throws {
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("table.csv").path
            try Data(made.text.utf8).write(to: URL(fileURLWithPath: path))
            var request = InitRequest(data: path, target: made.target)
            (request.recipe, request.name) = (folder.appendingPathComponent("made.yaml").path, "made")
            let written = try initRecipe(request)
            let store = Store(folder.appendingPathComponent("models").path)
            var fit = FitRequest(recipe: written.recipe)
            fit.changes = ["fit.epochs=\(epochs)"] + made.changes
            guard case .saved(_, _, let facts) = try store.fit(fit).end else {
                Issue.record("not saved")
                return
            }
            try body(
                TableModel(folder: folder, store: store, table: path, recipe: written.text, facts: facts))
        }
    }

    func evaluate(_ part: TablePart?, _ table: String? = nil) throws -> Evaluation {
        try store.evaluate(EvaluateRequest(data: table ?? self.table, split: part, models: ["made:1"]))
            .evaluations[0]
    }

    /// Writes a table and scores it; gives the fields of each column of the scored table by name.
    func scored(_ text: String? = nil) throws -> [String: [String]] {
        let output = folder.appendingPathComponent("scored.csv").path
        var input = table
        if let text {
            input = folder.appendingPathComponent("other.csv").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: input))
        }
        _ = try store.score(
            ScoreRequest(inputs: [input], outputs: [output], replacesInput: true, models: ["made:1"]))
        var dialect = TableDialect()
        dialect.delimiter = facts.dataset?.dialect?.delimiter
        // Names that the training took from a skipped line are written, too.
        let text = try String(contentsOfFile: output, encoding: .utf8)
        dialect.hasHeader = text.prefix { $0 != "\n" && $0 != "\r\n" }.contains("prediction")
        let scored = try Table(path: output, dialect: dialect)
        return Dictionary(
            uniqueKeysWithValues: zip(
                scored.columns, try scored.allFields().map { fields in (0..<fields.count).map(fields.string) }
            ))
    }
}

@Test(
    "a table gives the same numbers in init, fit, evaluate, score and for a row by hand",
    arguments: MadeTable.all)
func tableModel(_ made: MadeTable) throws {
    try TableModel.with(made) { model in
        for line in made.expected { #expect(model.recipe.contains(line), "\(line) in:\n\(model.recipe)") }
        let dataset = try #require(model.facts.dataset)
        #expect(dataset.trainRows + dataset.validationRows + dataset.testRows == made.usable)

        let sizes = [dataset.trainRows, dataset.validationRows, dataset.testRows]
        for (part, size) in zip(TablePart.allCases, sizes) {
            let found = try model.evaluate(part)
            let known = model.facts.metrics.filter { $0.split == part.rawValue }
            #expect(found.count == size && known.count >= 2)
            for metric in known {
                let value = try #require(found.logs.first { $0.name == metric.name }).value
                // The rows are the same, in another order.
                #expect(
                    abs(value - metric.value) <= 2e-6 * max(1, abs(metric.value)),
                    "\(part) \(metric.name): \(value), after training \(metric.value)")
            }
            // Rows are found again by their hashes.
            if part != .test { #expect(found.seen?.seen.rows == size) }
        }
        let whole = try model.evaluate(nil)
        #expect(whole.count == made.usable)
        #expect(whole.warnings.contains { $0.contains("without a target") } == (made.usable < 120))

        let fields = try model.scored()
        let predictions = try #require(
            fields["prediction"] ?? fields["2"])
        #expect(predictions.count == 120)
        try checkLines(model, fields, predictions)
        for row in stride(from: 0, to: 120, by: 17) {
            // A table without names keeps its form, and its columns are counted.
            let values = model.facts.features.map { name in
                (name, JSON.string(fields[name]?[row] ?? ""))
            }
            let asked = JSON.object(JSONObject(values)).text()
            let answer = try model.store.predictRows(
                PredictRowsRequest(rows: [asked], models: ["made:1"])
            ).predictions[0]
            if let label = answer.label {
                #expect(label == predictions[row])
            } else {
                let value = try #require(answer.values.first)
                let other = try #require(Float(predictions[row]))
                #expect(abs(value - other) <= 1e-5 * abs(other), "row \(row)")
            }
        }
    }
}

/// The rows as objects of JSON give the predictions that the table gives.
private func checkLines(_ model: TableModel, _ fields: [String: [String]], _ predictions: [String]) throws {
    let lines = predictions.indices.map { row in
        JSON.object(
            JSONObject(
                model.facts.features.map { name in
                    let text = fields[name]?[row] ?? ""
                    return (name, text.isEmpty && row % 2 == 0 ? .null : .string(text))
                })
        ).text()
    }
    let (input, output) = (
        model.folder.appendingPathComponent("rows.jsonl").path,
        model.folder.appendingPathComponent("scored.jsonl").path
    )
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: input))
    var request = ScoreRequest(
        inputs: [input], outputs: [output], replacesInput: true, models: ["made:1"])
    request.format = .jsonl
    #expect(try model.store.score(request).samples == predictions.count)
    let scored = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
    #expect(scored.count == predictions.count)
    for (row, line) in scored.enumerated() {
        let object = try JSON(parsing: Array(line.utf8))
        let found = try #require(object["prediction"] ?? object["2"])
        #expect(found.string ?? found.text() == predictions[row], "row \(row)")
    }
    // A member that is missing is no missing value.
    try Data("{}".utf8).write(to: URL(fileURLWithPath: input))
    let error = #expect(throws: CellarError.self) { _ = try model.store.score(request) }
    #expect(error?.place.row == 1 && error?.category == .badData)
}

@Test(
    "a model reads the table that it was trained on as its training did, also one of R with blanks",
    arguments: ["", "\""])
func readsItsOwnTable(_ quote: String) throws {
    func text(_ value: String) -> String { quote + value + quote }
    let rows = (1...120).map { row in
        "\(text("\(row)")) \(row * 7 % 11).25 \(text(["a", "c"][row % 2])) \(text(row % 3 == 0 ? "hi" : "lo"))\n"
    }
    let made = MadeTable(
        testDescription: "R", target: "y",
        text: ["x", "c", "y"].map(text).joined(separator: " ") + "\n" + rows.joined())
    try TableModel.with(made) { model in
        let (part, all) = (try model.evaluate(.test), try model.evaluate(nil))
        let scored = try model.scored()
        #expect(all.count == 120 && (20...30).contains(part.count), "\(part.count)")
        #expect(scored.count == 6 && scored.values.allSatisfy { $0.count == 120 }, "\(scored.keys)")
    }
}
