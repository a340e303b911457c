import Base
import GRDB

// The index against the logs: everything in it is made again in a temporary database, and compared.

extension ModelStore {
    func checkIndex(
        _ db: Database, _ depth: VerifyDepth, _ logs: [LogFolder.File]
    ) throws -> [Finding] {
        var findings: [Finding] = []
        for row in try Row.fetchAll(
            db, sql: "SELECT log, line, message FROM problem ORDER BY log, line LIMIT 20")
        {
            let (log, line): (String, Int) = try (row.value(0), row.value(1))
            try findings.append(
                Finding(
                    kind: .log, subject: line > 0 ? "log/\(log):\(line)" : "log/\(log)",
                    message: row.value(2),
                    fix: "restore the log from a backup or git, or accept it as it is with registry rebuild"))
        }
        findings += try checkAliases(db)
        findings += try checkLineage(db)
        if depth == .quick { return findings }
        let integrity = try String.fetchAll(db, sql: "PRAGMA integrity_check(5)")
        if integrity != ["ok"] {
            findings.append(indexFinding("registry.sqlite", integrity.joined(separator: "; ")))
            return findings
        }
        return findings + (try compareWithLogs(db, logs))
    }

    func indexFinding(_ subject: String, _ message: String) -> Finding {
        Finding(
            kind: .index, subject: subject, message: message,
            fix: "run registry rebuild to make the index anew from the logs")
    }

    /// Selects all that the logs decide, in an order that is the same in every index of one store. Rows have the same ids in each:
    /// those of versions and moves count the events, and none is ever removed. Not compared are the identities of files, which this
    /// computer found.
    static let contents: [(what: String, sql: String)] = {
        let version = "v.model || ':' || coalesce(v.number, 'none')"
        func ofVersion(_ columns: String, _ table: String, by order: String) -> String {
            "SELECT \(version), \(columns) FROM \(table) t LEFT JOIN version v ON v.id = t.version ORDER BY t.version, \(order)"
        }
        return [
            (
                "the version",
                """
                SELECT \(version), v.id, v.file, v.sha256, v.size, v.created, v.generation, v.architecture, v.trainable,
                    v.non_trainable, v.task, v.seed, v.training_seconds, v.state, v.deleted, v.claimed_model, v.claimed,
                    v.claimed_file, v.origin, v.is_placed FROM version v ORDER BY v.id
                """
            ),
            ("the metric", ofVersion("t.name, t.value", "metric", by: "t.name")),
            ("the parameter", ofVersion("t.name, t.text, t.number", "param", by: "t.name")),
            (
                "the parent",
                ofVersion("t.position, t.kind, t.sha256, t.reference", "parent", by: "t.position")
            ),
            ("the facts", ofVersion("t.run, t.is_checkpoint, t.json", "facts", by: "t.version")),
            ("the tag", ofVersion("t.key, t.value", "tag", by: "t.key")),
            ("the evaluation", ofVersion("t.time, t.data, t.sha256, t.json", "evaluation", by: "t.rowid")),
            ("the further name", ofVersion("t.model, t.log", "called", by: "t.model, t.log")),
            (
                "the alias",
                """
                SELECT model || '@' || name, number, sha256, move, is_protected, public_key FROM alias
                ORDER BY model, name
                """
            ),
            (
                "the move of the alias",
                """
                SELECT model || '@' || alias, id, version, number, sha256, time, who, command, reason, evidence,
                    is_rollback, below, migrated FROM alias_move ORDER BY id
                """
            ),
            ("the former name", "SELECT old, new FROM renamed ORDER BY id"),
            ("the highest number", "SELECT name, last_number FROM model ORDER BY name"),
            ("the state of the log", "SELECT name, applied, seq, clock, hash FROM log ORDER BY name"),
            // A store without events has no clock.
            ("the clock", "SELECT 'clock', max(value) FROM note WHERE key = 'clock' AND value <> '0'"),
        ]
    }()

    private func compareWithLogs(_ db: Database, _ logs: [LogFolder.File]) throws -> [Finding] {
        // A nameless database is a temporary file.
        let fresh = try DatabaseQueue(path: "")
        try fresh.write { other in
            Index.disableTriggers(other)
            try Index.makeTables(other, of: log.own)
            _ = try CatchUp(db: other, log: log, own: log.own, files: logs).run()
        }
        return try fresh.read { other in
            var findings: [Finding] = []
            for (what, sql) in Self.contents {
                let (found, expected) = (
                    try Row.fetchCursor(db, sql: sql), try Row.fetchCursor(other, sql: sql)
                )
                while true {
                    let (a, b) = (try found.next(), try expected.next())
                    if a == nil && b == nil { break }
                    if a == b { continue }
                    try findings.append(
                        indexFinding(
                            (b ?? a)?.value(0) ?? "registry.sqlite",
                            "\(what) in the index is not what the log says: \(difference(a, b))"))
                    // What follows may differ only because rows are shifted.
                    break
                }
            }
            return findings
        }
    }

    private func difference(_ found: Row?, _ expected: Row?) -> String {
        guard let found else { return "it is missing" }
        guard let expected else { return "the log has none" }
        for (a, b) in zip(found, expected) where a.1 != b.1 {
            let (value, wanted) = ("\(a.1)", "\(b.1)")
            let common = zip(value, wanted).prefix { $0 == $1 }.count
            func part(_ text: String) -> String {
                let start = common > 60 ? common - 30 : 0
                return (start > 0 ? "…" : "") + text.dropFirst(start).prefix(80)
            }
            return "\(a.0) is \(part(value)), expected \(part(wanted))"
        }
        return "they differ"
    }

    private func checkAliases(_ db: Database) throws -> [Finding] {
        let broken = try Row.fetchAll(
            db,
            sql: """
                SELECT a.model, a.name, a.number, v.state FROM alias a
                LEFT JOIN version v ON v.model = a.model AND v.number = a.number AND v.sha256 = a.sha256
                WHERE a.number IS NOT NULL AND (v.id IS NULL OR v.state <> 'kept')
                """)
        return try broken.map { row in
            let (model, name, number): (String, String, Int) = try (row.value(0), row.value(1), row.value(2))
            let what = try (row.value(3) as String?) == nil ? "is not in the store" : "was deleted"
            return Finding(
                kind: .alias, subject: "\(model)@\(name)",
                message: "points to \(model):\(number), which \(what)",
                fix: "run registry rollback \(model)@\(name), or registry promote another version")
        }
    }

    /// Parents that this store must have had: it gave numbers to their model.
    private func checkLineage(_ db: Database) throws -> [Finding] {
        let gaps = try Row.fetchAll(
            db,
            sql: """
                SELECT v.model || ':' || v.number, p.kind, p.reference FROM parent p JOIN version v ON v.id = p.version
                WHERE v.state = 'kept' AND p.kind = 'resumed-from' AND p.sha256 <> ''
                AND NOT EXISTS (SELECT 1 FROM version a WHERE a.sha256 = p.sha256)
                AND EXISTS (SELECT 1 FROM model m WHERE p.reference LIKE m.name || ':%')
                ORDER BY v.model, v.number LIMIT 20
                """)
        return try gaps.map {
            try Finding(
                kind: .lineage, subject: $0.value(0),
                message: "\($0.value(1) as String) \($0.value(2) as String), which no log registered",
                fix: "merge the store that has it with registry merge")
        }
    }
}
