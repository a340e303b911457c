import Base
import Glibc

/// SHA-256 of a file's bytes, in lower-case hex.
public func sha256(ofFile path: String) throws(ReadError) -> String {
    var hash = SHA256()
    try unsafe readBlocks(ofFile: path, failure: ReadError.init) { (block) throws(ReadError) in
        unsafe hash.update(block)
    }
    return hash.finish()
}

/// Reads a file from end to end, 1 MiB at a time.
///
/// - failure: makes the error of the system's number, where the file cannot be read.
public func readBlocks<Failure: Error>(
    ofFile path: String, failure: (Int32) -> CellarError,
    _ body: (UnsafeRawBufferPointer) throws(CellarError) -> Void
) throws(CellarError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { unsafe block.deallocate() }
    while true {
        let count = unsafe read(descriptor, block.baseAddress, block.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw failure(errno)
        }
        if count == 0 { return }
        try unsafe body(UnsafeRawBufferPointer(rebasing: block[..<count]))
    }
}

/// The system's reason why a file cannot be read, in its own words.
public struct ReadError: Error, CustomStringConvertible {
    public let code: Int32
    init(_ code: Int32) { self.code = code }

    public var description: String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "system error \(code)"
    }
}
