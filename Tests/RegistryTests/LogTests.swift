import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

@Test(
    "a process that dies between log and index has done its change, and blocks nobody",
    arguments: [
        "promote", "tag", "delete", "restore", "rollback", "save",
    ])
func deathAfterAppend(_ change: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cellar-log-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let before = ModelStore(in: folder)
    for i in 1...3 { try before.save(makeFacts(created: noon(plus: i))) }
    _ = try before.promote("mnist:1", alias: "best")
    _ = try before.promote("mnist:3", alias: "best")
    try before.delete("mnist:2")
    before.close()

    await #expect(processExitsWith: .exitCode(9)) {
        [path = folder.path as String, change = change as String] in
        let store = ModelStore(
            at: URL(fileURLWithPath: path), reader: readTestFacts, onStep: { _ in }, onAppend: { _exit(9) })
        switch change {
        case "promote": _ = try store.promote("mnist:1", alias: "best")
        case "tag": try store.tag("mnist:1", set: [.init(key: "a", value: "b")])
        case "delete": try store.delete("mnist:1")
        case "restore": try store.restore("mnist:2")
        case "rollback": _ = try store.rollback(model: "mnist", alias: "best")
        default: try store.save(makeFacts(created: noon(plus: 9)))
        }
    }

    let store = ModelStore(in: folder)
    switch change {
    case "promote", "rollback": #expect(try store.version("mnist@best").number == 1)
    case "tag": #expect(try store.tags(of: store.version("mnist:1")).count == 1)
    case "delete": #expect(try store.list().versions.map(\.number) == [3])
    case "restore": #expect(try store.list().total == 3)
    default: #expect(try store.version("mnist").number == 4)
    }
    #expect(try store.verify().findings == [])
    try store.tag("mnist:3", set: [.init(key: "next", value: "works")])
    #expect(try store.promote("mnist:3", alias: "next").moved)
    let content = try store.content()
    _ = try store.rebuild()
    #expect(try store.content() == content)
}

@Test("a log that git or rsync brings while a change is written is applied afterwards, not taken for known")
func logThatComesDuringAChange() throws {
    try Fixtures.temporaryFolder { outside in
        let (here, there) = (outside.appendingPathComponent("here"), outside.appendingPathComponent("there"))
        try ModelStore(in: here).save(makeFacts(created: noon(plus: 1)))
        try FileManager.default.copyItem(at: here, to: there)
        try ModelStore(in: there).tag("mnist:1", set: [.init(key: "there", value: "1")])
        let store = ModelStore(
            at: here, reader: readTestFacts, onStep: { _ in },
            onAppend: {
                let log = there.appendingPathComponent("log")
                for name in (try? FileManager.default.contentsOfDirectory(atPath: log.path)) ?? [] {
                    let place = here.appendingPathComponent("log/" + name)
                    try? FileManager.default.copyItem(at: log.appendingPathComponent(name), to: place)
                }
            })
        let version = try store.tag("mnist:1", set: [.init(key: "here", value: "1")]).version
        #expect(try store.tags(of: version).map(\.key) == ["here", "there"])
        store.close()
        #expect(try ModelStore(in: here).tags(of: version).map(\.key) == ["here", "there"])
    }
}

@Test("a change that is done returns its result, also where the logs cannot be listed afterwards")
func resultWithoutLogs() throws {
    try Fixtures.temporaryFolder { folder in
        try ModelStore(in: folder).save(makeFacts(created: noon(plus: 1)))
        let log = folder.path + "/log"
        // A link to itself is no folder that anybody can list.
        @Sendable func hide() {
            try? FileManager.default.moveItem(atPath: log, toPath: log + ".away")
            try? FileManager.default.createSymbolicLink(atPath: log, withDestinationPath: log)
        }
        func show() throws {
            try FileManager.default.removeItem(atPath: log)
            try FileManager.default.moveItem(atPath: log + ".away", toPath: log)
        }
        func store() -> ModelStore {
            ModelStore(at: folder, reader: readTestFacts, onStep: { _ in }, onAppend: hide)
        }
        #expect(
            try store().tag("mnist:1", set: [.init(key: "owner", value: "ann")]).tags.map(\.value) == ["ann"])
        try show()
        #expect(try store().delete(["mnist:1"]).map(\.number) == [1])
        try show()
        #expect(try store().restore(["mnist:1"]).map(\.state) == [.kept])
        try show()
        #expect(try ModelStore(in: folder).verify().findings == [])
    }
}

