import Base
import Glibc

/// The bytes of an archive: an open file or an array. Reads are bounds-checked.
final class ByteSource: Sendable {
    let name: String
    let count: Int
    /// -1 for bytes in memory.
    private let descriptor: Int32
    private let bytes: [UInt8]

    init(path: String) throws(ZipError) {
        func fail(_ found: String) -> ZipError {
            ZipError(.notReadable, file: path, expected: "a readable file", found: found)
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw fail("an invalid path") }
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw fail(systemMessage(errno)) }
        var about = stat()
        guard unsafe fstat(descriptor, &about) == 0, about.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw fail("a folder, pipe or device")
        }
        (self.descriptor, name, count, bytes) = (descriptor, path, Int(about.st_size), [])
    }

    init(bytes: [UInt8], name: String) {
        (self.bytes, self.name, count, descriptor) = (bytes, name, bytes.count, -1)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Reads `length` bytes at `offset`, or throws if the archive is shorter.
    func read(_ offset: Int, _ length: Int, of member: String = "") throws(ZipError) -> [UInt8] {
        guard offset >= 0, length >= 0, length <= count, offset <= count - length else {
            throw ZipError(
                .damaged, file: name, member: member, expected: "\(length) bytes at byte \(offset)",
                found: "an archive of \(count) bytes")
        }
        guard descriptor >= 0 else { return Array(bytes[offset..<offset + length]) }
        var failure = false
        let result = unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, used in
            used = 0
            while used < length {
                let got = unsafe pread(
                    descriptor,
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[used...])
                        .baseAddress, length - used, offset + used)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return failure = true }
                used += got
            }
        }
        guard !failure else {
            throw ZipError(
                .notReadable, file: name, member: member, expected: "to read the file",
                found: systemMessage(errno))
        }
        return result
    }
}

/// Reads consecutive little-endian numbers. Reading past the end sets `failed` and returns 0.
struct LittleEndianReader {
    private let bytes: ArraySlice<UInt8>
    private(set) var at: Int
    private(set) var failed = false

    init(_ bytes: ArraySlice<UInt8>) { (self.bytes, at) = (bytes, bytes.startIndex) }
    init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    var left: Int { bytes.endIndex - at }

    private mutating func number(_ size: Int) -> UInt64 {
        guard left >= size else {
            failed = true
            return 0
        }
        defer { at += size }
        return (0..<size).reduce(0) { $0 | UInt64(bytes[at + $1]) << (8 * UInt64($1)) }
    }

    mutating func u16() -> Int { Int(number(2)) }
    mutating func u32() -> Int { Int(number(4)) }
    /// Clamped, because no file is larger than `Int.max`.
    mutating func u64() -> Int { Int(clamping: number(8)) }

    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        guard count <= left else {
            failed = true
            return []
        }
        defer { at += count }
        return bytes[at..<at + count]
    }
}
