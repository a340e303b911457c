import Base
import Cellar
import Foundation
import Infer
import Testing

/// The scored text of a table in one of the forms.
private func scored(
    _ place: SmallStore, _ text: String, _ format: ScoreFormat?, shard: String? = nil,
    _ change: (inout ScoreRequest) throws -> Void = { _ in }
) throws -> String {
    var request = ScoreRequest(
        inputs: [try place.file("in", text)], outputs: [place.path("out")], models: ["small"])
    request.format = format
    request.options.allowsNoRows = format != nil
    if let shard { request.options.shard = try Shard(shard) }
    try change(&request)
    _ = try place.store.score(request)
    return try place.text("out")
}

@Test("objects of JSON are scored line by line and keep their bytes")
func scoresLines() throws {
    try SmallStore.make { (place) throws in
        let lines =
            #"{"id": "a\u0062", "b": 0, "A" : 2.0, "x": [1, {"y": null}] }"# + "\n\n" + #"{"a":2,"b":2e0}"#
        #expect(
            try scored(place, lines, .jsonl) { $0.options.endsWithCount = true }
                == #"{"id": "a\u0062", "b": 0, "A" : 2.0, "x": [1, {"y": null}],"prediction":"good","probability":0.880797}"#
                + "\n" + #"{"a":2,"b":2e0,"prediction":"bad","probability":0.5}"# + "\n{\"rows\": 2}\n")
        #expect(
            try scored(place, #"{"id":[1, 2],"b":0,"a":2}"#, .jsonl) { $0.options.kept = .only(["id", "a"]) }
                == #"{"id":[1, 2],"a":2,"prediction":"good","probability":0.880797}"# + "\n")
        #expect(
            try scored(place, #"{"b":0,"a":2}"#, .jsonl) { $0.options.kept = .none }
                == #"{"prediction":"good","probability":0.880797}"# + "\n")
        #expect(try scored(place, "", .jsonl).isEmpty)
    }
}

@Test(
    "a line that is no object with the right members is refused with its place",
    arguments: [
        #"{"a":1}"#, #"{"a":1,"b":"2"}"#, #"{"a":1,"b":null}"#, #"{"a":1,"b":NaN}"#, #"{"a":1,"b":1e99}"#,
        #"{"a":1,"b":01}"#, #"{"a":1,"b":1,"b":2}"#, #"{"a":1,"b":1} x"#, #"{"a":1,"b":1"#, #"["a"]"#,
        #"{"a":1,"b":1,"c":"\x"}"#, #"{"a":1,"b":1,"prediction":2}"#, #"{"a":1,"b":1,}"#,
        "{\"a\":1,\"b\":1,\"c\":\"\u{1}\"}",
        #"{"a":1,"b":1,"pre\u0064iction":2}"#, String(repeating: "[", count: 100_000), #"{"a":1,"b":+1}"#,
    ])
func refusesLines(line: String) throws {
    try SmallStore.make { (place) throws in
        let error = #expect(throws: CellarError.self) {
            _ = try scored(place, #"{"a":1,"b":1}"# + "\n" + line + "\n", .jsonl)
        }
        #expect(error?.category == .badData && error?.place.line == 2, "\(error as Any)")
        #expect(!place.exists("out"))
    }
}

@Test("keys, new columns alone and the count of rows in a table")
func keysOfTables() throws {
    try SmallStore.make { (place) throws in
        let table = "id,b,a,note\r\n\"1,5\",0,2,=x\r\n2,2,0,\"y\"\"z\"\r\n"
        #expect(
            try scored(place, table, .csv) { $0.options.kept = .only(["note", "id", "a"]) }
                == "note,id,a,prediction,probability\r\n'=x,\"1,5\",2,good,0.880797\r\n\"y\"\"z\",2,0,bad,0.8807971\r\n"
        )
        #expect(
            try scored(place, "id,b,a\n1,0,2\n2,2,0", .csv) {
                $0.options.kept = .none
                $0.options.endsWithCount = true
            } == "prediction,probability\ngood,0.880797\nbad,0.8807971\n# 2 rows\n")
        #expect(
            try scored(place, "id\tb\ta\n1,5\t0\t2\n", .tsv)
                == "id\tb\ta\tprediction\tprobability\n1,5\t0\t2\tgood\t0.880797\n")
        #expect(try scored(place, "b,a\n", .csv) == "b,a,prediction,probability\n")
        #expect(throws: CellarError.self) { _ = try scored(place, "b,a\n", nil) }
        #expect(try scored(place, "", .csv) { $0.dialect.hasHeader = false }.isEmpty)
        #expect(throws: CellarError.self) { _ = try scored(place, "", .csv) }
    }
}

@Test("shards of a table are its parts", arguments: [1, 2, 3, 7, 50], [1, 3])
func shardsOfTables(count: Int, threads: Int) throws {
    try SmallStore.make { (place) throws in
        // Fields with line ends, blank lines, and lines of very different lengths.
        let rows = (0..<400).map { index in
            let text = index % 5 == 0 ? "\"a\n1,2\n\(index)\"" : String(repeating: "x", count: index % 37)
            return "\(index % 7),\(index % 3),\(text)" + (index % 11 == 0 ? "\n\n" : "\n")
        }
        let table = "a,b,note\n" + rows.joined()
        let lines = (0..<300).map {
            #"{"a":\#($0 % 7),"b":\#($0 % 3),"n":"\#(String(repeating: "y", count: $0 % 29))"}"#
        }
        .joined(separator: "\n")
        for (text, format, header) in [(table, ScoreFormat.csv, 1), (lines, .jsonl, 0)] {
            let whole = try scored(place, text, format)
            var parts = ""
            for number in 1...count {
                let part = try scored(place, text, format, shard: "\(number)/\(count)") {
                    $0.models.options.threads = threads
                }
                let lines = part.split(separator: "\n", omittingEmptySubsequences: false)
                parts += (number == 1 ? lines[...] : lines.dropFirst(header)).joined(separator: "\n")
            }
            #expect(parts == whole)
        }
    }
}

@Test("a bad row of a shard is named by its number in the whole table")
func badRowOfShard() throws {
    try SmallStore.make { (place) throws in
        let table = "a,b\n" + (0..<1000).map { $0 == 700 ? "x,1\n" : "1,1\n" }.joined()
        let error = #expect(throws: CellarError.self) { _ = try scored(place, table, .csv, shard: "3/4") }
        #expect(error?.place.row == 701 && error?.place.line == 702)
        let first = try scored(place, table, .csv, shard: "1/4")
        #expect(first.split(separator: "\n").count == 252)
    }
}

@Test("several files are scored to a folder, and a shard takes its part of them")
func filesToFolder() throws {
    try SmallStore.make { (place) throws in
        let files = try ["p.csv", "q.csv", "r.csv"].map { try place.file($0, "a,b\n1,2\n") }
        let folder = place.path("scored")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var request = ScoreRequest(inputs: files, outputs: [folder], models: ["small"])
        request.options.shard = try Shard("1/2")
        #expect(try place.store.score(request).outputs == [folder + "/p.csv", folder + "/r.csv"])
        #expect(!place.exists("scored/q.csv"))
        request.options.shard = nil
        #expect(try place.store.score(request).samples == 3)
        request.outputs = [place.path("other.csv")]
        #expect(throws: CellarError.self) { _ = try place.store.score(request) }
    }
}

@Test(
    "a shard has a number and a count", arguments: ["0/3", "4/3", "1", "a/b", "1/0", "1/2/3", "-1/2", "1/"])
func badShards(text: String) {
    #expect(throws: CellarError.self) { _ = try Shard(text) }
}
