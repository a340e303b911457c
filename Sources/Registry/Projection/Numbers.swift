import Base
import GRDB

/// Decides the numbers and paths of versions whose number or path another version has in this store.
struct Numbers {
    let db: Database
    let own: String
    /// The store's folder.
    let root: String

    /// Gives a number to each version that waits for one, and keeps numbers that this store has shown before. Returns the
    /// events that record it; they are applied already.
    ///
    /// - Parameters:
    ///   - changed: Versions that had another number or path before the index was made anew.
    ///   - last: The row of the last version that was known before.
    func settle(changed: [Memory.Place], after last: Int64) throws -> [Event] {
        var events: [Event] = []
        func adopt(_ key: VersionKey, number: Int? = nil, file: String? = nil) throws {
            var content = key.members
            content["number"] = number.map { .integer($0) }
            content["file"] = file.map { .string($0) }
            let event = Event(kind: "adopted", content: content)
            try Projection(db: db, own: own).apply(event, of: own)
            events.append(event)
        }
        for place in changed { try adopt(place.key, number: place.number, file: place.file) }
        guard try hasUnsettled(after: last) else { return events }
        while let row = try Row.fetchOne(
            db,
            sql: """
                SELECT v.model, v.claimed, v.sha256, v.claimed_model, m.last_number FROM version v JOIN model m ON m.name = v.model
                WHERE v.number IS NULL ORDER BY v.id LIMIT 1
                """)
        {
            try adopt(VersionKey(row), number: (row.value(4) as Int) + 1)
        }
        // `merge` copies files before their paths are known, to another name where the path has other bytes: those of a version that
        // another copy collected, or of a process that died.
        let arrived = try Row.fetchAll(
            db,
            sql: """
                SELECT id, claimed_file FROM version
                WHERE id > ? AND origin <> ? AND is_placed = 0 AND state <> 'purged' ORDER BY id
                """, arguments: [last, own])
        for row in arrived {
            guard
                let version = try ModelVersion.fetchBare(
                    db, where: "WHERE v.id = ?", [row.value(0) as Int64]
                ).first
            else {
                continue
            }
            func has(_ file: String) -> Bool {
                isFile("\(root)/\(file)", size: version.size, sha256: version.sha256)
            }
            let others = try [Projection.otherName(version.file, version.sha256), row.value(1)].filter {
                $0 != version.file && FileSystem.exists("\(root)/\($0)")
            }
            if !others.isEmpty, !has(version.file), let file = others.first(where: has) {
                try adopt(version.key, file: file)
            }
        }
        // A path that differs from the claimed one is recorded, so that every copy of this store finds the file.
        let moved = try Row.fetchAll(
            db,
            sql: """
                SELECT model, claimed, sha256, claimed_model, file FROM version
                WHERE file <> claimed_file AND is_placed = 0 AND state <> 'purged' ORDER BY id
                """)
        for row in moved { try adopt(VersionKey(row), file: row.value(4)) }
        return events
    }

    /// Returns true if there may be anything to decide. Answers in one look at the table, which takes a second with 100,000 versions.
    private func hasUnsettled(after last: Int64) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM version
                    WHERE number IS NULL OR file <> claimed_file OR id > ? AND origin <> ?)
                """, arguments: [last, own]) ?? false
    }
}

/// What the index knows that the logs do not, over a rebuild.
enum Memory {
    /// Keeps the numbers and the identities of files.
    static func keep(_ db: Database) throws {
        try db.execute(
            sql: """
                DROP TABLE IF EXISTS temp.kept;
                CREATE TEMP TABLE kept AS
                    SELECT claimed_model, claimed, sha256, number, file, identity FROM version;
                """)
    }

    /// The number and path that a version had.
    struct Place {
        var key: VersionKey
        var number: Int?
        var file: String
    }

    /// The versions whose number or path is not the one they had.
    static func changedPlaces(_ db: Database) throws -> [Place] {
        // With one log there is nothing to decide.
        guard try Int.fetchOne(db, sql: "SELECT count(DISTINCT origin) FROM version") ?? 0 > 1 else {
            return []
        }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT v.model, k.claimed, k.sha256, v.claimed_model, k.number, k.file
                FROM temp.kept k JOIN version v ON v.claimed_model = k.claimed_model AND v.claimed = k.claimed AND v.sha256 = k.sha256
                WHERE v.number IS NOT k.number OR v.file <> k.file ORDER BY v.id
                """
        ).map { try Place(key: VersionKey($0), number: $0.value(4), file: $0.value(5)) }
    }

    /// Restores the identities of files, and forgets the rest.
    static func restore(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX temp.kept_by_file ON kept(file);
                UPDATE version SET identity = (
                    SELECT k.identity FROM temp.kept k WHERE k.file = version.file AND k.sha256 = version.sha256)
                    WHERE EXISTS (SELECT 1 FROM temp.kept WHERE identity IS NOT NULL);
                DROP TABLE temp.kept;
                """)
    }
}
