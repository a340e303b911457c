import Base
import Foundation
import GRDB

/// The open SQLite file, or what stands for it where the store can only be read.
///
/// Write-ahead log with `synchronous = NORMAL`: a registration costs no wait for the disk. What is durable when:
/// - a model file and its folder are flushed before anything is registered, so a model is never lost;
/// - a commit survives the death of the process at once, and a power cut from the next checkpoint on (the closing of
///   the store makes one). A registration lost in between is a file that `verify` reports and `import` adopts, with
///   the number that `versions.jsonl` has for it;
/// - what only the index knows (aliases, tags, deletions) is committed by `writeDurably`, which waits for the disk.
final class Index: Sendable {
    /// How long to wait for other processes, which hold the index for milliseconds each. SQLite's waiting is not fair.
    static let patience = 15

    let queue: DatabaseQueue
    /// For messages.
    let path: String
    let isWritable: Bool
    /// A folder of our own that holds a copy of the index, to be removed at the end.
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

    /// As `write`, but on the disk when it returns, with every commit before it.
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

    /// Opens the index at `path`, which exists. Where the folder forbids writing, it opens what can be read.
    static func open(_ path: String) throws(CellarError) -> Index {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration())
            try check(queue, path: path)
            return Index(queue, path: path, isWritable: Disk.isWritable(path))
        } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR].contains(error.resultCode)
        {
            // SQLite needs its -wal and -shm files beside an index that other processes may write.
            do { return try openUnwritable(path) } catch {
                throw .index(error, doing: "open the index", path: path)
            }
        } catch {
            throw .index(error, doing: "open the index", path: path)
        }
    }

    /// Brings an older index up to date, and refuses one from a later Cellar.
    private static func check(_ queue: DatabaseQueue, path: String) throws {
        let found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        if found < Schema.version { try Schema.migrator.migrate(queue) }
        if found > Schema.version {
            throw CellarError(
                .badData,
                "cannot open the index \(path): it was made by a later Cellar (schema \(found), this one knows "
                    + "\(Schema.version)). Update Cellar, or move the index away and run `registry rebuild`.",
                file: path)
        }
    }

    /// A store on a read-only disk, or one that belongs to somebody else.
    private static func openUnwritable(_ path: String) throws -> Index {
        let log = Disk.size(ofFile: path + "-wal") ?? 0
        if log == 0 {
            // Nobody can change it under us: SQLite then needs no files beside it.
            let name = "file:" + (path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path)
            let queue = try DatabaseQueue(
                path: name + "?immutable=1", configuration: configuration(readonly: true))
            try check(queue, path: path)
            return Index(queue, path: path, isWritable: false)
        }
        // Commits stand in the log that were not yet carried over: read a copy of both.
        let folder = NSTemporaryDirectory() + "/cellar-index-\(UUID())"
        try Disk.makeFolder(folder)
        do {
            for suffix in ["", "-wal"] { _ = try Disk.copy(path + suffix, to: folder + "/index" + suffix) }
            let queue = try DatabaseQueue(path: folder + "/index", configuration: configuration())
            try check(queue, path: path)
            return Index(queue, path: path, isWritable: false, copyFolder: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Makes the index of a store that has none. It is filled under another name and then put in place whole, so that
    /// no process ever sees a part of it; where two make one at the same time, the first one stays.
    static func create(
        _ path: String, fill: (Database) throws -> Void
    ) throws(CellarError) -> Index {
        let folder = (path as NSString).deletingLastPathComponent
        let temporary = Disk.temporaryName(in: folder, extension: "sqlite")
        defer { for suffix in ["", "-wal", "-shm", "-journal"] { unsafe unlink(temporary + suffix) } }
        do {
            var configuration = configuration()
            configuration.journalMode = .wal
            let queue = try DatabaseQueue(path: temporary, configuration: configuration)
            // Nothing is lost if the power fails now: the unfinished file is thrown away.
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
            try Schema.migrator.migrate(queue)
            try queue.write(fill)
            try queue.close()
            try Disk.flush(temporary)
        } catch { throw .index(error, doing: "make the index", path: path) }
        do {
            _ = try Disk.publish(temporary, as: [(path as NSString).lastPathComponent])
        } catch  where error.kind == .refused {
            // Another process was first; its index is as good as ours.
        }
        return try open(path)
    }

    /// An index in memory, for a store without one that cannot be written.
    static func inMemory(_ path: String, fill: (Database) throws -> Void) throws(CellarError) -> Index {
        do {
            let queue = try DatabaseQueue(configuration: configuration())
            try Schema.migrator.migrate(queue)
            try queue.write(fill)
            return Index(queue, path: path, isWritable: false)
        } catch { throw .index(error, doing: "index the model files", path: path) }
    }
}
