import Digests
import Foundation

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
