import Glibc

/// A file open for reading, or standard input for the path `-`. It closes itself.
public struct InputFile: ~Copyable, Sendable {
    /// The name for messages.
    public let name: String
    public let descriptor: Int32
    /// The size in bytes of a regular file; nil for a pipe.
    public let size: Int?
    private let closes: Bool

    public init(path: String) throws(CellarError) {
        if path == "-" {
            (descriptor, name, size, closes) = (STDIN_FILENO, "standard input", nil, false)
            return
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .opening(path, errno) }
        var about = stat()
        let known = unsafe fstat(descriptor, &about) == 0
        if known && about.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw .opening(path, EISDIR)
        }
        let regular = known && about.st_mode & S_IFMT == S_IFREG
        if regular { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
        (self.descriptor, name, size, closes) = (descriptor, path, regular ? Int(about.st_size) : nil, true)
    }

    /// Reads from a descriptor that the caller closes.
    public init(descriptor: Int32, name: String) throws(CellarError) {
        var about = stat()
        guard unsafe fstat(descriptor, &about) == 0 else { throw .reading(name, errno) }
        if about.st_mode & S_IFMT == S_IFDIR { throw .opening(name, EISDIR) }
        (self.descriptor, self.name, size, closes) = (descriptor, name, nil, false)
    }

    deinit { if closes { close(descriptor) } }

    /// Waits until a pipe has data or has ended. Returns false if `stop` returns true first. A regular file
    /// never waits.
    public func waitForData(unless stop: () -> Bool) -> Bool {
        guard size == nil else { return !stop() }
        while !stop() {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&wanted, 1, 100) != 0 { return true }
        }
        return false
    }

    /// Reads once into `bytes` from `offset` up to their end, or to `limit` before it. Returns 0 at the end of the file.
    public func read(
        into bytes: inout [UInt8], at offset: Int, limit: Int = .max
    ) throws(CellarError) -> Int {
        let end = min(limit, bytes.count)
        precondition(offset < end)
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress! + offset, end - offset)
            }
            if count >= 0 { return count }
            if errno != EINTR { throw .reading(name, errno) }
        }
    }

    /// Goes to a position of a regular file, in bytes from its start.
    public func skip(to position: Int) throws(CellarError) {
        guard lseek(descriptor, off_t(position), SEEK_SET) >= 0 else { throw .reading(name, errno) }
    }

    /// Goes to the next bytes of a regular file that were ever written, or to its end.
    public func skipHole() {
        let place = lseek(descriptor, 0, SEEK_CUR)
        // SEEK_DATA, which Glibc's module does not have.
        if place >= 0, lseek(descriptor, place, 3) < 0 {
            _ = errno == ENXIO ? lseek(descriptor, 0, SEEK_END) : lseek(descriptor, place, SEEK_SET)
        }
    }

    /// The position in a regular file, in bytes from its start.
    public func position() throws(CellarError) -> Int {
        let place = lseek(descriptor, 0, SEEK_CUR)
        guard place >= 0 else { throw .reading(name, errno) }
        return Int(place)
    }

    /// Reads the rest of the file, at most `limit` bytes. The buffer grows with the bytes that arrive.
    public func readAll(limit: Int) throws(CellarError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(size ?? 65_536, limit) + 1)
        var used = 0
        while true {
            let count = try read(into: &bytes, at: used)
            if count == 0 { break }
            used += count
            if used > limit {
                throw CellarError(
                    .badData, file: name, expected: "at most \(limit) bytes", found: "more",
                    fix: "Use a smaller file.")
            }
            if used == bytes.count { bytes += [UInt8](repeating: 0, count: min(used, limit - used + 1)) }
        }
        bytes.removeLast(bytes.count - used)
        return bytes
    }
}

/// Reads a whole file.
public func readFile(_ path: String, limit: Int) throws(CellarError) -> [UInt8] {
    try InputFile(path: path).readAll(limit: limit)
}
