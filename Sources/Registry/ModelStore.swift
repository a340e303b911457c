import Base
import Foundation
import GRDB
import Synchronization

/// A folder of model files and the index over them.
///
/// ```
/// models/
/// ├── registry.sqlite     the index: made from the files whenever it is missing, not committed
/// ├── versions.jsonl      the number of every version (see `NumberList`), committed with the files
/// ├── aliases.json        where aliases point and pointed, and tags (see `Sidecar`), committed with the files
/// ├── TRAINED_MODEL/Model_2026_11_22_12_30_05_.h5     mode 0444 once registered
/// └── trash/…             deleted versions, until `gc`
/// ```
///
/// Nothing is opened before it is needed. A store that cannot be written can be read: an index is then opened as it
/// lies there, and a missing one is made in memory. Any number of processes may use a store at once.
public final class ModelStore: Sendable {
    /// Reads a model file's facts; nil for a Keras file that Cellar did not write, an error for no model at all.
    /// Facts with an empty name are those of a file that has none.
    public typealias Reader = @Sendable (URL) throws -> ModelFacts?

    /// Looks at a file that nobody vouches for, before it is read; an error keeps it out.
    public typealias Guardian = @Sendable (URL) throws -> Void

    /// The folder's path, without a slash at its end.
    let root: String
    let reader: Reader
    let guardian: Guardian
    private let opened = Mutex<Index?>(nil)
    var isOpen: Bool { opened.withLock { $0 != nil } }
    /// Called between the steps of a save, for the tests that stop there.
    let onStep: @Sendable (SaveStep) -> Void

    static let trained = "TRAINED_MODEL"
    static let trash = "trash"

    var indexPath: String { root + "/registry.sqlite" }

    /// - Parameters:
    ///   - folder: The store. It need not exist before something is saved there.
    ///   - reader: How to read the facts of a file that is not in the index yet.
    public convenience init(at folder: URL, reader: @escaping Reader) {
        self.init(at: folder, reader: reader, onStep: { _ in })
    }

    /// The same; a path relative to the working folder is fine.
    ///
    /// - guardian: is asked before a file is read that lies in the folder and that no list of versions has.
    public convenience init(
        atPath path: String, reader: @escaping Reader, guardian: @escaping Guardian = { _ in }
    ) {
        self.init(root: absolutePath(path), reader: reader, guardian: guardian, onStep: { _ in })
    }

    convenience init(
        at folder: URL, reader: @escaping Reader, onStep: @escaping @Sendable (SaveStep) -> Void
    ) {
        let path = folder.standardizedFileURL.path
        let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.init(root: root, reader: reader, guardian: { _ in }, onStep: onStep)
    }

    private init(
        root: String, reader: @escaping Reader, guardian: @escaping Guardian,
        onStep: @escaping @Sendable (SaveStep) -> Void
    ) {
        (self.root, self.reader, self.guardian, self.onStep) = (root, reader, guardian, onStep)
    }

    public var folder: URL { URL(fileURLWithPath: root, isDirectory: true) }

    /// The file of a version, as the file system knows it.
    public func url(of version: ModelVersion) -> URL { URL(fileURLWithPath: path(of: version.file)) }

    func path(of file: String) -> String { root + "/" + file }

    /// Closes the index. It opens again by itself where it is needed.
    public func close() { opened.withLock { $0 = nil } }

    /// The index, made or opened where that has not happened yet.
    func index() throws(CellarError) -> Index {
        try opened.withLock { (current) throws(CellarError) in
            if let current { return current }
            let index = try open()
            current = index
            return index
        }
    }

    /// The index, where this process may write it.
    func writableIndex() throws(CellarError) -> Index {
        let index = try index()
        guard index.isWritable else {
            throw CellarError(
                .noPermission,
                "cannot change the store \(root): it can only be read here. Check its permissions, or choose another "
                    + "store with --store.", file: root)
        }
        return index
    }

    private func open() throws(CellarError) -> Index {
        guard Disk.isFolder(root) else {
            throw CellarError(
                .noInput,
                "there is no store at \(root): expected a folder of models. Name one with --store, or train a model "
                    + "first.", file: root)
        }
        let exists = Disk.size(ofFile: indexPath) != nil
        let index = exists ? try Index.open(indexPath) : try create()
        // An index made while the folder was empty, then filled by hand or by git.
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
        } catch  where error.kind == .noPermission && !Disk.isWritable(root) {
            return try Index.inMemory(indexPath) { try fill($0, with: found, remembered) }
        }
    }

    private var remembered: Remembered {
        get throws(CellarError) {
            Remembered(numbers: NumberList(readingFrom: root), sidecar: try Sidecar(readingFrom: root))
        }
    }
}

/// Without the tens of microseconds that a URL takes, where the path is plain.
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
