import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

/// The columns that the logs do not decide, or that only say how far they were read.
private let notCompared: Set = ["version.identity", "log.size", "log.lines", "renamed.id"]

/// A store with something in every table.
private func fill(_ store: ModelStore) throws {
    for i in 1...3 {
        var facts = makeFacts(created: noon(plus: i), accuracy: 0.9 + Double(i) / 100, seed: i)
        facts.run = "run \(i)"
        facts.trainingSeconds = 2
        facts.hyperparameters = Hyperparameters(config: ["optimizer": "Adam", "batch_size": 32])
        if i > 1 {
            let parent = try store.version("mnist:1")
            facts.parents = [.init(kind: .resumedFrom, sha256: parent.sha256, reference: "mnist:1")]
        }
        try store.save(facts)
    }
    for number in [1, 2, 1] {
        _ = try store.promote(
            "mnist:\(number)", alias: "best", options: .init(reason: "r", evidence: ["compared": false]))
    }
    _ = try store.rollback(model: "mnist", alias: "best")
    try store.setPolicy(model: "mnist", alias: "best", publicKey: "a key", reason: "r")
    try store.tag("mnist:1", set: [.init(key: "owner", value: "ann")])
    try store.recordEvaluation(
        of: try store.version("mnist:2"), data: "test.csv", sha256: sha256(of: "x"), metrics: ["loss": 1])
    _ = try store.rename("mnist", to: "digits")
    try store.delete(["digits:3"])
}

/// Changes a column in every row where the rules of the table allow it.
private func edit(_ table: String, _ column: String, _ path: String) throws {
    let value =
        column == "state"
        ? "iif(state = 'kept', 'deleted', 'kept')"
        : "CASE typeof(\(column)) WHEN 'text' THEN \(column) || 'x' WHEN 'null' THEN 1 ELSE \(column) + 1 END"
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    try DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction { db in
        try db.execute(sql: "UPDATE OR IGNORE \(table) SET \(column) = \(value)")
        #expect(db.changesCount > 0, "\(table).\(column)")
    }
}

@Test("verify finds a change of any value in the index that the logs decide")
func everyValueOfTheIndex() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        try fill(store)
        #expect(try store.verify().findings == [])
        store.close()
        let index = folder.appendingPathComponent("registry.sqlite")
        let bytes = try Data(contentsOf: index)
        let columns = try DatabaseQueue(path: index.path).read { db in
            try Schema.tables.flatMap { table in
                try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('\(table)')").map {
                    (table, $0)
                }
            }
        }
        #expect(columns.count > 70)
        for (table, column) in columns where !notCompared.contains("\(table).\(column)") {
            try edit(table, column, index.path)
            let edited = ModelStore(in: folder)
            #expect(try edited.verify().findings.isEmpty == false, "\(table).\(column)")
            edited.close()
            for ending in ["-wal", "-shm"] { try FileSystem.remove(index.path + ending) }
            try bytes.write(to: index)
        }
        #expect(try ModelStore(in: folder).verify().findings == [])
    }
}

/// Changes the index of a store as another program would.
private func editIndex(of folder: URL, _ sql: String) throws {
    try DatabaseQueue(path: folder.path + "/registry.sqlite").writeWithoutTransaction {
        try $0.execute(sql: "PRAGMA foreign_keys = OFF; " + sql)
    }
}

@Test("a long value that was changed is shown from shortly before the change")
func longValue() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        try store.save(makeFacts(created: noon(plus: 1)))
        store.close()
        try editIndex(of: folder, "UPDATE facts SET json = substr(json, 1, length(json) - 1) || ', late: 1}'")
        let found = try ModelStore(in: folder).verify().findings.first { $0.message.contains("the facts") }
        #expect(found?.message.contains("late: 1") == true, "\(found?.message ?? "")")
    }
}

@Test(
    "a version that another program made worse or hid in the index is not passed over",
    arguments: [
        "UPDATE metric SET value = 0.1 WHERE version = 6 AND name = 'val_accuracy'",
        "UPDATE metric SET value = NULL WHERE version = 6", "DELETE FROM metric WHERE version = 6",
        "UPDATE version SET state = 'deleted' WHERE id = 6", "DELETE FROM version WHERE id = 6",
        "UPDATE metric SET value = 0.1 WHERE version = 6; UPDATE facts SET json = '{}' WHERE version = 6",
        "INSERT INTO metric VALUES (1, 'other', 1)",
    ])
func hiddenVersion(_ sql: String) throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...6 { try store.save(makeFacts(created: noon(plus: i), accuracy: 0.9 + Double(i) / 100)) }
        store.close()
        try editIndex(of: folder, sql)
        let edited = ModelStore(in: folder)
        let gate = try Filter("val_accuracy > 0.5")
        for text in [
            message { _ = try edited.promote(best: "val_accuracy", model: "mnist") },
            message { _ = try edited.promote("mnist:1", alias: "production", options: .init(gate: gate)) },
        ] {
            #expect(text.contains("the index was changed") && text.contains("rebuild"), "\(text)")
        }
        #expect(try edited.moves(model: "mnist") == [])
        _ = try edited.rebuild()
        #expect(try edited.promote(best: "val_accuracy", model: "mnist").version.number == 6)
    }
}

@Test("an index without the triggers that note changes is made anew")
func droppedTriggers() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...2 { try store.save(makeFacts(created: noon(plus: i), accuracy: 0.9 + Double(i) / 100)) }
        store.close()
        try editIndex(
            of: folder, "DROP TRIGGER metric_update; UPDATE metric SET value = 0.1 WHERE version = 2")
        #expect(try ModelStore(in: folder).promote(best: "val_accuracy", model: "mnist").version.number == 2)
    }
}

@Test(
    "verify has nothing to say of a store that was never changed",
    arguments: ["new", "listed", "rebuilt", "merged"])
func emptyStore(_ before: String) throws {
    try Fixtures.temporaryFolder { outside in
        let folder = outside.appendingPathComponent("models")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = ModelStore(in: folder)
        switch before {
        case "listed": #expect(try store.list().total == 0)
        case "rebuilt": _ = try store.rebuild()
        case "merged":
            let other = outside.appendingPathComponent("other")
            try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
            _ = try store.merge(ModelStore(in: other))
        default: break
        }
        #expect(try store.verify().findings == [])
        store.close()
        #expect(try ModelStore(in: folder).verify().findings == [])
    }
}

@Test("a metric that was changed in the index moves no alias")
func changedMetric() throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...3 { try store.save(makeFacts(created: noon(plus: i), accuracy: 0.9 + Double(i) / 100)) }
        store.close()
        try editIndex(
            of: folder, "UPDATE metric SET value = 0.999 WHERE version = 1 AND name = 'val_accuracy'")
        let edited = ModelStore(in: folder)
        let best = message { _ = try edited.promote(best: "val_accuracy", model: "mnist") }
        #expect(
            best.contains("val_accuracy of mnist:1 is 0.999, expected 0.91") && best.contains("rebuild"))
        let gate = try Filter("val_accuracy > 0.99")
        #expect(
            message { _ = try edited.promote("mnist:1", alias: "production", options: .init(gate: gate)) }
                .contains("the index was changed"))
        #expect(try edited.moves(model: "mnist") == [])
        _ = try edited.rebuild()
        #expect(try edited.promote(best: "val_accuracy", model: "mnist").version.number == 3)
    }
}
