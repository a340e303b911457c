import Base
import Foundation
import GRDB

/// An open SQLite index, or a substitute for it if the store is read-only.
///
/// It uses a write-ahead log with `synchronous = NORMAL`: a registration does not wait for the disk. Durability:
/// - a model file and its folder are flushed before anything is registered, so a model is never lost;
/// - a commit survives a crash of the process at once, and a power failure after the next checkpoint (closing the
///   store makes one). A registration lost in between is a file that `verify` reports and `import` registers again
///   under its number in `versions.jsonl`;
/// - changes that are only in the index (aliases, tags, deletions) use `writeDurably`, which waits for the disk.
final class Index: Sendable {
    /// Seconds to wait for a lock. Each process holds it for milliseconds, but SQLite's waiting is not fair.
    static let patience = 15

    let queue: DatabaseQueue
    /// The index's path, for messages.
    let path: String
    let isWritable: Bool
    /// A temporary folder with a copy of the index; removed by `deinit`.
    private let copyFolder: String?

    private init(_ queue: DatabaseQueue, path: String, isWritable: Bool, copyFolder: String? = nil) {
        (self.queue, self.path, self.isWritable, self.copyFolder) = (queue, path, isWritable, copyFolder)
    }

    deinit {
        try? queue.close()
        if let copyFolder { try? FileManager.default.removeItem(atPath: copyFolder) }
    }

    func read<Result>(_ doing: String, _ body: (Database) throws -> Result) throws(CellarError) -> Result {
        do { return try queue.read(body) } catch { throw .index(error, doing: doing, path: path) }
    }

    func write<Result>(_ doing: String, _ body: (Database) throws -> Result) throws(CellarError) -> Result {
        do { return try queue.write(body) } catch { throw .index(error, doing: doing, path: path) }
    }

    /// Writes like `write`, and returns when this and all earlier commits are on disk.
    func writeDurably<Result>(
        _ doing: String, _ body: (Database) throws -> Result
    ) throws(CellarError) -> Result {
        do {
            return try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                defer { try? db.execute(sql: "PRAGMA synchronous = NORMAL") }
                var result: Result?
                try db.inTransaction(.immediate) {
                    result = try body(db)
                    return .commit
                }
                guard let result else { throw CellarError(.inputOutput, "cannot \(doing).", file: path) }
                return result
            }
        } catch { throw .index(error, doing: doing, path: path) }
    }
}

extension Index {
    private static func configuration(readonly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.busyMode = .timeout(TimeInterval(patience))
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 268435456")
        }
        return configuration
    }

    /// Opens the existing index at `path`, read-only if the folder is not writable.
    static func open(_ path: String) throws(CellarError) -> Index {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration())
            try check(queue, path: path)
            return Index(queue, path: path, isWritable: FileSystem.isWritable(path))
        } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR].contains(error.resultCode)
        {
            // SQLite must create -wal and -shm files next to an index that other processes may write.
            do { return try openUnwritable(path) } catch {
                throw .index(error, doing: "open the index", path: path)
            }
        } catch {
            throw .index(error, doing: "open the index", path: path)
        }
    }

    /// Migrates an older index; throws for one from a later Cellar.
    private static func check(_ queue: DatabaseQueue, path: String) throws {
        let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        if found < Schema.version { try Schema.migrate(queue) }
        if found > Schema.version {
            throw CellarError(
                .badData,
                "cannot open the index: it was written by a later version of Cellar (schema \(found), expected "
                    + "at most \(Schema.version)).", file: path,
                remedy: "Update Cellar, or move the index away and run `registry rebuild`.")
        }
    }

    /// Opens the index of a store on a read-only disk or without write permission.
    private static func openUnwritable(_ path: String) throws -> Index {
        let log = FileSystem.size(ofFile: path + "-wal") ?? 0
        if log == 0 {
            // No other process can change it, so SQLite needs no -wal and -shm files.
            let name = "file:" + (path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path)
            let queue = try DatabaseQueue(
                path: name + "?immutable=1", configuration: configuration(readonly: true))
            let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            if found >= Schema.version {
                try check(queue, path: path)
                return Index(queue, path: path, isWritable: false)
            }
            try queue.close()
        }
        // The log has commits that are not in the index yet, or the index is of an older Cellar: use a copy of both, which
        // can be migrated.
        let folder = NSTemporaryDirectory() + "/cellar-index-\(UUID())"
        try FileSystem.makeFolder(folder)
        do {
            for suffix in log == 0 ? [""] : ["", "-wal"] {
                var copy = try AtomicFile(folder + "/index" + suffix)
                try copy.copy(fileAt: path + suffix)
                try copy.commit()
            }
            let queue = try DatabaseQueue(path: folder + "/index", configuration: configuration())
            try check(queue, path: path)
            return Index(queue, path: path, isWritable: false, copyFolder: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Creates the index of a store that has none. It is filled under a temporary name and then renamed, so that no
    /// process sees a partial index. If two processes create one at the same time, the first one is kept.
    static func create(
        _ path: String, fill: (Database) throws -> Void
    ) throws(CellarError) -> Index {
        let folder = FileSystem.folder(of: path)
        let temporary = FileSystem.temporaryName(in: folder, extension: "sqlite")
        defer { for suffix in ["", "-wal", "-shm", "-journal"] { unsafe unlink(temporary + suffix) } }
        do {
            var configuration = configuration()
            configuration.journalMode = .wal
            let queue = try DatabaseQueue(path: temporary, configuration: configuration)
            // Nothing is lost if the power fails now: the unfinished file is discarded.
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
            try Schema.migrator.migrate(queue)
            try queue.write(fill)
            try queue.close()
            try FileSystem.flush(temporary)
        } catch { throw .index(error, doing: "make the index", path: path) }
        // False if another process was first: its index is equivalent.
        _ = try FileSystem.move(temporary, to: path)
        return try open(path)
    }

    /// Creates an index in memory, for a read-only store without an index.
    static func inMemory(_ path: String, fill: (Database) throws -> Void) throws(CellarError) -> Index {
        do {
            let queue = try DatabaseQueue(configuration: configuration())
            try Schema.migrator.migrate(queue)
            try queue.write(fill)
            return Index(queue, path: path, isWritable: false)
        } catch { throw .index(error, doing: "index the model files", path: path) }
    }
}
