import Base
import CZlib
import Glibc

/// Reads a file, decompressing it if its first two bytes are gzip's.
@safe struct GzipReader: ~Copyable {
    let name: String
    private let handle: gzFile
    /// The maximum size of the output: deflate expands a byte to at most 1,032.
    private let outputLimit: Int?

    init(_ path: String) throws(CellarError) {
        let probe = try InputFile(path: path)
        let copy = dup(probe.descriptor)
        guard copy >= 0 else { throw .opening(path, errno) }
        guard let handle = unsafe gzdopen(copy, "rb") else {
            close(copy)
            throw .opening(path, ENOMEM)
        }
        name = path
        outputLimit = probe.size.map { $0 > Int.max / 1_032 ? Int.max : $0 * 1_032 }
        unsafe self.handle = unsafe handle
        unsafe gzbuffer(handle, 1 << 17)
    }

    deinit { unsafe gzclose_r(handle) }

    /// Reads up to `count` bytes; fewer at the end. The buffer grows with the data, because `count` comes
    /// from the file and may be wrong.
    func read(_ count: Int) throws(CellarError) -> [UInt8] {
        let room = [UInt8](repeating: 0, count: min(count, 1 << 20))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, outputLimit ?? room.count))
        while bytes.count < count {
            let start = bytes.count
            let step = min(count - start, room.count)
            bytes += room.prefix(step)
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Int(gzread(handle, buffer.baseAddress! + start, UInt32(step)))
            }
            bytes.removeLast(step - max(got, 0))
            try check()
            if got < step { break }
        }
        return bytes
    }

    private func check() throws(CellarError) {
        var code: Int32 = 0
        let message = unsafe gzerror(handle, &code)
        switch code {
        case Z_OK, Z_STREAM_END:
            return
        case Z_BUF_ERROR:
            throw CellarError(
                .badData, file: name, expected: "a complete gzip file", found: "a truncated file",
                fix: "Download or copy it again.")
        case Z_ERRNO:
            throw .reading(name, errno)
        default:
            throw CellarError(
                .badData, file: name, expected: "gzip data",
                // zlib starts its message with the descriptor, "<fd:4>: ".
                found: unsafe message.map {
                    String(unsafe String(cString: $0).trimmingPrefix(while: { $0 != " " }).dropFirst())
                } ?? "damage",
                fix: "Download or copy it again.")
        }
    }
}
