import Base
import Foundation
import TestSupport
import Testing
import WireFormat

@testable import EventFiles

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "Golden")

private struct HistogramCase: Decodable {
    let values: [Float]
    let table: [[Double]]
}

@Test("a histogram has TensorBoard's buckets")
func histograms() throws {
    let cases = try JSONDecoder().decode(
        [HistogramCase].self, from: Data(contentsOf: folder.appendingPathComponent("histograms.json")))
    #expect(cases.count == 7)
    for expected in cases {
        let rows = Histogram(expected.values).rows
        let found = stride(from: 0, to: rows.count, by: 3).map { Array(rows[$0..<$0 + 3]) }
        #expect(found.map { $0[2] } == expected.table.map { $0[2] })
        for (ours, theirs) in zip(found.joined(), expected.table.joined()) {
            // NumPy's linspace multiplies and adds in one rounding where the processor can.
            #expect(abs(ours - theirs) <= 1e-14 * max(abs(theirs), 1))
        }
    }
    #expect(Histogram([1, .nan, .infinity, 2]).counts.reduce(0, +) == 2)
}

@Test("numbers are read in every form that TensorFlow and TensorBoard write")
func readsScalars() throws {
    let found = try EventScalars(file: folder.path + "/scalars/events.out.tfevents.golden")
    for (tag, first) in [("new", 0.5), ("old", 0.25), ("float", 0.125), ("double", 0.1)] {
        let points = try #require(found.points[tag])
        #expect(points.map(\.step) == [0, 1, 2] && points.map(\.time) == [1000, 1001, 1002])
        #expect(points.map(\.value) == [first, first + 1, first + 2])
    }
    #expect(found.points.count == 4 && found.others == 1)
}

@Test("what is written is read again")
func writesAndReads() throws {
    try Fixtures.temporaryFolder { folder in
        let file = try EventFile(in: folder.path)
        try file.write(Event(time: 5, step: 7, content: .scalar(tag: "epoch_loss", 0.5)))
        try file.write(Event(time: 6, content: .histogram(tag: "h", Histogram([1, 2]))))
        try file.write(Event(time: 6, content: .images(tag: "i", width: 1, height: 1, [Data([1])])))
        try file.write(
            Event(time: 6, content: .graph([LoggedNode(name: "a", kind: "Dense", inputs: [], shape: [3])])))
        try file.write(Event(time: 6, content: .hyperparameters([("rate", .number(0.1))], group: "")))
        let path = try folder.path + "/" + FileSystem.entries(of: folder.path)[0].name
        let found = try EventScalars(file: path)
        #expect(found.points == ["epoch_loss": [.init(step: 7, time: 5, value: 0.5)]])
        #expect(found.others == 4)
    }
}

@Test("a damaged file is refused, and an incomplete last record is left out")
func damagedFiles() throws {
    let bytes = [UInt8](
        try Data(contentsOf: folder.appendingPathComponent("scalars/events.out.tfevents.golden")))
    try Fixtures.temporaryFolder { folder throws in
        let path = folder.path + "/events"
        func read(_ bytes: [UInt8]) throws -> EventScalars {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            return try EventScalars(file: path)
        }
        #expect(try read(Array(bytes.dropLast(5))).points.count == 4)
        #expect(try read([]).points.isEmpty)
        #expect(throws: CellarError.self) {
            _ = try read(Array("this is a text file, and no event file".utf8))
        }
        // Each flipped bit is found, or is in what follows the last complete record.
        for place in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[place] ^= 0x10
            #expect(throws: CellarError.self, "byte \(place)") { _ = try read(damaged) }
        }
    }
}

@Test("a long record is passed over, and checked all the same")
func longRecords() throws {
    try Fixtures.temporaryFolder { folder throws in
        let path = folder.path + "/events"
        let long = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 * 7) })
        let short = Event(time: 1, step: 2, content: .scalar(tag: "a", 3)).wireData
        var file = Records.record(long) + Records.record(short)
        func lengths() throws -> [Int?] {
            try file.write(to: URL(fileURLWithPath: path))
            var found: [Int?] = []
            try Records.forEach(in: path, longest: 100_000) { found.append($0?.count) }
            return found
        }
        #expect(try lengths() == [nil, short.count])
        file[100_000] ^= 1
        #expect(throws: CellarError.self) { _ = try lengths() }
        // A record that claims more than the file has is the end.
        file = Records.record(short) + Records.record(long).dropLast()
        #expect(try lengths() == [short.count])
    }
}

@Test("an event without a time says nothing about when a run began")
func withoutTime() throws {
    try Fixtures.temporaryFolder { folder throws in
        let path = folder.path + "/events"
        try Records.record(Data()).write(to: URL(fileURLWithPath: path))
        #expect(try EventScalars(file: path).began == nil)
    }
}

@Test("messages that end too early, or have unknown kinds of fields, are noticed")
func damagedMessages() {
    for bytes in [
        [0x08], [0x0A, 0x05, 1], [0x09, 1, 2], [0x0B], [0x00], [UInt8](repeating: 0xFF, count: 12),
    ] as [[UInt8]] {
        var reader = WireReader(bytes[...])
        while reader.next() != nil {}
        #expect(reader.isDamaged, "\(bytes)")
    }
    var reader = WireReader([0x08, 0x96, 0x01, 0x15, 1, 0, 0, 0][...])
    #expect(reader.next()?.value == .number(150) && reader.next()?.value == .fixed32(1))
    #expect(reader.next() == nil && !reader.isDamaged)
}
