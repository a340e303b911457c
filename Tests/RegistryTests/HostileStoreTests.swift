import Base
import Foundation
import TestSupport
import Testing

@testable import Registry

// Stores that somebody else made: absurd dates, long names, and paths that lead out of the store.

/// Registers one version with these facts, at a time.
private func register(_ facts: ModelFacts, number: Int, time: String, in store: ModelStore) throws {
    _ = try? store.index()
    try FileSystem.makeFolder(store.root)
    try store.commit("register") { _ in
        let key = VersionKey(model: "mnist", number: number, sha256: sha256(of: "\(number)"))
        var event = Event(kind: "registered", content: key.members)
        event.content["file"] = .string("\(number).h5")
        event.content["size"] = 1
        event.content["facts"] = facts.json
        event.time = time
        return [event]
    }
}

@Test("a date that is none, or after the registration, is that of the registration")
func absurdDates() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder.appendingPathComponent("models"))
        let dates = [
            "2026-11-22T12:00:00Z", "9999-99-99T99:99:99Z", "9999-12-31T23:59:59Z", "soon", "",
            "2026-13-01T00:00:00Z",
            "0000-00-00T00:00:00Z", "2026-11-24T09:00:00Z",
        ]
        for (index, created) in dates.enumerated() {
            try register(
                makeFacts(created: created), number: index + 1, time: "2026-11-23T10:00:0\(index)Z", in: store
            )
        }
        let listed = try store.list(Query(sort: "created")).versions
        // The last one is within a day of its registration: clocks of two computers may differ.
        #expect(listed.map(\.number) == [8, 7, 6, 5, 4, 3, 2, 1])
        #expect(listed.first?.created == "2026-11-24T09:00:00Z" && listed.last?.created == dates[0])
        #expect(listed[1...6].allSatisfy { $0.created.hasPrefix("2026-11-23T10:00:0") })
    }
}

@Test("an event whose time is no date has that of its clock")
func eventWithoutTime() {
    var event = Event(kind: "x", content: [:])
    event.clock = 1_795_348_800_123
    event.time = "yesterday"
    #expect(event.date == "2026-11-22T12:00:00Z")
    event.clock = .max
    #expect(event.date == "9999-12-31T23:59:59Z")
}

@Test("facts beyond the limits are cut when they are registered")
func longFacts() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder.appendingPathComponent("models"))
        var facts = makeFacts()
        facts.metrics = (0..<5_000).map {
            .init(split: "test", name: "\($0)" + String(repeating: "é", count: 500), value: .infinity)
        }
        facts.architecture = String(repeating: "x", count: 10_000)
        facts.trainingSeconds = .nan
        let saved = try store.save(facts)
        #expect(saved.metrics.count == 1_000 && saved.metrics.allSatisfy { $0.name.utf8.count <= 205 })
        #expect(saved.architecture.count == 200 && saved.trainingSeconds == nil)
        // The log alone says the same.
        #expect(try store.rebuild().versions == 1)
        #expect(try store.version("mnist:1").metrics == saved.metrics)
        // One that came past our own limits, from another program.
        facts.metrics = (0..<1_010).map { .init(split: "test", name: "\($0)", value: 1) }
        facts.parents = Array(repeating: .init(kind: .resumedFrom, sha256: "x", reference: "y"), count: 1_010)
        try register(facts, number: 2, time: "2026-11-23T10:00:00Z", in: store)
        let other = try store.version("mnist:2")
        #expect(try other.metrics.count == 1_000 && store.record(of: other).parents.count == 1_000)
    }
}

@Test("a text is cut at a whole character")
func cutTexts() {
    #expect(
        Limits.cut("abc", to: 3) == "abc" && Limits.cut("aéé", to: 4) == "aé" && Limits.cut("é", to: 1) == "")
}

/// A store with one model, and a folder outside it.
private func withNeighbour(_ body: (ModelStore, URL, _ outside: URL) throws -> Void) throws {
    try Fixtures.temporaryFolder { folder in
        let (root, outside) = (
            folder.appendingPathComponent("models"), folder.appendingPathComponent("outside")
        )
        try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
        let store = ModelStore(in: root)
        try store.save(makeFacts())
        try body(store, root, outside)
    }
}

