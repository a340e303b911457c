import Base
import Foundation

/// What a file's bytes are: their SHA-256 in lower-case hex, and how many they are.
struct Digest: Equatable {
    let sha256: String
    let size: Int
}

/// Reads a file from end to end, 1 MiB at a time.
func digest(ofFile path: String) throws(CellarError) -> Digest {
    try unsafe digest(ofFile: path, copy: { _ in })
}

/// As above; each block also goes to `copy`.
func digest(
    ofFile path: String, copy: (UnsafeRawBufferPointer) throws(CellarError) -> Void
) throws(CellarError) -> Digest {
    var (hash, size) = (SHA256(), 0)
    func failure(_ code: Int32) -> CellarError {
        errno = code
        return .system("read", path)
    }
    try unsafe readBlocks(ofFile: path, failure: failure) { (block) throws(CellarError) in
        unsafe hash.update(block)
        try unsafe copy(block)
        size += block.count
    }
    return Digest(sha256: hash.finish(), size: size)
}
