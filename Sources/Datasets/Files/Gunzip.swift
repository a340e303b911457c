import Base
import CZlib

/// Decompresses gzip that arrives in pieces, one or several members.
@safe final class Gunzip: @unchecked Sendable {
    // One table is read by one thread at a time: `CSVReader` is not copyable.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let name: String
    /// True between members: the file may end here.
    private var isBetween = false

    init(_ name: String) throws(CellarError) {
        self.name = name
        unsafe stream.initialize(to: z_stream())
        // 31: a gzip header and a window of 32 KB.
        guard unsafe inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw CellarError(.outOfMemory, "no memory to decompress.", file: name) }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func decode(_ bytes: [UInt8]) throws(CellarError) -> [UInt8] {
        var result: [UInt8] = []
        var taken = 0
        let room = 1 << 18
        var isFull = false
        while taken < bytes.count || isFull {
            if isBetween {
                // Some programs pad the file with zeros.
                while taken < bytes.count, bytes[taken] == 0 { taken += 1 }
                guard taken < bytes.count else { break }
                unsafe inflateReset(stream)
                isBetween = false
            }
            let start = result.count
            result += [UInt8](repeating: 0, count: room)
            let status = unsafe bytes.withUnsafeBytes { input in
                unsafe result.withUnsafeMutableBytes { output in
                    // zlib does not write here; its parameter only lacks a const.
                    unsafe stream.pointee.next_in = UnsafeMutablePointer(
                        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                            .advanced(by: taken))
                    unsafe stream.pointee.avail_in = UInt32(bytes.count - taken)
                    unsafe stream.pointee.next_out = output.baseAddress?
                        .assumingMemoryBound(to: UInt8.self).advanced(by: start)
                    unsafe stream.pointee.avail_out = UInt32(room)
                    return unsafe inflate(stream, Z_NO_FLUSH)
                }
            }
            result.removeLast(Int(unsafe stream.pointee.avail_out))
            taken = bytes.count - Int(unsafe stream.pointee.avail_in)
            isBetween = status == Z_STREAM_END
            isFull = unsafe stream.pointee.avail_out == 0 && !isBetween
            guard isBetween || status == Z_OK || status == Z_BUF_ERROR else { throw damage("damage") }
        }
        return result
    }

    func finish() throws(CellarError) {
        guard isBetween else { throw damage("a truncated file") }
    }

    private func damage(_ found: String) -> CellarError {
        CellarError(
            .badData, file: name, expected: "a complete gzip file", found: found,
            fix: "Download or copy it again.")
    }
}