@Test("no model is saved through a link that leads out of the store")
func linkedFolder() throws {
    try withNeighbour { store, root, outside in
        let trained = root.appendingPathComponent("TRAINED_MODEL")
        try FileManager.default.moveItem(at: trained, to: outside.appendingPathComponent("there"))
        try FileManager.default.createSymbolicLink(
            at: trained, withDestinationURL: outside.appendingPathComponent("there"))
        #expect(message { try store.save(makeFacts()) }.contains("is a link"))
        #expect(message { _ = try store.file(of: "mnist:1") }.contains("leads out of it"))
        let target = outside.appendingPathComponent("out.h5")
        #expect(message { _ = try store.export("mnist:1", to: target) }.contains("leads out of it"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path) == ["there"])
    }
}

@Test("a file that a link leads to is copied into the store, not registered where it is")
func linkedImport() throws {
    try withNeighbour { store, root, outside in
        let file = outside.appendingPathComponent("x.h5")
        try Data(makeFacts("other").json.text().utf8).write(to: file)
        try FileManager.default.createSymbolicLink(
            at: root.appendingPathComponent("link"), withDestinationURL: outside)
        let imported = try store.importTestFile(root.appendingPathComponent("link/x.h5"))
        #expect(imported.version.file.hasPrefix("TRAINED_MODEL/"))
        #expect(FileManager.default.isWritableFile(atPath: file.path))
        #expect(
            message { try store.register(root.appendingPathComponent("link/x.h5"), facts: makeFacts()) } != ""
        )
    }
}

@Test("an index that is a link is not another program's database")
func linkedIndex() throws {
    try withNeighbour { store, root, outside in
        store.close()
        let (index, other) = (
            root.appendingPathComponent("registry.sqlite"), outside.appendingPathComponent("other.sqlite")
        )
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.moveItem(atPath: index.path + suffix, toPath: other.path + suffix)
        }
        let before = try Data(contentsOf: other)
        try FileManager.default.createSymbolicLink(at: index, withDestinationURL: other)
        let again = ModelStore(in: root)
        #expect(try again.list().versions.map(\.reference) == ["mnist:1"])
        again.close()
        #expect(try Data(contentsOf: other) == before)
        let type = try FileManager.default.attributesOfItem(atPath: index.path)[.type] as? FileAttributeType
        #expect(type == .typeRegular)
    }
}

@Test("a path in an event that leads out of the store is refused, and the others are listed")
func pathsInEvents() throws {
    try withNeighbour { store, _, outside in
        for file in [
            "../outside/x.h5", "/etc/x.h5", "a/../../outside/x.h5", "a//x.h5", "./x.h5",
            "TRAINED_MODEL/x\n.h5", "x",
        ] {
            #expect(!Limits.isFile(file), "\(file)")
        }
        let file = outside.appendingPathComponent("x.h5")
        try Data("keras".utf8).write(to: file)
        let key = VersionKey(model: "evil", number: 1, sha256: sha256(of: "keras"))
        _ = message {
            try store.commit("evil") { _ in
                [
                    Event(
                        kind: "registered",
                        content: Event.registration(
                            key, file: "../outside/x.h5", size: 5, facts: makeFacts("evil"), importedFrom: nil
                        ))
                ]
            }
        }
        #expect(try store.list().versions.map(\.reference) == ["mnist:1"])
        #expect(FileManager.default.fileExists(atPath: file.path))
    }
}

@Test("a store on a link works")
func linkedStore() throws {
    try withNeighbour { _, root, outside in
        let link = outside.appendingPathComponent("link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: root)
        let store = ModelStore(in: link)
        #expect(try store.list().versions.map(\.reference) == ["mnist:1"])
        #expect(try store.save(makeFacts()).number == 2)
        #expect(try store.file(of: "mnist:2").path.hasPrefix(link.path))
        try store.delete(["mnist:2"])
        try store.restore("mnist:2")
    }
}
