import CZlib
import Glibc

/// Reads a file that may be gzipped, which its first two bytes tell.
@safe struct GzipReader: ~Copyable {
    let name: String
    private let handle: gzFile

    init(_ path: String) throws(DataError) {
        name = path
        let probe = try InputFile(path: path)
        let copy = dup(probe.descriptor)
        guard copy >= 0 else { throw .opening(path, errno) }
        guard let handle = unsafe gzdopen(copy, "rb") else {
            close(copy)
            throw .opening(path, ENOMEM)
        }
        unsafe self.handle = unsafe handle
        unsafe gzbuffer(handle, 1 << 17)
    }

    deinit { unsafe gzclose_r(handle) }

    /// Up to `count` bytes; fewer where the data end. Memory grows with what is really there, whatever `count` says.
    func read(_ count: Int) throws(DataError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let start = bytes.count
            let step = min(count - start, max(start, 1 << 16), 1 << 26)
            bytes += [UInt8](repeating: 0, count: step)
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Int(gzread(handle, buffer.baseAddress! + start, UInt32(step)))
            }
            bytes.removeLast(step - max(got, 0))
            try check()
            if got < step { break }
        }
        return bytes
    }

    private func check() throws(DataError) {
        var code: Int32 = 0
        let message = unsafe gzerror(handle, &code)
        switch code {
        case Z_OK, Z_STREAM_END:
            return
        case Z_BUF_ERROR:
            throw DataError(
                .badData, file: name, expected: "a whole gzip file", found: "one that ends too early",
                fix: "Download or copy it again.")
        case Z_ERRNO:
            throw .reading(name, errno)
        default:
            throw DataError(
                .badData, file: name, expected: "gzip data",
                found: unsafe message.map { unsafe String(cString: $0) } ?? "damage",
                fix: "Download or copy it again.")
        }
    }
}
