import Base
import GRDB

/// What the index of a store without logs (schema 1 or 2) knows.
struct OldIndex {
    struct Version {
        var entry: NumberList.Entry
        var size: Int
        var state: ModelVersion.State
        var deleted: String?
        var facts: JSON?
    }

    var versions: [Version] = []
    var lastNumbers: JSONObject = [:]
    var sidecar = Sidecar()

    init() {}

    /// Reads the tables; empty for an index of another schema.
    init(_ db: Database) throws {
        guard [1, 2].contains(try Int.fetchOne(db, sql: "PRAGMA user_version")) else { return }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT v.model, v.number, v.sha256, v.file, v.size, v.state, v.deleted, f.json,
                    (SELECT reference FROM parent p WHERE p.version = v.id AND p.kind = 'imported-from'
                     AND p.sha256 = v.sha256)
                FROM version v LEFT JOIN facts f ON f.version = v.id ORDER BY v.id
                """)
        while let row = try rows.next() {
            guard let model = try row.value(0) as String?, let number = try row.value(1) as Int?,
                let sha256 = try row.value(2) as String?,
                Event.isDigest(sha256), VersionKey.parts("\(model):\(number)") != nil
            else { continue }
            try versions.append(
                Version(
                    entry: .init(
                        key: VersionKey(model: model, number: number, sha256: sha256),
                        file: row.value(3) as String? ?? "", importedFrom: row.value(8)),
                    size: row.value(4) as Int? ?? 0,
                    state: (row.value(5) as String?).flatMap(ModelVersion.State.init) ?? .kept,
                    deleted: row.value(6),
                    facts: (row.value(7) as String?).flatMap { try? JSON(parsing: $0) }))
        }
        for row in try Row.fetchAll(db, sql: "SELECT name, last_number FROM model") {
            if let name = try row.value(0) as String?, let number = try row.value(1) as Int? {
                lastNumbers[name] = .integer(number)
            }
        }
        for row in try Row.fetchAll(
            db,
            sql: "SELECT model, alias, number, sha256, time, reason, is_rollback FROM alias_move ORDER BY id")
        {
            guard let model = try row.value(0) as String?, let alias = try row.value(1) as String? else {
                continue
            }
            try sidecar.moves.append(
                .init(
                    model: model, alias: alias, number: row.value(2), sha256: row.value(3),
                    time: row.value(4) as String? ?? "",
                    reason: row.value(5) as String? ?? "", isRollback: row.value(6) as Bool? ?? false))
        }
        for row in try Row.fetchAll(
            db,
            sql: """
                SELECT v.model, v.number, v.sha256, t.key, t.value FROM tag t JOIN version v ON v.id = t.version
                ORDER BY v.id, t.key
                """)
        {
            guard let model = try row.value(0) as String?, let number = try row.value(1) as Int?,
                let sha256 = try row.value(2) as String?,
                let key = try row.value(3) as String?
            else { continue }
            try sidecar.tags.append(
                .init(
                    model: model, number: number, sha256: sha256, tags: [(key, row.value(4) as String? ?? "")]
                ))
        }
    }
}
