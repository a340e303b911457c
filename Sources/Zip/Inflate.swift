import CZlib

/// Inflates a raw deflate stream (RFC 1951) of exactly `size` bytes, or returns nil. Memory grows with the
/// output, up to `size`.
func inflate(_ bytes: [UInt8], size: Int) -> [UInt8]? {
    var stream = unsafe z_stream()
    // Negative: a raw deflate stream without a header.
    guard unsafe inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        return nil
    }
    defer { unsafe _ = inflateEnd(&stream) }
    var result: [UInt8] = []
    var taken = 0
    while true {
        // One byte more than allowed, to detect a stream that is too long.
        let room = min(max(result.count, 1 << 16), size - result.count + 1, 1 << 28)
        let start = result.count
        result += [UInt8](repeating: 0, count: room)
        let given = min(bytes.count - taken, 1 << 28)
        let status = unsafe bytes.withUnsafeBytes { input in
            unsafe result.withUnsafeMutableBytes { output in
                // zlib does not write here; its parameter only lacks a const.
                unsafe stream.next_in = UnsafeMutablePointer(
                    mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: taken))
                unsafe stream.avail_in = UInt32(given)
                unsafe stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(
                    by: start)
                unsafe stream.avail_out = UInt32(room)
                return unsafe inflate(&stream, Z_NO_FLUSH)
            }
        }
        let (got, used) = unsafe (room - Int(stream.avail_out), given - Int(stream.avail_in))
        taken += used
        result.removeLast(room - got)
        if status == Z_STREAM_END { return result.count == size && taken == bytes.count ? result : nil }
        guard status == Z_OK, got > 0 || used > 0, result.count <= size else { return nil }
    }
}
