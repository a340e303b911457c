import Base
import Foundation
import Synchronization

/// The few system calls behind "either the whole file or none of it".
enum Disk {
    private static let counter = Atomic(0)
    private static let mark = ".saving-"

    /// A name for a file that is still being written, in `folder`. The process's number in it lets
    /// `registry verify` tell a leftover from a save that goes on.
    static func temporaryName(in folder: String, extension suffix: String) -> String {
        let count = counter.add(1, ordering: .relaxed).newValue
        return "\(folder)/\(mark)\(getpid())-\(count)-\(UInt32.random(in: 0 ... .max)).\(suffix)"
    }

    /// True for a temporary file whose process is gone: it will never be finished.
    static func isLeftover(_ name: String) -> Bool {
        guard name.hasPrefix(mark) else { return false }
        guard let process = pid_t(name.dropFirst(mark.count).prefix { $0.isNumber }), process > 0 else {
            return true
        }
        return process != getpid() && kill(process, 0) != 0 && errno == ESRCH
    }

    /// Makes sure that a file's bytes, or a folder's names, are on the disk.
    static func flush(_ path: String) throws(CellarError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("flush", path) }
        defer { close(descriptor) }
        // Some file systems cannot flush a folder and say EINVAL; there is nothing more to be done on those.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .system("flush", path) }
    }

    /// Gives the finished file at `temporary` the first of `names` that is free, in the same folder, and returns its
    /// path. No file is ever replaced, also when another process wants the same name at the same time.
    static func publish(_ temporary: String, as names: some Sequence<String>) throws(CellarError) -> String {
        let folder = (temporary as NSString).deletingLastPathComponent
        for name in names {
            let path = "\(folder)/\(name)"
            if try linkOrMove(temporary, to: path) {
                try flush(folder)
                return path
            }
        }
        throw CellarError(.badData, "cannot save in \(folder): every name for it is taken.", file: folder)
    }

    /// False where `path` exists already.
    private static func linkOrMove(_ temporary: String, to path: String) throws(CellarError) -> Bool {
        if unsafe link(temporary, path) == 0 {
            unsafe unlink(temporary)
            return true
        }
        if errno == EEXIST { return false }
        guard [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(errno) else { throw .system("save", path) }
        // A file system without hard links: take the name with an empty file, then put ours in its place.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
        if descriptor < 0 {
            if errno == EEXIST { return false }
            throw .system("save", path)
        }
        close(descriptor)
        guard unsafe rename(temporary, path) == 0 else {
            let error = CellarError.system("save", path)
            unsafe unlink(path)
            throw error
        }
        return true
    }

    /// Moves a file within the store, onto no other.
    static func move(_ from: String, to path: String) throws(CellarError) {
        try makeFolder((path as NSString).deletingLastPathComponent)
        guard try linkOrMove(from, to: path) else {
            throw CellarError(.badData, "cannot move \(from) to \(path): that file exists.", file: path)
        }
        try flush((path as NSString).deletingLastPathComponent)
        try flush((from as NSString).deletingLastPathComponent)
    }

    static func remove(_ path: String) throws(CellarError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .system("remove", path) }
    }

    static func setMode(_ mode: mode_t, of path: String) throws(CellarError) {
        guard unsafe chmod(path, mode) == 0 else { throw .system("set the permissions of", path) }
    }

    static func makeFolder(_ path: String) throws(CellarError) {
        if isFolder(path) { return }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            // Foundation's error has the reason in an underlying one; asking the system once more is plainer.
            errno = 0
            if unsafe mkdir(path, 0o777) != 0 && errno != EEXIST { throw .system("make the folder", path) }
        }
    }

    /// Whether this process may write the file, or make files in the folder.
    static func isWritable(_ path: String) -> Bool {
        unsafe faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The size in bytes of a plain file; nil where there is none. A symbolic link is followed.
    static func size(ofFile path: String) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// When a file was last changed, in seconds since 1970.
    static func modified(_ path: String) -> Int? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_mtim.tv_sec) : nil
    }

    /// Puts `text` in the place of the file at `path`: readers see the old text or the new one, never a part.
    static func replace(_ path: String, with text: String) throws(CellarError) {
        let folder = (path as NSString).deletingLastPathComponent
        let temporary = temporaryName(in: folder, extension: (path as NSString).pathExtension)
        do throws(CellarError) {
            try write(
                Array(text.utf8), to: temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, flush: true)
            guard unsafe rename(temporary, path) == 0 else { throw CellarError.system("write", path) }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        try flush(folder)
    }

    /// Adds `line` and a line end to the file at `path`. A torn last line, as a power cut leaves it, is ended first.
    static func append(_ line: String, to path: String) throws(CellarError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system("write", path) }
        defer { close(descriptor) }
        var last: UInt8 = 10
        let end = lseek(descriptor, 0, SEEK_END)
        if end > 0 { _ = unsafe pread(descriptor, &last, 1, end - 1) }
        try write(Array(((last == 10 ? "" : "\n") + line + "\n").utf8), to: descriptor, path: path)
    }

    static func write(
        _ bytes: [UInt8], to path: String, flags: Int32, flush: Bool
    ) throws(CellarError) {
        let descriptor = unsafe open(path, flags, 0o644)
        guard descriptor >= 0 else { throw .system("write", path) }
        defer { close(descriptor) }
        try write(bytes, to: descriptor, path: path)
        if flush, fsync(descriptor) != 0 { throw .system("flush", path) }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(CellarError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system("write", path)
            }
            done += count
        }
    }

    /// Copies a file to `target`, which must not exist, flushes it, and says what was copied.
    static func copy(_ source: String, to target: String) throws(CellarError) -> Digest {
        let descriptor = unsafe open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system("write", target) }
        defer { close(descriptor) }
        let found = try unsafe digest(ofFile: source) { (block) throws(CellarError) in
            var done = 0
            while done < block.count {
                let count = unsafe Glibc.write(
                    descriptor, block.baseAddress?.advanced(by: done), block.count - done)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw .system("write", target)
                }
                done += count
            }
        }
        guard fsync(descriptor) == 0 else { throw .system("flush", target) }
        return found
    }
}
