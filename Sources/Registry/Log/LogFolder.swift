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
    func files() -> [File] {
        guard isFolder else { return [] }
        var found: [File] = []
        for (name, kind) in FileSystem.entries(of: path) where kind == .file && Origin.isLog(name) {
            var about = stat()
            guard unsafe lstat(path + "/" + name, &about) == 0, about.st_mode & S_IFMT == S_IFREG,
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
        var about = stat()
        return unsafe lstat(path, &about) == 0 && about.st_mode & S_IFMT == S_IFDIR
    }

    /// The file that this copy of the store writes to.
    var own: String { Origin.name(ofStore: root) + ".jsonl" }
}

extension [LogFolder.File] {
    /// The state of all logs as a text, which the index keeps: it is current while the texts are the same.
    var text: String { reduce(into: "") { $0 += "\($1.name) \($1.size)\n" } }
}
