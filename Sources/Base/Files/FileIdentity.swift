import Glibc

/// A file's device, inode, size and times of change: equal as long as nobody has written to the file or replaced it.
///
/// The kernel sets the time of the last change of the inode (`st_ctime`) at every write, rename, link and change of
/// attributes, and no program can set it back; times that a program can set (`st_mtime`) would not do.
public struct FileIdentity: Equatable, Sendable {
    /// For a table's cell.
    public let text: String
    private let content: [Int]
    public let size: Int
    public let mode: mode_t

    /// Nil where there is no regular file. A symbolic link is followed.
    public init?(ofFile path: String) {
        var about = stat()
        guard unsafe stat(path, &about) == 0, about.st_mode & S_IFMT == S_IFREG else { return nil }
        size = Int(about.st_size)
        mode = about.st_mode & 0o7777
        content = [
            Int(bitPattern: UInt(about.st_dev)), Int(bitPattern: UInt(about.st_ino)), size,
            about.st_mtim.tv_sec, about.st_mtim.tv_nsec,
        ]
        text = (content + [about.st_ctim.tv_sec, about.st_ctim.tv_nsec]).reduce(into: "") {
            if !$0.isEmpty { $0 += " " }
            $0 += "\($1)"
        }
    }

    /// True if at most attributes changed between the two, for example by `chmod`.
    public func hasContent(of other: FileIdentity) -> Bool { content == other.content }
}
