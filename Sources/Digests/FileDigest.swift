import Glibc

/// SHA-256 of a file's bytes, in lower-case hex; read 1 MiB at a time.
public func sha256(ofFile path: String) throws(ReadError) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReadError(code: errno) }
    defer { close(descriptor) }
    var hash = SHA256()
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { unsafe block.deallocate() }
    while true {
        let count = unsafe read(descriptor, block.baseAddress, block.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw ReadError(code: errno)
        }
        if count == 0 { return hash.finish() }
        unsafe hash.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
    }
}

/// The system's reason why a file cannot be read, in its own words.
public struct ReadError: Error, CustomStringConvertible {
    public let code: Int32
    public var description: String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "system error \(code)"
    }
}
