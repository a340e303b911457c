import Base
import Glibc

/// The folder `log` of a store: one file of events for each copy of the store that ever wrote.
struct LogFolder: Sendable {
    let path: String
    let root: String

    /// A log and its size in bytes.
    struct File: Equatable {
        var name: String
        var size: Int
    }

    init(inStore root: String) { (self.root, path) = (root, root + "/log") }

    func path(of name: String) -> String { path + "/" + name }

    /// The logs, by name. Links, folders, other files and empty ones are no logs.
    ///
    /// Throws where they cannot be read: without its logs the store would be another one, which nobody may see or go on with.
    func files() throws(CellarError) -> [File] {
        guard try isFolder else { return [] }
        var found: [File] = []
        for (name, kind) in try FileSystem.entries(of: path) where kind == .file && Origin.isLog(name) {
            guard let about = try Self.about(path + "/" + name), about.st_mode & S_IFMT == S_IFREG,
                about.st_size > 0
            else {
                continue
            }
            found.append(File(name: name, size: Int(about.st_size)))
        }
        return found.sorted { $0.name < $1.name }
    }

    /// Whether there is such a folder. A link is none: it could lead out of the store.
    var isFolder: Bool {
        get throws(CellarError) { try Self.about(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }
    }

    /// Returns the status of a file, of a link itself; nil if there is none.
    private static func about(_ path: String) throws(CellarError) -> stat? {
        var about = stat()
        if unsafe lstat(path, &about) == 0 { return about }
        guard errno == ENOENT || errno == ENOTDIR else { throw .system("read", path, errno) }
        return nil
    }

    /// The file that this copy of the store writes to.
    var own: String { Origin.name(ofStore: root) + ".jsonl" }
}

extension [LogFolder.File] {
    /// The state of all logs as a text, which the index keeps: it is current while the texts are the same.
    var text: String { reduce(into: "") { $0 += "\($1.name) \($1.size)\n" } }
}
