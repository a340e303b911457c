import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

// Stores of the format before the log: `versions.jsonl`, `aliases.json`, and an index of schema 2.

private let times = ["2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z", "2026-11-03T10:00:00Z"]

/// Writes an old store: mnist:1 to mnist:3, of which mnist:2 was deleted, mnist:4 purged, and a file that no list names.
private func makeOldStore(_ folder: URL) throws -> [String] {
    try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("TRAINED_MODEL"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("trash/TRAINED_MODEL"), withIntermediateDirectories: true)
    var digests: [String] = []
    var lines = ""
    for number in 1...3 {
        let text = makeFacts(created: times[number - 1], accuracy: 0.9 + Double(number) / 100).json.text()
        let file = "TRAINED_MODEL/Model_\(number)_.h5"
        try Data(text.utf8).write(to: folder.appendingPathComponent((number == 2 ? "trash/" : "") + file))
        digests.append(sha256(of: text))
        lines +=
            "{\"version\": \"mnist:\(number)\", \"sha256\": \"\(digests[number - 1])\", \"file\": \"\(file)\""
        lines += number == 3 ? ", \"imported_from\": \"elsewhere/three.h5\"}\n" : "}\n"
    }
    lines +=
        "not a line\n{\"version\": \"mnist:4\", \"sha256\": \"\(sha256(of: "gone"))\", \"file\": \"TRAINED_MODEL/x.h5\"}\n"
    try Data(lines.utf8).write(to: folder.appendingPathComponent("versions.jsonl"))
    let aliases = """
        {"aliases": {"mnist": {"best": [
            {"version": 1, "sha256": "\(digests[0])", "time": "2026-11-04T10:00:00Z", "reason": "first"},
            {"version": 3, "sha256": "\(digests[2])", "time": "2026-11-04T10:00:00Z", "reason": "second"},
            {"version": 1, "sha256": "\(digests[0])", "time": "2026-11-04T10:00:00Z", "reason": "first"}],
          "old": [{"version": 3, "sha256": "\(digests[2])", "time": "2026-11-05T10:00:00Z", "reason": "x"},
            {"version": null, "sha256": null, "time": "2026-11-06T10:00:00Z", "reason": "gone"}]}},
         "tags": {"mnist:3": {"sha256": "\(digests[2])", "tags": {"owner": "ann"}}}}
        """
    try Data(aliases.utf8).write(to: folder.appendingPathComponent("aliases.json"))
    try Data("keras".utf8).write(to: folder.appendingPathComponent("new.h5"))
    return digests
}

private func checkMigrated(_ store: ModelStore, _ digests: [String]) throws {
    #expect(try store.list(Query(model: "mnist")).versions.map(\.sha256) == [digests[2], digests[0]])
    #expect(try store.version("new:1").sha256 == sha256(of: "keras"))
    #expect(try store.list(Query(deleted: true)).versions.map(\.reference) == ["mnist:2"])
    #expect(message { _ = try store.version("mnist:4") }.contains("removed its file permanently"))
    #expect(try store.version("mnist@best").number == 1)
    let moves = try store.moves(model: "mnist", alias: "best")
    #expect(moves.map(\.number) == [1, 3, 1])
    #expect(moves.map(\.reason) == ["first", "second", "first"])
    #expect(moves.map(\.time) == Array(repeating: "2026-11-04T10:00:00Z", count: 3))
    #expect(message { _ = try store.version("mnist@old") }.contains("no alias"))
    #expect(try store.tags(of: store.version("mnist:3")) == [.init(key: "owner", value: "ann")])
    #expect(try store.record(of: store.version("mnist:3")).parents.map(\.reference) == ["elsewhere/three.h5"])
    #expect(try store.version("mnist:3").metric("val_accuracy") == 0.93)
}

@Test("a store of the old format keeps numbers, aliases, tags, reasons and times")
func migration() throws {
    try Fixtures.temporaryFolder { folder in
        let digests = try makeOldStore(folder)
        let store = ModelStore(in: folder)
        try checkMigrated(store, digests)
        #expect(try store.verify().findings == [])
        #expect(try store.restore("mnist:2").sha256 == digests[1])
        #expect(try store.save(makeFacts(created: noon(plus: 1))).number == 5)
        #expect(try store.rollback(model: "mnist", alias: "best").version.number == 3)
        let before = try store.content()
        _ = try store.rebuild()
        #expect(try store.content() == before)
        // The old lists are not read again.
        try Data("{".utf8).write(to: folder.appendingPathComponent("aliases.json"))
        try FileManager.default.removeItem(atPath: folder.path + "/registry.sqlite")
        #expect(try ModelStore(in: folder).content() == before)
    }
}

