import Glibc

/// The SHA-256 of a file's bytes in lower-case hex, and the number of bytes.
public struct FileDigest: Equatable, Sendable {
    public var sha256: String
    public var size: Int

    public init(sha256: String, size: Int) { (self.sha256, self.size) = (sha256, size) }

    /// Computes the digest of a file.
    public init(ofFile path: String) throws(CellarError) {
        var (hash, size) = (SHA256(), 0)
        try unsafe readBlocks(ofFile: path) { (block) throws(CellarError) in
            unsafe hash.update(block)
            size += block.count
        }
        self.init(sha256: hash.finish(), size: size)
    }
}

/// Reads a whole file in blocks of 1 MiB.
func readBlocks(
    ofFile path: String, _ body: (UnsafeRawBufferPointer) throws(CellarError) -> Void
) throws(CellarError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .opening(path, errno) }
    defer { close(descriptor) }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { unsafe block.deallocate() }
    while true {
        let count = unsafe read(descriptor, block.baseAddress, block.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw .reading(path, errno)
        }
        if count == 0 { return }
        try unsafe body(UnsafeRawBufferPointer(rebasing: block[..<count]))
    }
}

/// Writes all bytes to the descriptor, repeating partial writes. Returns 0, or the `errno` of the call that
/// failed.
func writeBytes(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
        let count = unsafe write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count < 0 {
            if errno == EINTR { continue }
            return errno
        }
        done += count
    }
    return 0
}

extension Span<UInt8> {
    /// Writes the bytes to the descriptor, repeating partial writes; `path` is for the error.
    public func write(to descriptor: Int32, path: String) throws(CellarError) {
        let code = unsafe withUnsafeBytes { unsafe writeBytes($0, to: descriptor) }
        if code != 0 { throw .writing(path, code) }
    }
}
