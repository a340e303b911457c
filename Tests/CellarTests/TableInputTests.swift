import Base
import Cellar
import Foundation
import Infer
import TestSupport
import Testing

/// A version `made:1` in a store of its own.
private struct Made {
    let folder: URL
    var store: Store { Store(path("models")) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// Trains a recipe on a table, and calls `body` with the store.
    static func with(
        _ table: String, keys: String, model: String = "[{ Dense: { units: 1, activation: sigmoid } }]",
        loss: String = "binary_crossentropy", _ body: (Made) throws -> Void
    ) throws {
        try Fixtures.temporaryFolder { folder in
            let made = Made(folder: folder)
            try made.write("t.csv", table)
            let text = """
                name: made
                data:
                  csv: \(made.path("t.csv"))
                  target: y
                \(keys.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
                model: \(model)
                compile: { optimizer: sgd, loss: \(loss) }
                fit: { epochs: 1, seed: 1 }
                """
            try made.write("r.yaml", text)
            _ = try made.store.fit(FitRequest(recipe: made.path("r.yaml")))
            try body(made)
        }
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    /// Scores a table, and gives the lines of the scored one.
    func score(_ text: String, _ dialect: TableDialect = TableDialect()) throws -> [Substring] {
        var request = ScoreRequest(
            inputs: [try write("new.csv", text)], outputs: [path("out.csv")], replacesInput: true,
            models: ["made:1"])
        request.dialect = dialect
        _ = try store.score(request)
        return try String(contentsOfFile: path("out.csv"), encoding: .utf8).split(whereSeparator: \.isNewline)
    }

    func evaluate(_ text: String) throws -> Evaluation {
        try store.evaluate(EvaluateRequest(data: write("new.csv", text), models: ["made:1"])).evaluations[0]
    }

    /// Predicts a row by hand; gives its score or value.
    @discardableResult
    func answer(_ row: String...) throws -> Float {
        let found = try store.predictRows(PredictRowsRequest(rows: row, models: ["made:1"])).predictions[0]
        return found.scores.last?.score ?? found.values[0]
    }
}

@Test("what training refused is refused with the row and the column in scoring and for a row by hand")
func refusedInputs() throws {
    let table =
        "zip,whole,fare,member,city,y\n"
        + (0..<12).map {
            "\(100 + $0 % 3),\($0 == 5 ? "" : "\($0 % 4)"),\($0),\($0 % 2 == 0 ? "yes" : "no"),\("pq".map(String.init)[$0 % 2]),\($0 % 3 == 0 ? 1 : 0)\n"
        }
        .joined()
    let keys = """
        columns:
          zip: category
          whole: category
          fare: { kind: number, scale: log1p }
          member: boolean
          city: { kind: category, unknown: error }
        """
    try Made.with(table, keys: keys) { made throws in
        #expect(try made.score("zip,whole,fare,member,city\n101,2,4.5,YES,p\n999,,4,no,q\n").count == 3)
        for (row, column) in [
            ("101.7,2,4,yes,p", "zip"), ("101,2.5,4,yes,p", "whole"), ("101,2,-1,yes,p", "fare"),
            ("101,2,-3.5,yes,p", "fare"), ("101,2,4,maybe,p", "member"), ("101,2,4,,p", "member"),
            ("101,2,4,yes,r", "city"), (",2,4,yes,p", "zip"), ("20000001,2,4,yes,p", "zip"),
        ] {
            let names = ["zip", "whole", "fare", "member", "city"]
            let head = names.joined(separator: ",")
            let scored = thrown { _ = try made.score("\(head)\n101,2,4,yes,p\n\(row)\n") }
            #expect(
                scored?.category == .badData && scored?.place.column == column && scored?.place.row == 2
                    && scored?.place.file == made.path("new.csv"), "\(row): \(scored?.description ?? "taken")"
            )
            let evaluated = thrown { _ = try made.evaluate("\(head),y\n101,2,4,yes,p,1\n\(row),0\n") }
            #expect(evaluated?.place.column == column && evaluated?.place.row == 2, "\(row)")
            let values = zip(names, row.split(separator: ",", omittingEmptySubsequences: false))
            let asked = values.map { "\($0)=\($1)" }.joined(separator: ",")
            let byHand = thrown { try made.answer(asked) }
            #expect(byHand?.category == .usage && byHand?.place.column == column, "\(row)")
        }
    }
}

@Test("numbers and truth values of JSON are taken as such, texts as the table writes them")
func valuesOfJSON() throws {
    let table =
        "a;member;y\n"
        + (0..<12).map { "1.\(100 + $0 * 50),5;\($0 % 2 == 0 ? "ja" : "nein");\($0 % 3 == 0 ? 1 : 0)\n" }
        .joined()
    try Made.with(
        table, keys: "decimal: \",\"\nthousands: \".\"\ncolumns: { a: number, member: boolean }"
    ) { made throws in
        let written = try made.answer(#"{"a": "1.250,5", "member": "ja"}"#)
        #expect(try made.answer(#"{"a": 1250.5, "member": true}"#) == written)
        #expect(try made.answer(#"{"a": 1.2505e3, "member": "JA"}"#) == written)
        #expect(try made.answer(#"{"a": 1250.5, "member": false}"#) != written)
        #expect(thrown { try made.answer(#"{"a": [1], "member": true}"#) }?.place.column == "a")
        #expect(thrown { try made.answer(#"{"a": 1e300, "member": true}"#) }?.place.column == "a")
    }
}

@Test("a number to predict is read as in training: in the table's form, and refused where it is missing")
func numbersToPredict() throws {
    let rows = (0..<30).map { "\($0 % 9),\($0 + 1).\(100 + $0)\n" }.joined()
    try Made.with(
        "a;y\n" + rows.replacing(",", with: ";"), keys: "thousands: \".\"\ncolumns: auto",
        model: "[{ Dense: { units: 1 } }]", loss: "mean_absolute_error"
    ) { made throws in
        let loss = try made.evaluate("a;y\n3;4.103\n").loss
        #expect(loss > 4000 && loss < 5000)
        #expect(try made.evaluate("a;y\n3; 4103 \n").loss == loss)
        for wrong in ["a;y\n3;4.103\n4;\n", "a;y\n3;4.103\n4;NA\n", "a;y\n3;4.103\n4;x\n"] {
            let found = thrown { _ = try made.evaluate(wrong) }
            #expect(found?.place.row == 2 && found?.place.column == "y", "\(wrong)")
        }
    }
}

@Test("rows without a target are left out of an evaluation as of the training, and counted")
func rowsWithoutTarget() throws {
    let table =
        "a,c,y\n"
        + (0..<30).map { "\($0),\($0 % 2 == 0 ? "u" : "v"),\($0 % 7 == 0 ? "" : "\($0 % 3).5")\n" }.joined()
    try Made.with(
        table, keys: "missing_target: drop\ncolumns: auto", model: "[{ Dense: { units: 1 } }]",
        loss: "mean_squared_error"
    ) { made throws in
        let found = try made.evaluate("a,c,y\n1,u,0.5\n2,v,\n3,u,2.5\n")
        #expect(found.count == 2 && found.leftOut == 1 && found.loss.isFinite)
        #expect(found.json["rows_without_target"] == 1)
        #expect(try made.evaluate("a,c,y\n1,u,0.5\n3,u,2.5\n").loss == found.loss)
        #expect(thrown { _ = try made.evaluate("a,c,y\n1,u,\n2,v,NaN\n") }?.category == .badData)
    }
}

@Test("lines before the table of training are skipped in other tables only if they are there")
func linesBeforeTheTable() throws {
    let table =
        "some words\nmore words\na,c,y\n"
        + (0..<12).map { "\($0),\($0 % 2 == 0 ? "u" : "v"),\($0 % 3 == 0 ? 1 : 0)\n" }.joined()
    try Made.with(table, keys: "skip_lines: 2\ncolumns: auto") { made throws in
        let plain = "a,c\n1,u\n2,v\n3,u\n"
        #expect(try made.score(plain).count == 4)
        #expect(try made.score("a,c\n1,u\n").count == 2)
        #expect(try made.score("\u{FEFF}a,c\r\n1,u\r\n2,v\r\n3,u\r\n").count == 4)
        #expect(try made.score("other words\nof 2024\n" + plain).count == 4)
        #expect(thrown { _ = try made.score("one line\n" + plain) }?.category == .badData)
        var dialect = TableDialect()
        dialect.skippedLines = 1
        #expect(try made.score("one line\n" + plain, dialect).count == 4)
        let whole = EvaluateRequest(data: made.path("t.csv"), models: ["made:1"])
        #expect(try made.store.evaluate(whole).evaluations[0].count == 12)
    }
    // Without names, the number of fields decides.
    try Made.with(
        table.replacing("a,c,y\n", with: ""), keys: "skip_lines: 2\nnames: [a, c, y]\ncolumns: auto"
    ) { made throws in
        #expect(try made.score("1,u\n2,v\n3,u\n4,u\n").count == 4)
        #expect(try made.score("words\nwords\n1,u\n2,v\n3,u\n4,u\n").count == 4)
        let error = thrown { _ = try made.score("words\n1,u\n2,v\n3,u\n4,u\n") }
        #expect(error?.remedy?.contains("--skip-lines") == true)
    }
}

@Test("an evaluation of a compiled model of texts takes them as they are")
func textsInEvaluation() throws {
    let rows = (0..<12).map { "\($0 % 2 == 0 ? "u" : "v"),\($0 % 3 == 0 ? 1 : 0)\n" }.joined()
    try Made.with("c,y\n" + rows, keys: "columns: auto") { made throws in
        let found = try made.evaluate("c,y\n" + rows)
        #expect(found.count == 12 && found.loss.isFinite)
    }
}
