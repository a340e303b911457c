import Base
import Foundation
import GRDB
import Synchronization

/// A folder of model files with an index.
///
/// ```
/// models/
/// ├── registry.sqlite     the index: rebuilt from the files if it is missing, not committed
/// ├── versions.jsonl      the number of every version (see `NumberList`), committed with the files
/// ├── aliases.json        all moves of aliases, and tags (see `Sidecar`), committed with the files
/// ├── TRAINED_MODEL/Model_2026_11_22_12_30_05_.h5     mode 0444 once registered
/// └── trash/…             deleted versions, until `gc`
/// ```
///
/// Nothing is opened before it is needed. A read-only store can be read: its index is opened read-only, and a missing
/// index is created in memory. Any number of processes may use a store at once.
public final class ModelStore: Sendable {
    /// Reads a model file's facts; nil for a Keras file that Cellar did not write; throws if it is not a model.
    /// Facts with an empty name are of a file without a name.
    public typealias Reader = @Sendable (FoundBytes) throws -> ModelFacts?

    /// A file in the store's folder.
    public struct FoundBytes: Sendable {
        public let path: String
        public let sha256: String
        /// The text of the file's identity before it was hashed.
        public let identity: String?
        /// Whether the list of versions has that digest. Other files are untrusted.
        public let isListed: Bool
    }

    /// The folder's path, without a trailing slash.
    let root: String
    let reader: Reader
    private let opened = Mutex<Index?>(nil)
    var isOpen: Bool { opened.withLock { $0 != nil } }
    /// Called after each step of a save; tests interrupt it there.
    let onStep: @Sendable (SaveStep) -> Void

    static let trained = "TRAINED_MODEL"
    static let trash = "trash"

    var indexPath: String { root + "/registry.sqlite" }

    /// - Parameters:
    ///   - folder: The store's folder. The first save creates it.
    ///   - reader: Reads the facts of a file that is not in the index yet.
    public convenience init(at folder: URL, reader: @escaping Reader) {
        self.init(at: folder, reader: reader, onStep: { _ in })
    }

    /// Makes a store from a path, which may be relative to the working folder.
    ///
    public convenience init(atPath path: String, reader: @escaping Reader) {
        self.init(root: absolutePath(path), reader: reader, onStep: { _ in })
    }

    convenience init(
        at folder: URL, reader: @escaping Reader, onStep: @escaping @Sendable (SaveStep) -> Void
    ) {
        let path = folder.standardizedFileURL.path
        let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.init(root: root, reader: reader, onStep: onStep)
    }

    private init(
        root: String, reader: @escaping Reader, onStep: @escaping @Sendable (SaveStep) -> Void
    ) {
        (self.root, self.reader, self.onStep) = (root, reader, onStep)
    }

    public var folder: URL { URL(fileURLWithPath: root, isDirectory: true) }

    /// Returns the URL of a version's file.
    public func url(of version: ModelVersion) -> URL { URL(fileURLWithPath: path(of: version.file)) }

    func path(of file: String) -> String { root + "/" + file }

    /// Closes the index. The next use opens it again.
    public func close() { opened.withLock { $0 = nil } }

    /// Returns the index; opens or creates it on first use.
    func index() throws(CellarError) -> Index {
        try opened.withLock { (current) throws(CellarError) in
            if let current { return current }
            let index = try open()
            current = index
            return index
        }
    }

    /// Returns the index if this process may write it; throws otherwise.
    func writableIndex() throws(CellarError) -> Index {
        let index = try index()
        guard index.isWritable else {
            throw CellarError(
                .noPermission,
                "cannot change the store: it is read-only.", file: root,
                remedy: "Check its permissions, or choose another store with --store.")
        }
        return index
    }

    private func open() throws(CellarError) -> Index {
        guard FileSystem.isFolder(root) else {
            throw CellarError(
                .noInput,
                "no such store: expected a folder of models.", file: root,
                remedy: "Use --store to name a store, or train a model first.")
        }
        let exists = FileSystem.size(ofFile: indexPath) != nil
        let index = exists ? try Index.open(indexPath) : try create()
        // The index was created while the folder was empty; files were added later by hand or by git.
        if exists, index.isWritable, try index.read("read the index", isEmpty) {
            try index.write("index the model files") { db in
                guard try isEmpty(db) else { return }
                try fill(db, with: scan(), remembered)
                try NumberList.complete(db, in: root)
            }
        }
        return index
    }

    private func create() throws(CellarError) -> Index {
        let (found, remembered) = (scan(), try remembered)
        do {
            let index = try Index.create(indexPath) { try fill($0, with: found, remembered) }
            try index.write("list the versions") { try NumberList.complete($0, in: root) }
            return index
        } catch  where error.category == .noPermission && !FileSystem.isWritable(root) {
            return try Index.inMemory(indexPath) { try fill($0, with: found, remembered) }
        }
    }

    private var remembered: Remembered {
        get throws(CellarError) {
            Remembered(numbers: NumberList(readingFrom: root), sidecar: try Sidecar(readingFrom: root))
        }
    }
}

/// Returns the absolute path. Plain paths avoid `URL`, which takes tens of microseconds.
private func absolutePath(_ path: String) -> String {
    let steps = path.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = steps.enumerated().allSatisfy { index, step in
        !step.isEmpty && step != "." && step != ".." && step != "~" || index == 0 && path.hasPrefix("/")
    }
    if isPlain, path.utf8.count > 1 {
        if path.hasPrefix("/") { return path }
        let folder = unsafe getcwd(nil, 0)
        defer { unsafe free(folder) }
        if let folder = unsafe folder.flatMap({ unsafe String(validatingCString: $0) }), folder != "/" {
            return folder + "/" + path
        }
    }
    let path = URL(fileURLWithPath: path).standardizedFileURL.path
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
}

private func isEmpty(_ db: Database) throws -> Bool {
    try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT 1 FROM version)") ?? true
}
