import Base
import Foundation
import TestSupport
import Testing

@testable import ArrowIPC

// The streams are pyarrow's (make_arrow.py). What pyarrow makes of ours, tools/scale/check_arrow.py tests.
private func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/\(name)").path
}

private struct AllBatches {
    let schema: ArrowSchema
    let batches: [ArrowBatch]

    init(_ file: String) throws(CellarError) {
        var reader = try ArrowReader(path: file)
        schema = reader.schema
        var (all, batch) = ([ArrowBatch](), ArrowBatch())
        while try reader.read(into: &batch) { all.append(batch) }
        batches = all
    }
}

private func bytes(_ stream: AllBatches) throws(CellarError) -> [UInt8] {
    let encoder = ArrowEncoder(stream.schema)
    var writer = ArrowBatchWriter(encoder)
    var all = encoder.start()
    for batch in stream.batches {
        writer.start(rows: batch.rows)
        for column in batch.columns.indices { writer.copy(column, of: batch) }
        try writer.finish { span in for index in span.indices { all.append(span[index]) } }
    }
    return all + ArrowEncoder.end
}

@Test("numbers of every type are read as pyarrow wrote them", arguments: ["numbers", "legacy"])
func numbersOfEveryType(name: String) throws {
    let stream = try AllBatches(path("\(name).arrows"))
    let expected = try JSON(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path("numbers.json")))))
    #expect(stream.batches.map(\.rows) == (name == "legacy" ? [3] : [3, 2, 0]))
    #expect(stream.batches.map(\.firstRow) == (name == "legacy" ? [1] : [1, 4, 6]))
    for (column, field) in stream.schema.fields.enumerated() {
        let values = expected[field.name]?.array?.compactMap(\.double).map { Float($0) } ?? []
        #expect(values.count == 3)
        for (batch, rows) in zip(stream.batches, [0..<3, 1..<3, 0..<0]) {
            var found: [Float] = []
            #expect(batch.numbers(of: [column], into: &found) == nil)
            #expect(found == Array(values[rows]), "\(field.name)")
        }
    }
}

