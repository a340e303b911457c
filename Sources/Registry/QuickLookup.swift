// GRDB's own SQLite.
import Base
import GRDBSQLite
import Glibc

/// Fast lookup of a reference's file, for a process that needs nothing else from the index: one SQLite query without
/// GRDB and without a write-ahead log's -wal and -shm files.
///
/// It returns a file only if no other process has the index open and all checks pass. In every other case it returns
/// nil, and the regular lookup answers or throws.
extension ModelStore {
    func findQuickly(_ reference: Reference) -> ModelLocation? { VersionQuery(reference).flatMap(find) }

    /// Finds the version with the alias `best`, or the newest if there is no such alias.
    func findBestQuickly(of model: String) -> ModelLocation? { find(VersionQuery(bestOf: model)) }

    private func find(_ query: VersionQuery) -> ModelLocation? {
        guard !isOpen, let before = IndexState(indexPath),
            before.schema == Schema.version, let found = run(query), IndexState(indexPath) == before,
            FileSystem.size(ofFile: path(of: found.file)) == found.size
        else { return nil }
        return ModelLocation(
            path: path(of: found.file), reference: found.reference, sha256: found.sha256,
            identity: found.identity)
    }

    private func run(_ query: VersionQuery) -> FoundVersion? {
        // The path becomes a URI; paths that need escapes take the regular lookup.
        guard indexPath.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"%?#".utf8.contains($0) }) else {
            return nil
        }
        var database: OpaquePointer?
        var statement: OpaquePointer?
        defer {
            unsafe sqlite3_finalize(statement)
            unsafe sqlite3_close(database)
        }
        // Immutable: SQLite takes no locks. `IndexState` ensures that this is safe.
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
        let name = "file:\(indexPath)?immutable=1"
        let sql = """
            SELECT model || ':' || number, file, sha256, size, identity FROM version
            WHERE model = ?1 AND \(query.condition) AND state = 'kept' ORDER BY number DESC LIMIT 1
            """
        guard unsafe sqlite3_open_v2(name, &database, flags, nil) == SQLITE_OK,
            unsafe sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK,
            unsafe bind(query.model, 1, statement), unsafe bind(query.detail, 2, statement),
            unsafe sqlite3_step(statement) == SQLITE_ROW,
            let reference = unsafe text(statement, 0), let file = unsafe text(statement, 1),
            let sha256 = unsafe text(statement, 2)
        else { return nil }
        return FoundVersion(
            reference: reference, file: file, sha256: sha256,
            size: Int(unsafe sqlite3_column_int64(statement, 3)), identity: unsafe text(statement, 4))
    }
}

private struct VersionQuery {
    let model, detail, condition: String

    init(bestOf model: String) {
        (self.model, detail) = (model, "best")
        condition = """
            number = coalesce(
                (SELECT number FROM alias WHERE model = ?1 AND name = ?2),
                (SELECT max(number) FROM version WHERE model = ?1 AND state = 'kept'))
            """
    }

    init?(_ reference: Reference) {
        switch reference {
        case .alias(let model, let alias):
            condition = "number = (SELECT number FROM alias WHERE model = ?1 AND name = ?2)"
            (self.model, detail) = (model, alias)
        case .number(let model, let number):
            (self.model, detail, condition) = (model, "\(number)", "number = ?2")
        case .plain(let model): (self.model, detail, condition) = (model, "", "?2 = ''")
        case .file: return nil
        }
    }
}

private struct FoundVersion {
    let reference, file, sha256: String
    let size: Int
    let identity: String?
}

/// The state of an index file, to detect writes between two reads: no write-ahead log exists (a writer creates one and
/// removes it after the checkpoint), and time, size and header are the same.
private struct IndexState: Equatable {
    private let device: dev_t
    private let node: ino_t
    private let size: Int
    private let changed: [Int]
    private let header: [UInt8]

    /// Reads the state; nil if there is a write-ahead log or no index.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path + "-wal", &status) != 0, errno == ENOENT else { return nil }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 100)
        guard unsafe fstat(descriptor, &status) == 0, unsafe read(descriptor, &bytes, 100) == 100 else {
            return nil
        }
        (device, node, size, header) = (status.st_dev, status.st_ino, Int(status.st_size), bytes)
        changed = [
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }

    /// SQLite's `user_version` from the header (sqlite.org/fileformat2.html).
    var schema: Int { header[60..<64].reduce(0) { $0 << 8 | Int($1) } }
}

private func bind(_ text: String, _ place: Int32, _ statement: OpaquePointer?) -> Bool {
    // SQLITE_TRANSIENT (-1): SQLite copies the text.
    let copies = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    return unsafe sqlite3_bind_text(statement, place, text, Int32(text.utf8.count), copies) == SQLITE_OK
}

private func text(_ statement: OpaquePointer?, _ column: Int32) -> String? {
    guard let text = unsafe sqlite3_column_text(statement, column) else { return nil }
    return unsafe String(cString: text)
}
