import Base
import Cellar
import Foundation
import Infer
import TestSupport
import Testing

/// A model of a table with some columns, in a store of its own.
private func withModel(
    _ table: String, _ columns: String, options: String = "", _ body: (URL, Store) throws -> Void
) throws {
    try Fixtures.temporaryFolder { folder in
        let (path, recipe) = (folder.path + "/t.csv", folder.path + "/r.yaml")
        try Data(table.utf8).write(to: URL(fileURLWithPath: path))
        try Data(
            """
            name: m
            data: { csv: \(path), target: "y", columns: \(columns)\(options) }
            model: [{ Dense: { units: 1, activation: sigmoid } }]
            compile: { optimizer: { Adam: { learning_rate: 0.1 } }, loss: binary_crossentropy }
            fit: { epochs: 5, seed: 1 }
            """.utf8
        ).write(to: URL(fileURLWithPath: recipe))
        let store = Store(folder.path + "/models")
        _ = try store.fit(FitRequest(recipe: recipe))
        try body(folder, store)
    }
}

/// The last field of each row that is scored.
private func scores(
    _ text: String, _ format: ScoreFormat, _ folder: URL, _ store: Store
) throws -> [String] {
    let (input, output) = (folder.path + "/in.\(format)", folder.path + "/out.\(format)")
    try Data(text.utf8).write(to: URL(fileURLWithPath: input))
    var request = ScoreRequest(inputs: [input], outputs: [output], replacesInput: true, models: ["m:1"])
    request.format = format
    _ = try store.score(request)
    let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
    return try format == .csv
        ? lines.dropFirst().map { String($0.split(separator: ",").last ?? "") }
        : lines.map { try #require(JSON(parsing: Array($0.utf8))["probability"]).text() }
}

/// True if a probability is the one in a table, which is that of the predicted class.
private func fits(_ found: Float, _ text: String) -> Bool {
    let value = Float(text) ?? 0
    return abs(found - value) < 1e-6 || abs(1 - found - value) < 1e-6
}

@Test("a number as a category is the same in every spelling, table and row")
func spellingsOfNumbers() throws {
    let rows = (0..<80).map { row in
        let dose = ["0.5", "1.0", "1.50", "2"][row % 4]
        let code = ["20000001.0", "20000002", ""][row / 4 % 3]
        return "\(dose),\(code),\(["True", "FALSE"][row / 12 % 2]),\(row % 4 < 2 ? "p" : "q")\n"
    }
    try withModel("dose,code,flag,y\n" + rows.joined(), "{ dose: category, code: category, flag: category }")
    {
        folder, store in
        let csv = try scores(
            "dose,code,flag\n1.0,20000001,True\n1,20000001.0,true\n1e0,+20000001,TRUE\n.5,,False\n0.50,NA,false\n",
            .csv, folder, store)
        #expect(Set(csv[..<3]).count == 1 && csv[3] == csv[4] && csv[0] != csv[3])
        let lines = try scores(
            """
            {"dose": 1.0, "code": 20000001, "flag": true}
            {"dose": 1, "code": 20000001.0, "flag": "TRUE"}
            {"dose": "1.00", "code": "20000001", "flag": "True"}
            {"dose": 0.5, "code": null, "flag": false}
            """, .jsonl, folder, store)
        #expect(Set(lines[..<3]) == [csv[0]] && lines[3] == csv[3], "\(lines), \(csv)")
        for row in ["dose=1 code=20000001 flag=true", #"{"dose": 1, "code": 20000001, "flag": true}"#] {
            let words = row.hasPrefix("{") ? [row] : row.split(separator: " ").map(String.init)
            let answer = try store.predictRows(PredictRowsRequest(rows: words, models: ["m:1"])).predictions[
                0]
            #expect(fits(try #require(answer.score), csv[0]))
        }
    }
}

@Test("values that stand for a missing one or for unknown ones are no values, and a boolean is 0 or 1")
func reservedValues() throws {
    let rows = (0..<80).map { row in
        "\(["1", "2", "", "-5"][row % 4]),\(row % 2),\(["[UNK]", "a", "b"][row % 3]),\(row % 4 < 2 ? "p" : "q")\n"
    }
    let columns = "{ k: { kind: category, unknown: error }, flag: boolean, tok: category }"
    try withModel("k,flag,tok,y\n" + rows.joined(), columns) { folder, store in
        let known = try scores("k,flag,tok\n1,1,[UNK]\n1,True,[UNK]\n,0,a\n,0,never\n", .csv, folder, store)
        #expect(known[0] == known[1] && known[2] != known[3] && known[0] != known[2])
        for wrong in [
            "-1,0,a", "-2,0,a", "-6,0,a", "-16777215,0,a", "-16777216,0,a", "1,7,a", "1,-300,a", "1,0.5,a",
        ] {
            let parts = wrong.split(separator: ",")
            #expect(throws: CellarError.self) {
                try scores("k,flag,tok\n" + wrong + "\n", .csv, folder, store)
            }
            #expect(throws: CellarError.self) {
                try scores(
                    "{\"k\": \(parts[0]), \"flag\": \(parts[1]), \"tok\": \"a\"}", .jsonl, folder, store)
            }
            #expect(throws: CellarError.self) {
                try store.predictRows(
                    PredictRowsRequest(rows: ["k=\(parts[0])", "flag=\(parts[1])", "tok=a"], models: ["m:1"]))
            }
        }
    }
}

@Test("a value by hand may have an equals sign, and blanks around it if training had them")
func valuesByHand() throws {
    let rows = (0..<60).map { "\(["<10", "=>200", " x"][$0 % 3]),\($0 % 5),\($0 % 3 == 0 ? "p" : "q")\n" }
    try withModel("status,a=b,y\n" + rows.joined(), "{ status: category, \"a=b\": number }") {
        folder, store in
        func probability(_ status: String) throws -> Float {
            let rows = ["status=" + status, "a=b=3"]
            return try store.predictRows(PredictRowsRequest(rows: rows, models: ["m:1"])).predictions[0]
                .score ?? 0
        }
        let csv = try scores("status,a=b\n=>200,3\n x,3\nx,3\n", .csv, folder, store)
        #expect(try fits(probability("=>200"), csv[0]) && fits(probability("x"), csv[1]))
        #expect(try probability("x") == probability(" x") && probability("x") != probability("z"))
        #expect(csv[1] != csv[2])
    }
}

@Test("a value by hand may have commas: the next one begins with a name of the model")
func commasByHand() throws {
    let rows = (0..<60).map {
        "\($0 % 7),\($0 % 10);\(["Kelly, Mr. J", "Ito"][$0 % 2]);\($0 % 3 == 0 ? "p" : "q")\n"
    }
    try withModel(
        "Höhe;name;y\n" + rows.joined(), "{ Höhe: number, name: category }", options: ", decimal: \",\""
    ) { folder, store in
        func probability(_ rows: String...) throws -> Float {
            try store.predictRows(PredictRowsRequest(rows: rows, models: ["m:1"])).predictions[0].score ?? 0
        }
        let json = try probability(#"{"Höhe": "3,5", "name": "Kelly, Mr. J"}"#)
        #expect(try probability("Höhe=3,5", "name=Kelly, Mr. J") == json)
        #expect(try probability("Höhe=3,5,name=Kelly, Mr. J") == json)
        #expect(try probability("name=Kelly, Mr. J, Höhe=3,5") == json)
        #expect(try probability("Höhe=\"3,5\"", "name=\"Kelly, Mr. J\"") == json)
        #expect(try probability("Höhe=3,5", "name=Ito") != json)
    }
}
