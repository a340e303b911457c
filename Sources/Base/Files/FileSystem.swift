import Glibc
import Synchronization

/// Operations on files and folders by path.
public enum FileSystem {
    private static let counter = Atomic(0)
    private static let mark = ".saving-"

    /// Returns a temporary file name in `folder`. It contains the process id, so that `registry verify` can
    /// tell a leftover from a save in progress.
    public static func temporaryName(in folder: String, extension suffix: String) -> String {
        let count = counter.add(1, ordering: .relaxed).newValue
        return "\(folder)/\(mark)\(getpid())-\(count)-\(UInt32.random(in: 0 ... .max)).\(suffix)"
    }

    /// Returns true for a temporary file whose process has ended.
    public static func isLeftover(_ name: String) -> Bool {
        guard name.hasPrefix(mark) else { return false }
        guard let process = pid_t(name.dropFirst(mark.count).prefix { $0.isNumber }), process > 0 else {
            return true
        }
        return process != getpid() && kill(process, 0) != 0 && errno == ESRCH
    }

    /// The folder part of a path: `.` if there is none.
    public static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The part of a path after its last slash.
    public static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// The file extension of a path: `h5`; empty if there is none.
    public static func suffix(of path: String) -> String {
        let name = name(of: path)
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
        return String(name[name.utf8.index(after: dot)...])
    }

    /// Resolves symbolic links. Returns the path itself if nothing exists there.
    public static func resolved(_ path: String) -> String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether two paths are of one file, also by a link.
    public static func isSame(_ one: String, _ other: String) -> Bool {
        var (a, b) = (stat(), stat())
        return unsafe stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev
            && a.st_ino == b.st_ino
    }

    /// Whether there is something else than a regular file: a link, a folder, a pipe.
    public static func isOther(_ path: String) -> Bool {
        var about = stat()
        return unsafe lstat(path, &about) == 0 && about.st_mode & S_IFMT != S_IFREG
    }

    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The size in bytes of a regular file, or nil. Follows symbolic links.
    public static func size(ofFile path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// The modification time of a file, in seconds since 1970.
    public static func modified(_ path: String) -> Int? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_mtim.tv_sec) : nil
    }

    /// Returns true if this process may write the file, or create files in the folder.
    public static func isWritable(_ path: String) -> Bool {
        unsafe faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0
    }

    /// Checks early, without writing, that a file can be written at `path`. A later write can still fail.
    public static func checkWritable(_ path: String) throws(CellarError) {
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw .writing(path, EISDIR)
        }
        guard unsafe access(folder(of: path), W_OK | X_OK) == 0 else { throw .writing(path, errno) }
    }

    /// The kind of an entry of a folder. A link is `other`.
    public enum EntryKind: Sendable { case file, folder, other }

    /// The entries of a folder, in no order; empty where there is no such folder. One that cannot be read is an error, and not an
    /// empty folder.
    public static func entries(of path: String) throws(CellarError) -> [(name: String, kind: EntryKind)] {
        guard let folder = unsafe opendir(path) else {
            guard errno == ENOENT || errno == ENOTDIR else { throw .system("read the folder", path, errno) }
            return []
        }
        defer { unsafe closedir(folder) }
        var found: [(name: String, kind: EntryKind)] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(folder) else {
                guard errno == 0 else { throw .system("read the folder", path, errno) }
                return found
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            var kind: EntryKind =
                switch unsafe Int(entry.pointee.d_type) {
                case Int(DT_REG): .file
                case Int(DT_DIR): .folder
                default: .other
                }
            if unsafe Int(entry.pointee.d_type) == Int(DT_UNKNOWN) {
                // Some file systems tell only in the inode.
                var about = stat()
                if unsafe fstatat(dirfd(folder), name, &about, AT_SYMLINK_NOFOLLOW) == 0 {
                    kind =
                        about.st_mode & S_IFMT == S_IFREG
                        ? .file : about.st_mode & S_IFMT == S_IFDIR ? .folder : .other
                }
            }
            found.append((name, kind))
        }
    }

    /// Creates the folder and its missing parents.
    public static func makeFolder(_ path: String) throws(CellarError) {
        if path.isEmpty || isFolder(path) { return }
        if unsafe mkdir(path, 0o777) == 0 { return }
        if errno == ENOENT, folder(of: path) != path {
            try makeFolder(folder(of: path))
            if unsafe mkdir(path, 0o777) == 0 { return }
        }
        guard errno == EEXIST, isFolder(path) else { throw .writing(path, errno) }
    }

    public static func remove(_ path: String) throws(CellarError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw .system("remove the file", path, errno)
        }
    }

    public static func setMode(_ mode: mode_t, of path: String) throws(CellarError) {
        guard unsafe chmod(path, mode) == 0 else { throw .system("set the permissions", path, errno) }
    }

    /// Moves a file, but never replaces one: returns false if `path` exists.
    public static func move(_ from: String, to path: String) throws(CellarError) -> Bool {
        try makeFolder(folder(of: path))
        guard try linkOrMove(from, to: path) else { return false }
        flushFolder(folder(of: path))
        flushFolder(folder(of: from))
        return true
    }

    /// Flushes a file's bytes to disk.
    public static func flush(_ path: String) throws(CellarError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("flush", path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .system("flush", path, errno) }
    }

    /// Flushes a folder's entries to disk. Ignores errors, because some file systems do not support this.
    public static func flushFolder(_ path: String) {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Appends `line` and a newline to the file at `path`. If a power failure left an incomplete last line,
    /// ends that line first.
    public static func append(_ line: String, to path: String) throws(CellarError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system("write", path, errno) }
        defer { close(descriptor) }
        var last: UInt8 = 10
        let end = lseek(descriptor, 0, SEEK_END)
        if end > 0 { _ = unsafe pread(descriptor, &last, 1, end - 1) }
        let bytes = Array(((last == 10 ? "" : "\n") + line + "\n").utf8)
        let code = unsafe bytes.withUnsafeBytes { unsafe writeBytes($0, to: descriptor) }
        if code != 0 { throw .system("write", path, code) }
    }

    /// Gives the file at `from` the name `path`; returns false if `path` exists.
    static func linkOrMove(_ from: String, to path: String) throws(CellarError) -> Bool {
        if unsafe link(from, path) == 0 {
            unsafe unlink(from)
            return true
        }
        if errno == EEXIST { return false }
        guard [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(errno) else { throw .system("save", path, errno) }
        if isFolder(from) {
            // Folders have no hard links; a rename does not replace a file, or a folder that has something.
            guard unsafe rename(from, path) == 0 else { throw .system("save", path, errno) }
            return true
        }
        // The file system has no hard links: reserve the name with an empty file, then rename ours to it.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
        if descriptor < 0 {
            if errno == EEXIST { return false }
            throw .system("save", path, errno)
        }
        close(descriptor)
        guard unsafe rename(from, path) == 0 else {
            let code = errno
            unsafe unlink(path)
            throw .system("save", path, code)
        }
        return true
    }
}
