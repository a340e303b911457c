import Base
import Glibc

/// A file that appears under its name whole, or not at all: it is written beside its place, brought to disk, and
/// renamed by `commit`. Without a commit it vanishes with its owner, and what had the name before is untouched.
///
/// A path that leads to a device or a pipe is written directly, since there is nothing to replace. `-` is standard
/// output.
public struct AtomicFile: ~Copyable, Sendable {
    /// The path as it was given, for messages.
    public let path: String
    /// Open for writing: libraries that want a descriptor may write here.
    public let descriptor: Int32
    /// Where the bytes lie until the commit. Nil where they go out directly.
    private let temporary: String?
    private let target: String
    private var finished = false

    public init(_ path: String) throws(CellarError) {
        let place = try Place(path)
        (descriptor, temporary, target) = (place.descriptor, place.temporary, place.target)
        self.path = path
    }

    /// What the path stands for, opened.
    private struct Place {
        var descriptor: Int32
        var temporary: String?
        var target: String

        init(_ path: String) throws(CellarError) {
            (descriptor, target) = (STDOUT_FILENO, path)
            if path == "-" { return }
            // Through symbolic links, so that they keep standing.
            target = resolved(path)
            var about = stat()
            let exists = unsafe stat(target, &about) == 0
            let kind = about.st_mode & S_IFMT
            if exists && kind == S_IFDIR { throw .writing(path, EISDIR) }
            if exists && kind != S_IFREG {
                descriptor = unsafe open(target, O_WRONLY | O_CLOEXEC)
            } else {
                let name =
                    "\(folder(of: target))/.cellar-\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
                temporary = name
                descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            }
            guard descriptor >= 0 else { throw .writing(path, errno) }
            if exists && temporary != nil { fchmod(descriptor, about.st_mode & 0o7777) }
        }
    }

    deinit {
        if descriptor != STDOUT_FILENO { close(descriptor) }
        if let temporary, !finished { unsafe unlink(temporary) }
    }

    /// Writes all of the bytes.
    public mutating func write(_ bytes: Span<UInt8>) throws(CellarError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .writing(path, errno)
            }
            done += count
        }
    }

    public mutating func write(_ text: String) throws(CellarError) {
        try write(Array(text.utf8).span)
    }

    /// Gives the file its name, once it is safe on disk.
    public mutating func commit() throws(CellarError) {
        guard let temporary else {
            finished = true
            return
        }
        guard fsync(descriptor) == 0 else { throw .writing(path, errno) }
        guard unsafe rename(temporary, target) == 0 else { throw .writing(path, errno) }
        finished = true
        // The name is in the folder, which reaches the disk by itself only later. Some file systems refuse this.
        let descriptor = unsafe open(folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }
}

/// Writes a whole file at once, atomically.
public func writeFile(_ path: String, _ bytes: [UInt8]) throws(CellarError) {
    var file = try AtomicFile(path)
    try file.write(bytes.span)
    try file.commit()
}

private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Where a path leads through symbolic links; the path itself where nothing is there yet.
private func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
}

/// Makes a write to a pipe that nobody reads any more an error to handle, where it would end the process. A command
/// calls it once at its start.
public func reportBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
