import Base
import Foundation
import GRDB
import Synchronization

/// A folder of model files with their log.
///
/// ```
/// models/
/// ├── log/ORIGIN.jsonl    what happened, one file for each copy of the store: with the model files, the truth
/// ├── registry.sqlite     an index, made from the logs whenever it is missing; not committed
/// └── TRAINED_MODEL/Model_2026_11_22_12_30_05_.h5     mode 0444 once registered
/// ```
///
/// Nothing is opened before it is needed. A read-only store can be read: where its index is missing or older than its logs,
/// one is made in memory. Any number of processes may use a store at once.
public final class ModelStore: Sendable {
    /// Reads a model file's facts; nil for a Keras file that Cellar did not write; throws if it is not a model.
    /// Facts with an empty name are of a file without a name.
    public typealias Reader = @Sendable (FoundBytes) throws -> ModelFacts?

    /// A file in the store's folder.
    public struct FoundBytes: Sendable {
        public let path: String
        public let sha256: String
        /// The text of the file's identity when it was last admitted; nil for a file that no version is known to have.
        public let identity: String?
        /// Whether a version has this file, whose digest must then be `sha256`.
        public let isRegistered: Bool
    }

    /// The folder's path, without a trailing slash.
    let root: String
    let reader: Reader
    /// The open index, and the state of the logs that it was found to be made from.
    struct Opened {
        var index: Index
        var state: String
    }
    let opened = Mutex<Opened?>(nil)
    var isOpen: Bool { opened.withLock { $0 != nil } }
    let log: LogFolder
    /// Events after this time are left out; nil for the store as it is.
    let until: String?
    /// Called after each step of a save; tests interrupt it there.
    let onStep: @Sendable (SaveStep) -> Void
    /// Called when an event is in the log, but not in the index; tests interrupt it there.
    let onAppend: @Sendable () -> Void

    static let trained = "TRAINED_MODEL"
    static let trash = "trash"

    /// The folder of new model files.
    public var trainedPath: String { root + "/" + Self.trained }
    var indexPath: String { root + "/registry.sqlite" }

    /// - Parameters:
    ///   - folder: The store's folder. The first save creates it.
    ///   - reader: Reads the facts of a file that is not in the index yet.
    public convenience init(at folder: URL, reader: @escaping Reader) {
        self.init(at: folder, reader: reader, onStep: { _ in }, onAppend: {})
    }

    /// Makes a store from a path, which may be relative to the working folder.
    ///
    public convenience init(atPath path: String, reader: @escaping Reader) {
        self.init(root: absolutePath(path), reader: reader, onStep: { _ in }, onAppend: {})
    }

    convenience init(
        at folder: URL, reader: @escaping Reader, onStep: @escaping @Sendable (SaveStep) -> Void,
        onAppend: @escaping @Sendable () -> Void = {}
    ) {
        let path = folder.standardizedFileURL.path
        let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.init(root: root, reader: reader, onStep: onStep, onAppend: onAppend)
    }

    private init(
        root: String, reader: @escaping Reader, onStep: @escaping @Sendable (SaveStep) -> Void,
        onAppend: @escaping @Sendable () -> Void
    ) {
        (self.root, self.reader, self.onStep, self.onAppend) = (root, reader, onStep, onAppend)
        (log, until) = (LogFolder(inStore: root), nil)
    }

    /// The same store as it was at a time.
    init(_ store: ModelStore, until: String) {
        (root, reader, onStep, onAppend) = (store.root, store.reader, { _ in }, {})
        (log, self.until) = (store.log, until)
    }

    public var folder: URL { URL(fileURLWithPath: root, isDirectory: true) }

    /// Returns the URL of a version's file.
    public func url(of version: ModelVersion) -> URL { URL(fileURLWithPath: path(of: version.file)) }

    func path(of file: String) -> String { root + "/" + file }

    /// Closes the index. The next use opens it again.
    public func close() { opened.withLock { $0 = nil } }
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
