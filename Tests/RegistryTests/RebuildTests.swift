import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

/// A store with every kind of record that a rebuild restores.
private func fill(_ store: ModelStore, outside: URL) throws {
    for i in 1...4 { try store.save(makeFacts(created: noon(plus: i), accuracy: 0.9 + Double(i) / 100)) }
    try store.save(makeFacts("wine", created: noon(plus: 2)))
    // The oldest file, registered last: by creation time it would get number 1.
    let old = outside.appendingPathComponent("old.h5")
    try Data(makeFacts(created: "2020-01-01T00:00:00Z").json.text().utf8).write(to: old)
    #expect(try store.importTestFile(old).version.reference == "mnist:5")
    let plain = outside.appendingPathComponent("from keras.h5")
    try Data("keras without facts".utf8).write(to: plain)
    #expect(try store.importTestFile(plain, name: "foreign").version.reference == "foreign:1")
    _ = try store.promote("mnist:2", alias: "best", options: .init(reason: "a feeling"))
    _ = try store.promote("mnist:4", alias: "best")
    _ = try store.promote("mnist:1", alias: "production")
    try store.tag("mnist:3", set: [.init(key: "owner", value: "ann \"the\" tester")])
}

private func removeIndex(_ folder: URL) throws {
    for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: folder.path + "/registry.sqlite" + suffix)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/registry.sqlite"))
}

@Test("an index that is rebuilt from files and lists equals the old one")
func rebuildEquals() throws {
    try Fixtures.temporaryFolder { outside in
        let folder = outside.appendingPathComponent("models")
        let store = ModelStore(in: folder)
        try fill(store, outside: outside)
        let (before, moves) = (try store.content(), try store.moves(model: "mnist"))
        #expect(before.count == 7)

        #expect(try store.rebuild() == .init(versions: 7, aliases: 2, unreadable: []))
        #expect(try store.content() == before)
        #expect(try store.moves(model: "mnist") == moves)

        store.close()
        try removeIndex(folder)
        #expect(try ModelStore(in: folder).content() == before)
        #expect(try ModelStore(in: folder).moves(model: "mnist") == moves)
        #expect(try ModelStore(in: folder).verify().findings == [])
    }
}

@Test("a folder of model files alone works at once, numbered by creation time, then file name")
func bareFiles() throws {
    try Fixtures.temporaryFolder { outside in
        let folder = outside.appendingPathComponent("models")
        let store = ModelStore(in: folder)
        try fill(store, outside: outside)
        store.close()
        try removeIndex(folder)
        try FileManager.default.removeItem(atPath: folder.path + "/log")

        let clone = ModelStore(in: folder)
        let mnist = try clone.list(Query(model: "mnist", sort: "version", isReversed: true)).versions
        #expect(mnist.map(\.number) == [1, 2, 3, 4, 5])
        #expect(mnist.map(\.created) == ["2020-01-01T00:00:00Z"] + (1...4).map { noon(plus: $0) })
        #expect(try clone.verify().findings == [])
    }
}

@Test("an index that is not a database is moved away, and a new one is made")
func brokenIndex() throws {
    try Fixtures.temporaryFolder { outside in
        let folder = outside.appendingPathComponent("models")
        let store = ModelStore(in: folder)
        try fill(store, outside: outside)
        let before = try store.content()
        store.close()
        try removeIndex(folder)
        try Data(repeating: 7, count: 10_000).write(to: folder.appendingPathComponent("registry.sqlite"))
        let broken = ModelStore(in: folder)
        #expect(try broken.content() == before)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.contains { $0.hasPrefix("registry.broken-") })
    }
}

@Test("the log of another copy that lies beside ours is read at once")
func pulled() throws {
    try Fixtures.temporaryFolder { outside in
        let ours = outside.appendingPathComponent("ours")
        let theirs = outside.appendingPathComponent("theirs")
        try ModelStore(in: ours).save(makeFacts(created: noon(plus: 1)))
        try FileManager.default.copyItem(at: ours, to: theirs)
        let their = ModelStore(in: theirs)
        try their.save(makeFacts(created: noon(plus: 2)))
        _ = try their.promote("mnist:2", alias: "best")

        let our = ModelStore(in: ours)
        #expect(try our.list().total == 1)
        for file in ["log/\(their.log.own)", "TRAINED_MODEL/Model_2026_11_22_12_00_02_.h5"] {
            try FileManager.default.copyItem(
                at: theirs.appendingPathComponent(file), to: ours.appendingPathComponent(file))
        }
        #expect(try our.version("mnist@best").number == 2)
        #expect(try our.promote("mnist:1", alias: "best").before == "mnist:2")
        #expect(try our.verify().findings == [])
    }
}

@Test("the beginning of a line that a dying process left is removed by the next change")
func tornLine() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        try store.save(makeFacts())
        let log = store.log.path(of: store.log.own)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try file.seekToEnd()
        try file.write(contentsOf: Data(("{\"seq\": 3, " + String(repeating: "x", count: 5_000)).utf8))
        try file.close()
        // A change that fails after its event was appended leaves neither the beginning of that line nor the event.
        #expect(throws: CellarError.self) {
            try store.commit("test") { db in
                try [.moved("x", of: "mnist", to: ModelVersion.fetch(db, where: "")[0].key, reason: "r")]
            } result: { _ in
                throw CellarError(.inputOutput, "as on a full disk")
            }
        }
        store.close()
        #expect(try store.moves(model: "mnist").isEmpty)
        #expect(try store.list().total == 1)
        try store.save(makeFacts(seed: 2))
        #expect(try store.list().total == 2)
        #expect(try store.verify().findings == [])
    }
}

@Test("a rebuild skips a file that is not a model and reports it")
func noModel() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        try store.save(makeFacts())
        try Data("nonsense".utf8).write(to: folder.appendingPathComponent("other.h5"))
        #expect(try store.rebuild().unreadable.count == 1)
        #expect(try store.verify().findings.map(\.kind) == [.unreadable])
        #expect(try store.list().total == 1)
    }
}
