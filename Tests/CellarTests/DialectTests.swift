import Base
import Cellar
import Foundation
import Infer
import Testing

/// A way to write the table of `TrainedStore`, and what a recipe must say about it.
struct WrittenTable: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var recipe = ""
    var write: @Sendable ([[String]]) -> Data

    private static func text(_ rows: [[String]], _ delimiter: String = ",", _ end: String = "\n") -> String {
        rows.map { $0.joined(separator: delimiter) + end }.joined()
    }

    static let all = [
        WrittenTable(testDescription: "UTF-8 with a mark, CRLF") {
            Data(("\u{FEFF}" + text($0, ",", "\r\n")).utf8)
        },
        WrittenTable(testDescription: "CR") { Data(text($0, ",", "\r").utf8) },
        WrittenTable(testDescription: "UTF-16, little-endian") {
            Data([0xFF, 0xFE]) + text($0).data(using: .utf16LittleEndian)!
        },
        WrittenTable(testDescription: "UTF-16, big-endian") {
            Data([0xFE, 0xFF]) + text($0).data(using: .utf16BigEndian)!
        },
        WrittenTable(testDescription: "separator line, semicolons") {
            Data(("sep=;\r\n" + text($0, ";", "\r\n")).utf8)
        },
        WrittenTable(testDescription: "bars") { Data(text($0, "|").utf8) },
        WrittenTable(testDescription: "runs of blanks") { Data(text($0, "   ").utf8) },
        WrittenTable(testDescription: "trailing delimiters") { Data(text($0, ";", ";;\n").utf8) },
        WrittenTable(testDescription: "no header", recipe: "header: false") {
            Data(text(Array($0.dropFirst())).utf8)
        },
        WrittenTable(testDescription: "names", recipe: "names: [p, q, label]") {
            Data(text(Array($0.dropFirst())).utf8)
        },
        WrittenTable(
            testDescription: "comments and a delimiter", recipe: "{ comment: \"%\", delimiter: tab }"
        ) {
            Data(("% a, \"b\n" + text($0, "\t", "% said\n")).utf8)
        },
    ]
}

@Test(
    "a table gives the same model, evaluation and scores however it is written", arguments: WrittenTable.all)
func dialects(_ written: WrittenTable) throws {
    try TrainedStore.with { trained in
        let plain = trained.path("table.csv")
        try trained.fit()
        let expected = try trained.store.evaluate(EvaluateRequest(data: plain, models: ["small:1"]))

        let rows = try String(contentsOfFile: plain, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: ",").map(String.init) }
        let table = trained.path("other.csv")
        try written.write(rows).write(to: URL(fileURLWithPath: table))
        let keys = written.recipe.trimmingCharacters(in: ["{", "}", " "]).split(separator: ", ")
        let isPair = written.recipe.hasPrefix("{")
        let more = (isPair ? keys.map(String.init) : [written.recipe]).map { "\n  " + $0 }.joined()
        let isByNumber = written.recipe == "header: false"
        let recipe = try String(contentsOfFile: trained.recipe, encoding: .utf8)
            .replacing(plain, with: table + (more == "\n  " ? "" : more))
            .replacing("target: label", with: isByNumber ? "target: 2" : "target: label")
        try Data(recipe.utf8).write(to: URL(fileURLWithPath: trained.recipe))
        try trained.fit()

        for split in [nil, .test] as [TablePart?] {
            var request = EvaluateRequest(data: table, models: ["small:2"])
            request.split = split
            let found = try trained.store.evaluate(request)
            guard split == nil else { continue }
            #expect(found.evaluations[0].loss == expected.evaluations[0].loss)
            #expect(found.evaluations[0].count == 40)
        }
        let output = trained.path("out.csv")
        let summary = try trained.store.score(
            ScoreRequest(inputs: [table], outputs: [output], models: ["small:2"]))
        #expect(summary.samples == 40)
        let lines = try String(contentsOfFile: output, encoding: .utf8).split(whereSeparator: \.isNewline)
        let hasHeader = !["header: false", "names: [p, q, label]"].contains(written.recipe)
        #expect(lines.count == (hasHeader ? 41 : 40))
        guard !hasHeader else { return }
        // A table of the inputs alone, without names too.
        let inputs = rows.dropFirst().map { $0.prefix(2).joined(separator: ",") }.joined(separator: "\n")
        try Data(inputs.utf8).write(to: URL(fileURLWithPath: table))
        #expect(
            try trained.store.score(
                ScoreRequest(inputs: [table], outputs: [output], models: ["small:2"])
            ).samples == 40)
    }
}