@Test(
    "tags and reasons beyond the limits, and names that the log does not take, are kept in a form that it takes"
)
func migrationBeyondLimits() throws {
    try Fixtures.temporaryFolder { folder in
        let digests = try makeOldStore(folder)
        let long = String(repeating: "long ", count: 2_000)
        let aliases = """
            {"aliases": {"mnist": {"best": [
                {"version": 1, "sha256": "\(digests[0])", "time": "2026-11-04T10:00:00Z", "reason": "\(long)"}],
              "the one": [{"version": 3, "sha256": "\(digests[2])", "time": "2026-11-05T10:00:00Z", "reason": "x"}],
              "7": [{"version": 1, "sha256": "\(digests[0])", "time": "2026-11-05T10:00:00Z", "reason": "x"}]}},
             "tags": {"mnist:3": {"sha256": "\(digests[2])", "tags":
                {"owner": "ann", "notes": "\(long)", "notes-2": "own", "a key": "1", "a-key": "2", "last": "z"}}}}
            """
        try Data(aliases.utf8).write(to: folder.appendingPathComponent("aliases.json"))
        let store = ModelStore(in: folder)
        let tags = Dictionary(
            uniqueKeysWithValues: try store.tags(of: store.version("mnist:3")).map { ($0.key, $0.value) })
        #expect(
            tags["owner"] == "ann" && tags["last"] == "z" && tags["notes-2"] == "own" && tags["a-key"] == "2")
        #expect(["notes", "notes-3", "notes-4"].compactMap { tags[$0] }.joined() == long)
        #expect(tags.count == 8 && tags["a-key-2"] == "1")
        let move = try #require(try store.moves(model: "mnist", alias: "best").first)
        #expect(long.hasPrefix(move.reason) && move.reason.utf8.count == Limits.text)
        #expect(move.evidence?["reason"]?.string == long)
        #expect(try store.version("mnist@the-one").number == 3)
        #expect(try store.version("mnist@alias-7").number == 1)
        #expect(try store.verify().findings == [])
    }
}

@Test("a byte that is no UTF-8 in the list of an old store costs one line, not all numbers")
func migrationWithDamagedList() throws {
    try Fixtures.temporaryFolder { folder in
        let digests = try makeOldStore(folder)
        let list = folder.appendingPathComponent("versions.jsonl")
        try (Data([0xFF, 0x0A]) + Data(contentsOf: list)).write(to: list)
        try checkMigrated(ModelStore(in: folder), digests)
    }
}

@Test("no log begins while a model file cannot be read; one that is closed to this user keeps its version")
func migrationWithUnreadableFiles() throws {
    try Fixtures.temporaryFolder { folder in
        let digests = try makeOldStore(folder)
        func store(_ category: CellarError.Category) -> ModelStore {
            ModelStore(at: folder) { found in
                if found.sha256 == digests[0] { throw CellarError(category, "cannot read", file: found.path) }
                return try readTestFacts(found)
            }
        }
        #expect(message { _ = try store(.inputOutput).list() }.contains("cannot read"))
        #expect(try LogFolder(inStore: folder.path).files() == [])
        let closed = store(.noPermission)
        #expect(try closed.list(Query(model: "mnist")).versions.map(\.number) == [3, 1])
        #expect(try closed.version("mnist@best").sha256 == digests[0])
        #expect(try closed.collectGarbage().versions == ["mnist:2"])
        closed.close()
        let open = ModelStore(in: folder)
        #expect(
            try open.version("mnist:1").size
                == FileSystem.size(ofFile: open.path(of: open.version("mnist:1").file)))
    }
}

@Test("an event with a member beyond the limits changes nothing")
func wholeEvents() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        let version = try store.save(makeFacts())
        var content = version.key.members
        content["set"] = ["a": "1", "b": .string(String(repeating: "x", count: 5_000))]
        #expect(throws: CellarError.self) {
            try store.commit("tag") { _ in [Event(kind: "tagged", content: content)] }
        }
        let index = try store.index()
        try index.write("apply") { db in
            let projection = Projection(db: db, own: store.log.own)
            for (kind, members) in [
                ("tagged", content), ("reserved", ["numbers": ["other": 3, "no number": 4]]),
            ] as [(String, JSONObject)] {
                #expect(throws: LogProblem.self) {
                    try projection.apply(Event(kind: kind, content: members), of: "x")
                }
            }
            let last = try db.lastNumber(of: "other")
            #expect(last == 0)
        }
        #expect(try store.tags(of: version) == [])
        // Earlier versions of Cellar wrote such events for the tags of old stores.
        try index.write("apply") { db in
            var event = Event(kind: "tagged", content: content)
            event.command = Event.migration
            try Projection(db: db, own: store.log.own).apply(event, of: "x")
        }
        #expect(try store.tags(of: version).map(\.value.utf8.count) == [1, Limits.text])
    }
}

