import CNettle
import Foundation

/// SHA-256 of bytes that arrive in pieces.
struct SHA256 {
    private var context = sha256_ctx()

    init() { unsafe nettle_sha256_init(&context) }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe nettle_sha256_update(
            &context, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }

    /// The digest in lower-case hex.
    mutating func finish() -> String {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
        unsafe nettle_sha256_digest(&context, digest.count, &digest)
        let digits = Array("0123456789abcdef".utf8)
        let hex = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: hex, as: UTF8.self)
    }
}

/// SHA-256 of a text's UTF-8 bytes, in lower-case hex.
func sha256(of text: String) -> String {
    var hash = SHA256()
    let bytes = Array(text.utf8)
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
    return hash.finish()
}

/// What a file's bytes are: their SHA-256 in lower-case hex, and how many they are.
struct Digest: Equatable {
    let sha256: String
    let size: Int
}

/// Reads a file from end to end, 1 MiB at a time.
func digest(ofFile path: String) throws(RegistryError) -> Digest {
    try unsafe digest(ofFile: path, copy: { _ in })
}

/// As above; each block also goes to `copy`.
func digest(
    ofFile path: String, copy: (UnsafeRawBufferPointer) throws(RegistryError) -> Void
) throws(RegistryError) -> Digest {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("read", path) }
    defer { close(descriptor) }
    var hash = SHA256()
    var size = 0
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { unsafe block.deallocate() }
    while true {
        let count = unsafe read(descriptor, block.baseAddress, block.count)
        if count < 0 {
            if errno == EINTR { continue }
            throw .system("read", path)
        }
        if count == 0 { break }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: block[..<count])
        unsafe hash.update(bytes)
        try unsafe copy(bytes)
        size += count
    }
    return Digest(sha256: hash.finish(), size: size)
}
