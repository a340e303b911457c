import Base
import CSQLiteOptions
import Foundation
import GRDB

/// An open SQLite index, or one in memory for a store that is read-only.
///
/// It uses a write-ahead log and does not wait for the disk: what it lacks after a power failure is applied again from the
/// logs of events, which do wait.
final class Index: Sendable {
    /// Seconds to wait for a lock. Each process holds it for milliseconds, but SQLite's waiting is not fair.
    static let patience = 15
    /// The longest path in bytes: SQLite's MAX_PATHNAME, less the ending of its journal.
    static let longestPath = 504

    let queue: DatabaseQueue
    /// The index's path, for messages.
    let path: String
    let isWritable: Bool
    /// The inode of the open file; 0 in memory.
    private let inode: ino_t

    private init(_ queue: DatabaseQueue, path: String, isWritable: Bool, inode: ino_t) {
        (self.queue, self.path, self.isWritable, self.inode) = (queue, path, isWritable, inode)
    }

    deinit { try? queue.close() }

    /// Whether somebody removed the file while it was open.
    var isReplaced: Bool { inode != 0 && Self.inode(path) != inode }

    private static func inode(_ path: String) -> ino_t {
        var about = stat()
        return unsafe stat(path, &about) == 0 ? about.st_ino : 0
    }

    func read<Result>(_ doing: String, _ body: (Database) throws -> Result) throws(CellarError) -> Result {
        do { return try queue.read(body) } catch { throw .index(error, doing: doing, path: path) }
    }

    func write<Result>(_ doing: String, _ body: (Database) throws -> Result) throws(CellarError) -> Result {
        do { return try queue.write(body) } catch { throw .index(error, doing: doing, path: path) }
    }
}

extension Index {
    private static func configuration(readonly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.busyMode = .timeout(TimeInterval(patience))
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            disableTriggers(db)
            try db.execute(
                sql:
                    "PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 67108864; PRAGMA cache_size = -32768; PRAGMA trusted_schema = OFF"
            )
        }
        return configuration
    }

    /// Opens the index at `path`, or creates an empty one. Falls back to reading where it cannot be written.
    static func open(_ path: String) throws(CellarError) -> Index {
        do {
            var configuration = configuration()
            configuration.journalMode = .wal
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return Index(queue, path: path, isWritable: FileSystem.isWritable(path), inode: inode(path))
        } catch let error as DatabaseError
            where [.SQLITE_READONLY, .SQLITE_PERM].contains(error.resultCode)
            || error.resultCode == .SQLITE_CANTOPEN && FileSystem.size(ofFile: path) != nil
        {
            // SQLite must create -wal and -shm files next to an index that other processes may write.
            return try openUnwritable(path)
        } catch {
            throw .index(error, doing: "open the index", path: path)
        }
    }

    /// Opens the index of a store on a read-only disk or without write permission. Throws while it has a write-ahead log.
    static func openUnwritable(_ path: String) throws(CellarError) -> Index {
        do {
            guard FileSystem.size(ofFile: path + "-wal") ?? 0 == 0 else {
                throw CellarError(
                    .noPermission, "cannot read the index: it has a write-ahead log.", file: path)
            }
            // No other process can change it, so SQLite needs no -wal and -shm files.
            let name = "file:" + (path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path)
            let queue = try DatabaseQueue(
                path: name + "?immutable=1", configuration: configuration(readonly: true))
            return Index(queue, path: path, isWritable: false, inode: inode(path))
        } catch { throw .index(error, doing: "open the index", path: path) }
    }

    /// Creates an index in memory, for a read-only store.
    static func inMemory(_ path: String) throws(CellarError) -> Index {
        do {
            let queue = try DatabaseQueue(configuration: configuration())
            return Index(queue, path: path, isWritable: false, inode: 0)
        } catch { throw .index(error, doing: "make an index in memory", path: path) }
    }

    /// Creates an index in a file that no other process uses, and that is of no use after a failure, to be copied to `other`.
    static func aside(_ path: String, copiedLaterTo other: Index) throws(CellarError) -> Index {
        // SQLite copies only between files with pages of one size. An index that cannot be read is replaced as a file.
        let pageSize = try? other.read("read the index") { try Int.fetchOne($0, sql: "PRAGMA page_size") }
        do {
            var configuration = configuration()
            configuration.prepareDatabase {
                disableTriggers($0)
                try $0.execute(
                    sql:
                        "PRAGMA page_size = \(pageSize ?? 4096); PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16384"
                )
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return Index(queue, path: path, isWritable: true, inode: 0)
        } catch { throw .index(error, doing: "make a new index", path: path) }
    }

    /// Replaces all tables of `other` by those of this index, in one transaction. What `other` has is not read.
    func copy(to other: Index) throws(CellarError) {
        do { try queue.backup(to: other.queue) } catch {
            throw .index(error, doing: "replace the index", path: other.path)
        }
    }

    /// Keeps the connection from running the index's triggers, which note what other programs change.
    static func disableTriggers(_ db: Database) {
        _ = unsafe db.sqliteConnection.map { unsafe ck_disable_triggers($0) }
    }

    /// The table that another program changed, if any: `Schema.triggers` noted it.
    static func changedTable(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM note WHERE key = 'changed'")
    }

    // MARK: Tables

    /// Whether the tables are of this version of Cellar, and made by this copy of the store: an index that came with a copied
    /// store is not believed.
    static func hasTables(_ db: Database, of own: String) throws -> Bool {
        guard try Int.fetchOne(db, sql: "PRAGMA user_version") == Schema.version,
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index', 'trigger'))
                    AND EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'note')
                    AND ? = (SELECT group_concat(sql, ';') FROM
                        (SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid))
                    """, arguments: [Schema.triggers.joined(separator: ";")]) == true
        else { return false }
        return try String.fetchOne(db, sql: "SELECT value FROM note WHERE key = 'origin'") == own
            && String.fetchOne(db, sql: "SELECT value FROM note WHERE key = 'schema'") == digest(of: db)
    }

    /// The SHA-256 of the schema as SQLite has it: tables that another program changed are made anew.
    private static func digest(of db: Database) throws -> String {
        let texts = try Row.fetchAll(
            db, sql: "SELECT * FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"
        )
        .map { row in try [0, 1, 2, 4].map { try row.value($0) as String? ?? "" }.joined(separator: " ") }
        return sha256(of: texts.joined(separator: "\n"))
    }

    /// Creates the tables, in place of any that are not ours.
    static func makeTables(_ db: Database, of own: String) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= Schema.version else {
            throw CellarError(
                .badData,
                "cannot use the index: it was written by a later version of Cellar (schema \(found), expected "
                    + "at most \(Schema.version)).", remedy: "Update Cellar, or remove the index.")
        }
        if try hasTables(db, of: own) { return }
        try removeTables(db)
        try db.execute(sql: (CollectionOfOne(Schema.short) + Schema.triggers).joined(separator: ";\n"))
        try db.execute(
            sql: "INSERT INTO note (key, value) VALUES ('origin', ?), ('schema', ?)",
            arguments: [own, try digest(of: db)])
        try db.execute(sql: "PRAGMA user_version = \(Schema.version)")
    }

    /// Removes all tables, whoever made them.
    static func removeTables(_ db: Database) throws {
        for kind in ["trigger", "view", "table"] {
            let names = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = ? AND name NOT LIKE 'sqlite_%'",
                arguments: [kind])
            for name in names {
                try db.execute(sql: "DROP \(kind) IF EXISTS \"\(name.replacing("\"", with: "\"\""))\"")
            }
        }
    }
}