@Test("an old index without the lists is enough: numbers, deletions, moves and tags come from it")
func migrationOfIndex() throws {
    try Fixtures.temporaryFolder { folder in
        let digests = try makeOldStore(folder)
        try makeOldIndex(folder, digests)
        for name in ["versions.jsonl", "aliases.json", "new.h5"] {
            try FileManager.default.removeItem(atPath: folder.path + "/" + name)
        }
        let store = ModelStore(in: folder)
        #expect(try store.list().versions.map(\.reference) == ["mnist:7", "mnist:1"])
        #expect(try store.list(Query(deleted: true)).versions.map(\.reference) == ["mnist:2"])
        #expect(try store.version("mnist@best").number == 7)
        #expect(try store.moves(model: "mnist").map(\.reason) == ["why"])
        #expect(try store.tags(of: store.version("mnist:7")) == [.init(key: "a", value: "b")])
        #expect(try store.save(makeFacts(created: noon(plus: 1))).number == 10)
        #expect(try store.verify().findings == [])
    }
}

/// The tables of schema 2 that a migration reads.
private func makeOldIndex(_ folder: URL, _ digests: [String]) throws {
    let queue = try DatabaseQueue(path: folder.path + "/registry.sqlite")
    try queue.write { db in
        try db.execute(
            sql: """
                CREATE TABLE model (name TEXT PRIMARY KEY, last_number INTEGER NOT NULL) WITHOUT ROWID;
                CREATE TABLE version (id INTEGER PRIMARY KEY, model TEXT, number INTEGER, file TEXT, sha256 TEXT,
                    size INTEGER, created TEXT, state TEXT, deleted TEXT, identity TEXT);
                CREATE TABLE facts (version INTEGER PRIMARY KEY, json TEXT NOT NULL);
                CREATE TABLE parent (version INTEGER, position INTEGER, kind TEXT, sha256 TEXT, reference TEXT);
                CREATE TABLE alias_move (id INTEGER PRIMARY KEY, model TEXT, alias TEXT, number INTEGER, sha256 TEXT,
                    time TEXT, reason TEXT, is_rollback INTEGER);
                CREATE TABLE tag (version INTEGER, key TEXT, value TEXT);
                CREATE TABLE grdb_migrations (identifier TEXT);
                INSERT INTO model VALUES ('mnist', 9);
                INSERT INTO version VALUES
                    (1, 'mnist', 1, 'TRAINED_MODEL/Model_1_.h5', '\(digests[0])', 1, '', 'kept', NULL, NULL),
                    (2, 'mnist', 2, 'trash/TRAINED_MODEL/Model_2_.h5', '\(digests[1])', 1, '', 'deleted', 'x', NULL),
                    (3, 'mnist', 7, 'TRAINED_MODEL/Model_3_.h5', '\(digests[2])', 1, '', 'kept', NULL, NULL);
                INSERT INTO alias_move VALUES
                    (1, 'mnist', 'best', 7, '\(digests[2])', '2026-11-04T10:00:00Z', 'why', 0);
                INSERT INTO tag VALUES (3, 'a', 'b');
                PRAGMA user_version = 2;
                """)
    }
    try queue.close()
}

@Test("copies of an old store that began their logs apart have one history together")
func migrationTwice() throws {
    try Fixtures.temporaryFolder { outside in
        let (ours, theirs) = (outside.appendingPathComponent("a"), outside.appendingPathComponent("b"))
        let digests = try makeOldStore(ours)
        try FileManager.default.copyItem(at: ours, to: theirs)
        let (our, their) = (ModelStore(in: ours), ModelStore(in: theirs))
        try checkMigrated(our, digests)
        try checkMigrated(their, digests)
        try FileManager.default.copyItem(
            atPath: their.log.path(of: their.log.own), toPath: our.log.path(of: their.log.own))
        try checkMigrated(our, digests)
        #expect(try our.verify().findings == [])
    }
}
