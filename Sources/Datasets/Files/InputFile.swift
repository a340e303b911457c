import Base
import Glibc

/// A file, or standard input by the path `-`, open for reading. Closes itself.
struct InputFile: ~Copyable, Sendable {
    /// For messages.
    let name: String
    let descriptor: Int32
    /// Bytes, where it is a regular file and not a pipe.
    let size: Int?
    private let closes: Bool

    init(path: String) throws(CellarError) {
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
            throw .folder(path)
        }
        let regular = known && about.st_mode & S_IFMT == S_IFREG
        if regular { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
        (self.descriptor, name, size, closes) = (descriptor, path, regular ? Int(about.st_size) : nil, true)
    }

    /// Reads from a descriptor that someone else closes.
    init(descriptor: Int32, name: String) throws(CellarError) {
        var about = stat()
        guard unsafe fstat(descriptor, &about) == 0 else { throw .reading(name, errno) }
        if about.st_mode & S_IFMT == S_IFDIR { throw .folder(name) }
        (self.descriptor, self.name, size, closes) = (descriptor, name, nil, false)
    }

    deinit { if closes { close(descriptor) } }

    /// Waits until a pipe has something to read, or has ended. False where `stop` says so before. A file has it at once.
    func waits(unless stop: () -> Bool) -> Bool {
        guard size == nil else { return !stop() }
        while !stop() {
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&wanted, 1, 100) != 0 { return true }
        }
        return false
    }

    /// Reads once into `bytes` from `offset`, up to its end. 0 means that the file has ended.
    func read(into bytes: inout [UInt8], at offset: Int) throws(CellarError) -> Int {
        precondition(offset < bytes.count)
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
            }
            if count >= 0 { return count }
            if errno != EINTR { throw .reading(name, errno) }
        }
    }

    /// All that is left. Memory is taken as bytes arrive, and never for more than `limit`.
    func readAll(limit: Int) throws(CellarError) -> [UInt8] {
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

/// The whole of a file.
public func readFile(_ path: String, limit: Int) throws(CellarError) -> [UInt8] {
    try InputFile(path: path).readAll(limit: limit)
}
