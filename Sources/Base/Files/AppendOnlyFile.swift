import Glibc

/// A file of lines that only grows, locked by this process for as long as the value lives.
///
/// A process that dies loses the lock with its descriptor. The lock is on the file itself, so a file that was replaced
/// while this process waited is opened again.
public struct AppendOnlyFile: ~Copyable {
    public let path: String
    private var descriptor: Int32
    /// The size in bytes.
    public private(set) var size: Int
    /// The size that `takeBack` goes back to: that at the time of locking, or less where an incomplete line was cut.
    private var start = 0

    /// Opens and locks the file; makes it if it is missing.
    ///
    /// - Parameter patience: Seconds to wait for another process that has the lock.
    public init(locking path: String, patience: Int) throws(CellarError) {
        self.path = path
        let end = now() + Double(patience)
        var pause: UInt32 = 200
        while true {
            let opened = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard opened >= 0 else { throw .system("write", path, errno) }
            if flock(opened, LOCK_EX | LOCK_NB) == 0 {
                if let size = Self.size(of: opened, at: path) {
                    (descriptor, self.size, start) = (opened, size, size)
                    return
                }
                close(opened)
                continue
            }
            let code = errno
            close(opened)
            guard code == EWOULDBLOCK || code == EINTR else { throw .system("lock", path, code) }
            guard now() < end else {
                throw CellarError(
                    .inputOutput,
                    "cannot lock the file: another process has had it for over \(patience) seconds.",
                    file: path, remedy: "Try again, or end that process.")
            }
            usleep(pause)
            pause = min(pause * 2, 5_000)
        }
    }

    deinit { close(descriptor) }

    /// The size, if the descriptor is of the regular file that has this path now.
    private static func size(of descriptor: Int32, at path: String) -> Int? {
        var (open, named) = (stat(), stat())
        guard unsafe fstat(descriptor, &open) == 0, unsafe lstat(path, &named) == 0,
            open.st_ino == named.st_ino, open.st_dev == named.st_dev, open.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return Int(open.st_size)
    }

    /// Appends bytes in one call. After an error the file has its former size.
    ///
    /// - Parameter durably: Waits until the bytes are on the disk.
    public mutating func append(_ bytes: [UInt8], durably: Bool) throws(CellarError) {
        var code = unsafe bytes.withUnsafeBytes { unsafe writeBytes($0, to: descriptor) }
        if code == 0, durably, fdatasync(descriptor) != 0 { code = errno }
        guard code == 0 else {
            cut(to: size)
            throw .writing(path, code)
        }
        size += bytes.count
    }

    /// Gives the file, which is empty, its first content: all of it, or none if the process dies.
    public mutating func replaceEmpty(with bytes: [UInt8]) throws(CellarError) {
        let name = FileSystem.temporaryName(in: FileSystem.folder(of: path), extension: "tmp")
        let new = unsafe open(name, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
        guard new >= 0 else { throw .writing(path, errno) }
        // Locked before it has its name: whoever opens it by that name waits.
        var code = flock(new, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
        if code == 0 { code = unsafe bytes.withUnsafeBytes { unsafe writeBytes($0, to: new) } }
        if code == 0, fsync(new) != 0 { code = errno }
        if code == 0, unsafe rename(name, path) != 0 { code = errno }
        guard code == 0 else {
            close(new)
            unsafe unlink(name)
            throw .writing(path, code)
        }
        FileSystem.flushFolder(FileSystem.folder(of: path))
        close(descriptor)
        (descriptor, size) = (new, bytes.count)
    }

    /// Takes back what follows `size`: an incomplete line of a process that died, or a change that failed later.
    public mutating func cut(to size: Int) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { return }
        fdatasync(descriptor)
        self.size = size
        start = min(start, size)
    }

    /// Takes back everything that was appended under this lock: nobody else has seen it.
    public mutating func takeBack() {
        if size > start { cut(to: start) }
    }

    /// Waits until everything in the file is on the disk.
    public func flush() throws(CellarError) {
        guard fdatasync(descriptor) == 0 || errno == EINVAL else { throw .writing(path, errno) }
    }
}

private func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