/// A store with some events, closed, and the lines of its log.
private func makeStore(_ folder: URL) throws -> (log: String, lines: [String]) {
    let store = ModelStore(in: folder)
    for i in 1...3 { try store.save(makeFacts(created: noon(plus: i), accuracy: 0.9 + Double(i) / 100)) }
    _ = try store.promote(best: "val_accuracy", model: "mnist")
    try store.tag("mnist:1", set: [.init(key: "owner", value: "ann")])
    store.close()
    let path = store.log.path(of: store.log.own)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return (path, text.split(separator: "\n").map(String.init))
}

private func removeIndex(_ folder: URL) {
    for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: folder.path + "/registry.sqlite" + suffix)
    }
}

@Test(
    "events that were edited, dropped, moved or cut off are found, with and without the old index",
    arguments: [
        "edit", "drop", "swap", "cut", "copy", "append",
    ], [true, false])
func tampering(_ change: String, _ keepsIndex: Bool) throws {
    try Fixtures.temporaryFolder { folder in
        var (log, lines) = try makeStore(folder)
        switch change {
        case "edit": lines[4] = lines[4].replacingOccurrences(of: "0.93", with: "0.99")
        case "drop": lines.remove(at: 3)
        case "swap": lines.swapAt(2, 3)
        case "cut": lines.removeLast()
        case "copy": lines.insert(lines[2], at: 3)
        default: lines.append("{\"event\": \"moved\", \"model\": \"mnist\", \"alias\": \"best\"}")
        }
        try (lines.joined(separator: "\n") + "\n").write(toFile: log, atomically: false, encoding: .utf8)
        if !keepsIndex { removeIndex(folder) }
        let store = ModelStore(in: folder)
        // A log that ends early is a log: only who read the rest can tell.
        let isUnknowable = change == "cut" && !keepsIndex
        #expect(try store.verify().findings.contains { $0.kind == .log } != isUnknowable, "\(change)")
        // One bad line stops nothing.
        #expect(try store.list().versions.contains { $0.number == 1 })
        try store.tag("mnist:1", set: [.init(key: "next", value: "works")])
        #expect(try store.verify().findings.contains { $0.kind == .log } != isUnknowable, "after a change")
    }
}

@Test(
    "values that were edited in the index are found, and a rebuild restores them",
    arguments: [
        "UPDATE metric SET value = 0.999 WHERE name = 'val_accuracy' AND version = 1",
        "DELETE FROM tag", "UPDATE alias SET number = 1",
        "UPDATE version SET sha256 = upper(sha256) WHERE id = 2",
        "UPDATE facts SET json = '{}' WHERE version = 1", "DELETE FROM version WHERE id = 2",
        "INSERT INTO metric VALUES (2, 'test_accuracy', 1)", "UPDATE alias_move SET reason = 'other'",
    ])
func editedIndex(_ sql: String) throws {
    try Fixtures.temporaryFolder { folder in
        _ = try makeStore(folder)
        let before = try ModelStore(in: folder).content()
        try DatabaseQueue(path: folder.path + "/registry.sqlite").writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA foreign_keys = OFF; " + sql)
        }
        #expect(try ModelStore(in: folder).verify().findings.contains { $0.kind == .index }, "\(sql)")
        _ = try ModelStore(in: folder).rebuild()
        #expect(try ModelStore(in: folder).verify().findings == [])
        #expect(try ModelStore(in: folder).content() == before)
    }
}

@Test("an index that came with a copy of the store is not believed")
func foreignIndex() throws {
    try Fixtures.temporaryFolder { outside in
        let (ours, theirs) = (outside.appendingPathComponent("a"), outside.appendingPathComponent("b"))
        _ = try makeStore(ours)
        try DatabaseQueue(path: ours.path + "/registry.sqlite").write { db in
            try db.execute(
                sql: """
                    UPDATE metric SET value = 0.999 WHERE version = 1;
                    CREATE VIEW v AS SELECT 1; CREATE TABLE "odd "" name" (a);
                    CREATE TRIGGER t AFTER INSERT ON tag BEGIN DELETE FROM version; END;
                    """)
        }
        try FileManager.default.copyItem(at: ours, to: theirs)
        let store = ModelStore(in: theirs)
        #expect(try store.version("mnist:1").metric("val_accuracy") == 0.91)
        try store.tag("mnist:1", set: [.init(key: "x", value: "y")])
        #expect(try store.list().total == 3)
        #expect(try store.verify().findings == [])
    }
}

