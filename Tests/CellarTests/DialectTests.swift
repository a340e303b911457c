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

@Test("a table of the inputs alone needs no names")
func inputsAlone() throws {
    try TrainedStore.with(versions: 1) { trained in
        func score(_ text: String, _ dialect: TableDialect) throws -> String {
            let (input, output) = (trained.path("in.csv"), trained.path("out.csv"))
            try Data(text.utf8).write(to: URL(fileURLWithPath: input))
            var request = ScoreRequest(inputs: [input], outputs: [output], models: ["small:1"])
            request.dialect = dialect
            _ = try trained.store.score(request)
            return try String(contentsOfFile: output, encoding: .utf8)
        }
        var bare = TableDialect()
        bare.hasHeader = false
        let named = try score("b,a\n3,2\n1,5\n", TableDialect()).split(separator: "\n").dropFirst()
        let found = try score("2,3\n5,1\n", bare).split(separator: "\n")
        #expect(found.map { $0.split(separator: ",")[2...] } == named.map { $0.split(separator: ",")[2...] })
        // Not in silence, and not where the order is unknown.
        #expect(
            thrown { _ = try score("2,3\n5,1\n", TableDialect()) }?.remedy?.contains("--no-header") == true)
        #expect(thrown { _ = try score("2,3,yes\n5,1,no\n", bare) }?.category == .badData)
    }
}

@Test("a compressed table is read in every command")
func compressed() throws {
    try TrainedStore.with(versions: 1) { trained in
        let file = trained.path("table.csv")
        let gzip = Process()
        (gzip.executableURL, gzip.arguments) = (URL(fileURLWithPath: "/bin/gzip"), ["-k", file])
        try gzip.run()
        gzip.waitUntilExit()
        let request = { EvaluateRequest(data: $0, models: ["small:1"]) }
        let expected = try trained.store.evaluate(request(file)).evaluations[0]
        #expect(try trained.store.evaluate(request(file + ".gz")).evaluations[0].loss == expected.loss)
        let outputs = [trained.path("a.csv"), trained.path("b.csv")]
        for (input, output) in zip([file, file + ".gz"], outputs) {
            _ = try trained.store.score(ScoreRequest(inputs: [input], outputs: [output], models: ["small:1"]))
        }
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: outputs[0]))
                == Data(contentsOf: URL(fileURLWithPath: outputs[1])))
        let recipe = try String(contentsOfFile: trained.recipe, encoding: .utf8)
        try Data(recipe.replacing(file, with: file + ".gz").utf8)
            .write(to: URL(fileURLWithPath: trained.recipe))
        try trained.fit(seed: 0)
        var split = request(file + ".gz")
        (split.split, split.models) = (.test, ["small:2"])
        #expect(try trained.store.evaluate(split).evaluations[0].count == 10)
    }
}
