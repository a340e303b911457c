import CMemory
import Glibc

/// A file that is replaced atomically: the bytes are written to a temporary file in the same folder, flushed
/// to disk, and renamed by `commit`. Without a commit the temporary file is deleted and the earlier file
/// stays unchanged.
///
/// A path to a device or a pipe is written directly, because there is nothing to replace. `-` is standard
/// output.
public struct AtomicFile: ~Copyable, Sendable {
    /// The path as given, for messages; the folder if `commit(as:)` chooses the name.
    public let path: String
    /// Open for writing, for libraries that need a descriptor.
    public let descriptor: Int32
    /// The temporary file; nil if the bytes are written directly.
    private let temporary: String?
    private let target: String
    /// The temporary file's number among those that a signal removes.
    private let remembered: Int32
    private var isFlushed = false
    private var isFinished = false
    /// Standard output is a terminal, which the bytes must not control.
    private let isForTerminal: Bool
    private var hash: SHA256?
    private var size = 0

    /// Creates a file that replaces the one at `path`, if any.
    ///
    /// - Parameter hashing: True if `digest` will be used.
    public init(_ path: String, hashing: Bool = false) throws(CellarError) {
        let output = try Output(path)
        (descriptor, temporary, target) = (output.descriptor, output.temporary, output.target)
        (self.path, remembered) = (path, output.remembered)
        isForTerminal = path == "-" && isatty(STDOUT_FILENO) == 1
        hash = hashing ? SHA256() : nil
    }

    /// Creates a file in `folder` whose name `commit(as:)` chooses; `suffix` is the extension of its
    /// temporary name.
    public init(in folder: String, extension suffix: String, hashing: Bool = true) throws(CellarError) {
        let name = FileSystem.temporaryName(in: folder, extension: suffix)
        (descriptor, remembered) = try Self.make(name, for: folder)
        (path, target, temporary, isForTerminal) = (folder, folder, name, false)
        hash = hashing ? SHA256() : nil
    }

    /// Creates a temporary file. It is remembered before it exists, so that a signal at any moment removes it.
    private static func make(
        _ name: String, for path: String
    ) throws(CellarError) -> (descriptor: Int32, remembered: Int32) {
        let remembered = unsafe cm_remember_temporary(name)
        let descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor >= 0 { return (descriptor, remembered) }
        let code = errno
        cm_forget_temporary(remembered)
        throw .writing(path, code)
    }

    /// An opened output path.
    private struct Output {
        var descriptor: Int32
        var temporary: String?
        var remembered: Int32 = -1
        var target: String

        init(_ path: String) throws(CellarError) {
            (descriptor, target) = (STDOUT_FILENO, path)
            if path == "-" { return }
            // Resolves symbolic links, so that a link is not replaced by a file.
            target = FileSystem.resolved(path)
            var about = stat()
            let exists = unsafe stat(target, &about) == 0
            let kind = about.st_mode & S_IFMT
            if exists && kind == S_IFDIR { throw .writing(path, EISDIR) }
            if exists && kind != S_IFREG {
                descriptor = unsafe open(target, O_WRONLY | O_CLOEXEC)
            } else {
                let name = FileSystem.temporaryName(in: FileSystem.folder(of: target), extension: "tmp")
                temporary = name
                (descriptor, remembered) = try AtomicFile.make(name, for: path)
            }
            guard descriptor >= 0 else { throw .writing(path, errno) }
            if exists && temporary != nil { fchmod(descriptor, about.st_mode & 0o7777) }
        }
    }

    deinit {
        if descriptor != STDOUT_FILENO { close(descriptor) }
        if let temporary, !isFinished { unsafe unlink(temporary) }
        cm_forget_temporary(remembered)
    }

    /// True if the bytes go straight to a pipe, a device or standard output.
    public var isStreamed: Bool { temporary == nil }

    /// The digest of all bytes written so far. Requires `hashing`.
    public var digest: FileDigest {
        guard var hash else { preconditionFailure("created without hashing") }
        return FileDigest(sha256: hash.finish(), size: size)
    }