@Test("the order of events holds where the clock goes back, and after a rebuild")
func clockBack() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        // A date far in the future does not stay on top, and one second holds any number of saves.
        for created in [noon(plus: 9), "9999-12-31T23:59:59Z", noon(plus: 9), noon(plus: 1)] {
            try store.save(makeFacts(created: created))
        }
        #expect(try store.list().versions.map(\.number) == [4, 3, 2, 1])
        // As if the computer's clock had been a year ahead for one event.
        _ = try store.promote("mnist:1", alias: "best")
        let log = store.log.path(of: store.log.own)
        var lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
        var last = try Event(line: Array(lines[lines.count - 1].utf8)[...])
        last.clock += 31_536_000_000
        lines[lines.count - 1] = last.line()
        try (lines.joined(separator: "\n") + "\n").write(toFile: log, atomically: false, encoding: .utf8)
        removeIndex(folder)
        let later = ModelStore(in: folder)
        _ = try later.promote("mnist:2", alias: "best")
        #expect(try later.version("mnist@best").number == 2)
        _ = try later.rebuild()
        #expect(try later.version("mnist@best").number == 2)
        #expect(try later.moves(model: "mnist").map(\.number) == [1, 2])
        #expect(try later.verify().findings == [])
    }
}

@Test("ten thousand moves of an alias do not slow the next")
func manyMoves() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        let versions = try (1...2).map { try store.save(makeFacts(created: noon(plus: $0))) }
        try store.commit("move often") { _ in
            (0..<10_000).map {
                .moved("best", of: "mnist", to: versions[$0 % 2].key, reason: "move \($0)")
            }
        }
        #expect(try store.version("mnist@best").number == 2)
        #expect(try store.promote("mnist:1", alias: "best").before == "mnist:2")
        #expect(try store.rollback(model: "mnist", alias: "best").version.number == 2)
        #expect(try store.rollback(model: "mnist", alias: "best").version.number == 1)
        #expect(try store.moves(model: "mnist").count == 10_003)
    }
}

@Test("the store as it was: versions, aliases and tags until a time")
func storeAtATime() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        let first = try store.save(makeFacts(created: noon(plus: 1)))
        let second = try store.save(makeFacts(created: noon(plus: 2)))
        try store.commit("move") { _ in
            var one = Event.moved("best", of: "mnist", to: first.key, reason: "one")
            var two = Event.moved("best", of: "mnist", to: second.key, reason: "two")
            (one.time, two.time) = ("2090-01-01T10:00:00Z", "2090-01-02T10:00:00Z")
            (one.who, two.who) = ("x", "x")
            return [one, two]
        }
        #expect(try store.version("mnist@best").number == 2)
        #expect(try store.at("2090-01-01").version("mnist@best").number == 1)
        #expect(try store.at("2090-01-02T09:59:59Z").version("mnist@best").number == 1)
        #expect(try store.at("2090-01-02").version("mnist@best").number == 2)
        #expect(try store.at("2089-12-31").list().total == 2)
        #expect(try store.at("2020-01-01").list().total == 0)
        #expect(message { _ = try store.at("yesterday") }.contains("expected a date"))
        #expect(message { try store.at("2090-01-01").delete("mnist:1") }.contains("read-only"))
        #expect(
            try store.events(ofAlias: "best", of: "mnist").map(\.summary) == [
                "mnist@best moved to mnist:1: one", "mnist@best moved to mnist:2: two",
            ])
    }
}

@Test(
    "the text of an event's facts is found as it stands in the line",
    arguments: [
        (
            #"{"a": {"facts": 1}, "facts": {"b": "}\"{", "c": [1, {}]}, "d": 2}"#,
            #"{"b": "}\"{", "c": [1, {}]}"#
        ),
        (#"{"facts":{}}"#, "{}"), (#"{"facts": 3, "e": {}}"#, nil), (#"{"x": "facts", "y": {}}"#, nil),
        (#"{"facts": {}, "facts": {}}"#, nil), (#"{"facts": [1]}"#, nil),
        (#"{"x": "\\", "facts": {"a": 1}}"#, #"{"a": 1}"#),
    ] as [(String, String?)])
func factsText(_ line: String, _ expected: String?) {
    #expect(Event.factsText(in: Array(line.utf8)[...]) == expected)
}