@Test("texts, truth values and numbers are read one by one, with missing ones")
func valuesOfKinds() throws {
    let stream = try AllBatches(path("kinds.arrows"))
    let batch = stream.batches[0]
    func values(_ name: String) throws -> [ArrowValue] {
        batch.values(of: try #require(stream.schema.names.firstIndex(of: name)))
    }
    let texts: [ArrowValue] = ["a", nil, "", "žluť", String(repeating: "x", count: 40), "b", nil, "c", "d"]
        .map {
            $0.map { .text($0) } ?? .missing
        }
    for name in ["text", "large"] { #expect(try values(name) == texts, "\(name)") }
    let flags: [ArrowValue] = [.truth(true), .missing, .truth(false)]
    #expect(try values("flag") == flags + flags + flags)
    let numbers: [ArrowValue] = [.number(1.5), .missing, .number(2.5)]
    #expect(try values("number") == numbers + numbers + numbers)
    #expect(try values("nothing") == Array(repeating: .missing, count: 9))
    #expect(stream.schema.fields.filter { !$0.type.isValue }.map(\.name).contains("stamp"))
    let all = try AllBatches(path("numbers.arrows"))
    #expect(
        all.batches[0].values(of: 3)[0] == .text("-9223372036854775808")
            && all.batches[0].values(of: 7)[2] == .text("18446744073709551615"))
}

@Test("columns are read row by row")
func rowMajor() throws {
    let batch = try AllBatches(path("numbers.arrows")).batches[1]
    var found: [Float] = []
    #expect(batch.numbers(of: [9, 4, 11], into: &found) == nil)
    #expect(found == [-2.25, 1, 0, 3e38, 255, 1])
}

@Test("a value that is no finite number is found", arguments: ["missing", "notfinite", "toolarge"])
func badNumbers(name: String) throws {
    let expected: [String: ArrowBatch.BadNumber] = [
        "missing": .init(row: 1, column: 1, reason: .missing),
        "notfinite": .init(row: 2, column: 0, reason: .notFinite),
        "toolarge": .init(row: 1, column: 0, reason: .tooLarge),
    ]
    let batch = try AllBatches(path("\(name).arrows")).batches[0]
    var found: [Float] = []
    #expect(batch.numbers(of: [0, 1], into: &found) == expected[name])
}

@Test(
    "what is written is read again, with every type and missing values",
    arguments: ["numbers", "kinds", "empty"])
func roundTrip(name: String) throws {
    let stream = try AllBatches(path("\(name).arrows"))
    try Fixtures.temporaryFolder { folder in
        let copy = folder.appendingPathComponent("copy").path
        try writeFile(copy, bytes(stream))
        let again = try AllBatches(copy)
        #expect(again.schema == stream.schema)
        #expect(again.batches.count == stream.batches.count)
        for (one, other) in zip(stream.batches, again.batches) {
            for (a, b) in zip(one.columns, other.columns) {
                #expect((a.type, a.missing) == (b.type, b.missing) || a.type == .null)
                #expect(one.body[a.values] == other.body[b.values])
                #expect(one.body[a.offsets] == other.body[b.offsets])
                #expect(one.body[a.validity] == other.body[b.validity])
            }
        }
    }
}

@Test(
    "what is not supported is refused by name",
    arguments: [
        ("dictionary", "dictionary-encoded"), ("compressed", "compressed"), ("list", "type list"),
        ("struct", "type struct"), ("view", "type string_view"), ("file", "Feather"),
        ("../make_arrow.py", "not an Arrow stream"),
    ])
func refused(name: String, words: String) throws {
    let file = name.hasSuffix(".py") ? path("make_arrow.py") : path("\(name).arrows")
    let error = #expect(throws: CellarError.self) { _ = try AllBatches(file) }
    #expect(error?.category == .badData && error?.message.contains(words) == true, "\(error as Any)")
}

@Test("streams one after another are one, and anything else behind an end mark is refused")
func streamsOneAfterAnother() throws {
    func content(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("\(name).arrows"))))
    }
    let (numbers, kinds) = (try content("numbers"), try content("kinds"))
    try Fixtures.temporaryFolder { folder in
        let file = folder.appendingPathComponent("both").path
        try Data(numbers + numbers + numbers).write(to: URL(fileURLWithPath: file))
        let stream = try AllBatches(file)
        #expect(stream.batches.map(\.rows) == [3, 2, 0, 3, 2, 0, 3, 2, 0])
        #expect(stream.batches.map(\.firstRow) == [1, 4, 6, 6, 9, 11, 11, 14, 16])
        for (rest, reason) in [
            (kinds, "other columns"), ([1], "ends in the middle"),
            (Array("a,b\n1,2\n".utf8), "no further stream"),
            (Array(numbers.dropLast(20)), "ends in the middle"), ([0, 0, 0, 0], "no further stream"),
            (ArrowEncoder.end, "no further stream"),
        ] {
            try Data(numbers + rest).write(to: URL(fileURLWithPath: file))
            let error = #expect(throws: CellarError.self) { _ = try AllBatches(file) }
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        }
    }
}

@Test("a stream that was cut anywhere is refused", arguments: ["kinds", "legacy"])
func cutStreams(name: String) throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("\(name).arrows"))))
    try Fixtures.temporaryFolder { folder in
        let file = folder.appendingPathComponent("cut").path
        for size in stride(from: 0, to: whole.count, by: 3) {
            try Data(whole[..<size]).write(to: URL(fileURLWithPath: file))
            let error = #expect(throws: CellarError.self) { _ = try AllBatches(file) }
            #expect(error?.category == .badData)
        }
    }
}

@Test(
    "damaged streams end in an error or are read, and never in a trap",
    arguments: ["kinds", "numbers", "list"])
func damagedStreams(name: String) throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("\(name).arrows"))))
    var random = SystemRandomNumberGenerator()
    let odd: [UInt8] = [0, 1, 2, 4, 127, 128, 255]
    try Fixtures.temporaryFolder { folder in
        let file = folder.appendingPathComponent("damaged").path
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                // Descriptions have the positions; most of a stream is zeros and values.
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] =
                    Bool.random(using: &random) ? odd.randomElement()! : UInt8.random(in: 0...255)
            }
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            guard let stream = try? AllBatches(file) else { continue }
            for batch in stream.batches {
                let numbers = stream.schema.fields.indices.filter { stream.schema.fields[$0].type.isNumber }
                var found: [Float] = []
                _ = batch.numbers(of: numbers, into: &found)
            }
            _ = try bytes.count + ArrowIPCTests.bytes(stream).count
        }
    }
}