    /// Writes all of the bytes.
    public mutating func write(_ bytes: Span<UInt8>) throws(CellarError) {
        let code =
            isForTerminal
            ? unsafe escapingControls(bytes.withUnsafeBytes { unsafe Array($0) }, in: .lines)
                .withUnsafeBytes { unsafe append($0) }
            : unsafe bytes.withUnsafeBytes { unsafe append($0) }
        if code != 0 { throw .writing(path, code) }
    }

    public mutating func write(_ text: String) throws(CellarError) {
        try write(Array(text.utf8).span)
    }

    /// Writes all bytes of the file at `source`.
    public mutating func copy(fileAt source: String) throws(CellarError) {
        var failure: Int32 = 0
        try unsafe readBlocks(ofFile: source) { (block) throws(CellarError) in
            if failure == 0 { failure = unsafe append(block) }
        }
        if failure != 0 { throw .writing(path, failure) }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        unsafe hash?.update(bytes)
        size += bytes.count
        return unsafe writeBytes(bytes, to: descriptor)
    }

    /// Flushes the bytes to disk; with `mode`, sets the file's permissions first.
    public mutating func flush(mode: mode_t? = nil) throws(CellarError) {
        guard temporary != nil else { return }
        if let mode, fchmod(descriptor, mode) != 0 { throw .writing(path, errno) }
        guard fsync(descriptor) == 0 else { throw .writing(path, errno) }
        isFlushed = true
    }

    /// Flushes the file and gives it its final name. Replaces an existing file.
    public mutating func commit() throws(CellarError) {
        if let temporary {
            if !isFlushed { try flush() }
            guard unsafe rename(temporary, target) == 0 else { throw .writing(path, errno) }
            FileSystem.flushFolder(FileSystem.folder(of: target))
        }
        isFinished = true
    }

    /// Flushes the file and gives it its final name, but never replaces a file: returns false if one exists.
    public mutating func commitNew() throws(CellarError) -> Bool {
        guard temporary != nil else {
            isFinished = true
            return true
        }
        return try commit(in: FileSystem.folder(of: target), as: [FileSystem.name(of: target)]) != nil
    }

    /// Flushes the file, gives it the first of `names` that is free in its folder, and returns its path.
    /// Never replaces a file, even if another process chooses the same name at the same time. Returns nil if
    /// every name is taken.
    public mutating func commit(as names: some Sequence<String>) throws(CellarError) -> String? {
        try commit(in: target, as: names)
    }

    private mutating func commit(
        in folder: String, as names: some Sequence<String>
    ) throws(CellarError) -> String? {
        guard let temporary else { return nil }
        if !isFlushed { try flush() }
        for name in names {
            let path = "\(folder)/\(name)"
            if try FileSystem.linkOrMove(temporary, to: path) {
                isFinished = true
                FileSystem.flushFolder(folder)
                return path
            }
        }
        return nil
    }
}

/// Writes a whole file atomically.
public func writeFile(_ path: String, _ bytes: [UInt8]) throws(CellarError) {
    try writeFile(path, pieces: [bytes])
}

/// Writes a whole file atomically, as the concatenation of `pieces`.
public func writeFile(_ path: String, pieces: [[UInt8]]) throws(CellarError) {
    var file = try AtomicFile(path)
    for piece in pieces { try file.write(piece.span) }
    try file.commit()
}

/// From now on a signal that ends the process removes its unfinished files first. A command calls it once at its start.
public func removeUnfinishedFilesOnSignals() { cm_remove_temporaries_on_signals() }

/// Removes this process' unfinished files; safe in a signal handler.
public func removeUnfinishedFiles() { cm_remove_temporaries() }

/// Ignores SIGPIPE, so that a write to a pipe without a reader fails with an error instead of ending the
/// process. A command calls it once at its start.
public func reportBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

/// Opens /dev/null in place of a standard stream that is closed, in the direction in which it is of no use: reads and writes fail as
/// they would, and no file that is opened later gets a number that messages go to. A command calls it first of all.
public func occupyStandardStreams() {
    // A new descriptor has the lowest number that is free.
    for stream in Int32(0)...2 where fcntl(stream, F_GETFD) < 0 {
        _ = unsafe open("/dev/null", stream == 0 ? O_WRONLY : O_RDONLY)
    }
}
