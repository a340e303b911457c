import Base
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

/// The columns that the schema keeps from being NULL, of the tables that commands read.
private let columns = [
    "version.model", "version.file", "version.sha256", "version.size", "version.created",
    "version.generation",
    "version.architecture", "version.trainable", "version.non_trainable", "version.state", "version.claimed",
    "version.claimed_file", "version.origin", "version.is_placed", "version.number", "facts.json",
    "facts.is_checkpoint", "param.text", "parent.kind", "parent.sha256", "parent.reference", "alias.sha256",
    "alias.number", "alias.is_protected", "alias_move.model", "alias_move.alias", "alias_move.time",
    "alias_move.who", "alias_move.command", "alias_move.reason", "alias_move.is_rollback", "tag.value",
    "evaluation.time", "evaluation.data", "evaluation.sha256", "evaluation.json", "log.size", "log.applied",
    "log.lines", "log.seq", "log.clock", "log.hash", "model.last_number", "metric.value",
]

/// Sets a column to NULL in every row, as a damaged page may: SQLite checks NOT NULL only when it writes.
private func setNull(_ column: String, in folder: URL) throws {
    let parts = column.split(separator: ".").map(String.init)
    let path = folder.path + "/registry.sqlite"
    func write(_ statements: [(String, StatementArguments)]) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON")
            for (sql, arguments) in statements { try db.execute(sql: sql, arguments: arguments) }
        }
    }
    let schema = try DatabaseQueue(path: path).read {
        try #require(
            try String.fetchOne(
                $0, sql: "SELECT sql FROM sqlite_master WHERE name = ?", arguments: [parts[0]]))
    }
    let change = "UPDATE sqlite_master SET sql = ? WHERE name = ?"
    try write([(change, [schema.replacing("NOT NULL", with: ""), parts[0]])])
    try write([("UPDATE \(parts[0]) SET \(parts[1]) = NULL", [])])
    try write([(change, [schema, parts[0]])])
}

@Test(
    "a NULL where the schema has none is an error that names the index, and a rebuild mends it",
    arguments: columns)
func nullInTheIndex(_ column: String) throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...3 {
            var facts = makeFacts(created: noon(plus: i), accuracy: 0.9 + Double(i) / 100)
            facts.hyperparameters = Hyperparameters(config: ["optimizer": "Adam"])
            if i > 1 {
                facts.parents = [
                    .init(
                        kind: .resumedFrom, sha256: try store.version("mnist:1").sha256, reference: "mnist:1")
                ]
            }
            try store.save(facts)
        }
        _ = try store.promote(best: "val_accuracy", model: "mnist")
        try store.tag("mnist:1", set: [.init(key: "owner", value: "ann")])
        try store.recordEvaluation(
            of: try store.version("mnist:2"), data: "test.csv", sha256: sha256(of: "x"), metrics: ["loss": 1])
        let before = try store.content()
        store.close()
        try setNull(column, in: folder)

        // Each of these gives what it found or an error of ours; none ends the process.
        let calls: [(ModelStore) throws -> Void] = [
            { _ = try $0.list(.init(sort: "model")) }, { _ = try $0.models() },
            { _ = try $0.list(.init(filter: try Filter("optimizer = 'Adam' or tags.owner = 'ann'"))) },
            { _ = try $0.lineage(of: try $0.version("mnist:2")) }, { _ = try $0.moves(model: "mnist") },
            { _ = try $0.tags(of: try $0.version("mnist:1")) },
            { _ = try $0.evaluations(of: try $0.version("mnist:2")) },
            { _ = try $0.facts(of: try $0.version("mnist@best")) },
            { _ = try $0.pointed(at: "best", of: "mnist") },
            { _ = try $0.verify(.quick) }, { _ = try $0.verify() },
            { try $0.tag("mnist:3", set: [.init(key: "owner", value: "bob")]) },
            { _ = try $0.rollback(model: "mnist", alias: "best") },
            { _ = try $0.collectGarbage() },
        ]
        for call in calls {
            let store = ModelStore(in: folder)
            defer { store.close() }
            do { try call(store) } catch let error as CellarError {
                #expect(error.category != .inputOutput, "\(column): \(error)")
            }
        }
        let again = ModelStore(in: folder)
        _ = try again.rebuild()
        #expect(try again.version("mnist:1").sha256 == before[0].split(separator: " ").map(String.init)[2])
        #expect(try again.list().versions.count == 3)
    }
}

@Test("a rebuild needs nothing of the old index: any of its pages may be damaged", arguments: 0..<12)
func rebuildOfDamagedPages(_ seed: Int) throws {
    try Fixtures.temporaryFolder { folder in
        let store = ModelStore(in: folder)
        for i in 1...5 { try store.save(makeFacts(created: noon(plus: i), accuracy: 0.9 + Double(i) / 100)) }
        _ = try store.promote(best: "val_accuracy", model: "mnist")
        let before = try store.content()
        store.close()

        let index = folder.appendingPathComponent("registry.sqlite")
        var bytes = [UInt8](try Data(contentsOf: index))
        var draw = SplitMix(state: UInt64(seed))
        // The first page stays with even seeds: SQLite then opens the file, and finds out later.
        let first = seed.isMultiple(of: 2) ? 4_096 : 0
        for _ in 0..<(seed < 6 ? 20 : 400) {
            bytes[.random(in: first..<bytes.count, using: &draw)] = .random(in: 0...255, using: &draw)
        }
        try Data(bytes).write(to: index)

        let damaged = ModelStore(in: folder)
        _ = try damaged.rebuild()
        #expect(try damaged.content() == before)
        #expect(try damaged.verify().findings == [])
        damaged.close()
        let answer = try DatabaseQueue(path: index.path).read {
            try String.fetchAll($0, sql: "PRAGMA integrity_check")
        }
        #expect(answer == ["ok"])
    }
}
