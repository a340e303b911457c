// GRDB's own SQLite.
import Base
import GRDBSQLite
import Glibc

/// Fast lookup of a reference's file, for a process that needs nothing else from the index: one SQLite query without
/// GRDB and without a write-ahead log's -wal and -shm files.
///
/// It returns a file only if no other process has the index open the index has all events of the logs, and all checks pass. In every other case it returns
/// nil, and the regular lookup answers or throws.
extension ModelStore {
    func findQuickly(_ query: VersionQuery) -> ModelLocation? {
        guard !isOpen, until == nil, let logs = try? log.files().text, let before = IndexState(indexPath),
            before.schema == Schema.version, let found = ask(query, logs, log.own),
            IndexState(indexPath) == before,
            isInside(found.file), FileSystem.size(ofFile: found.location.path) == found.size
        else { return nil }
        return found.location
    }

    /// - Parameters:
    ///   - logs: The state of the logs, which must be that of the index.
    ///   - origin: The name of this copy of the store; another one's index is not believed.
    private func ask(
        _ query: VersionQuery, _ logs: String, _ origin: String
    ) -> (location: ModelLocation, file: String, size: Int)? {
        // The name is a URI here; one that needs escapes goes the long way.
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
        guard unsafe sqlite3_open_v2(name, &database, flags, nil) == SQLITE_OK,
            unsafe sqlite3_prepare_v2(database, query.quickSQL, -1, &statement, nil) == SQLITE_OK,
            query.values.enumerated().allSatisfy({ unsafe bind($1, Int32($0 + 1), statement) }),
            unsafe sqlite3_step(statement) == SQLITE_ROW
        else { return nil }
        func text(_ column: ModelVersion.Column) -> String? {
            unsafe sqlite3_column_text(statement, column.rawValue).map { unsafe String(cString: $0) }
        }
        let end = Int32(ModelVersion.Column.allCases.count)
        func note(_ column: Int32) -> String? {
            unsafe sqlite3_column_text(statement, column).map { unsafe String(cString: $0) }
        }
        // Which alias requires a signature, the regular lookup finds out.
        guard note(end) == logs, note(end + 1) == origin, note(end + 2) == nil,
            text(.state) == ModelVersion.State.kept.rawValue,
            let model = text(.model),
            let number = text(.number), let file = text(.file), let sha256 = text(.sha256)
        else { return nil }
        let location = ModelLocation(
            path: path(of: file), reference: "\(model):\(number)", sha256: sha256, identity: text(.identity))
        return (
            location, file, Int(unsafe sqlite3_column_int64(statement, ModelVersion.Column.size.rawValue))
        )
    }
}

/// What tells whether the index was written between two looks: it has no write-ahead log (whoever writes makes one, and
/// takes it away when all is carried over), and its time, size and header are the same.
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
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
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
