import CZlib

/// The pixels as a PNG file without compression, for pictures within an SVG: the same bytes with every version of zlib.
func plainPNG(_ image: PixelImage) -> [UInt8] {
    var lines: [UInt8] = []
    let wide = image.columns * image.channels
    lines.reserveCapacity((wide + 1) * image.rows)
    for row in 0..<image.rows {
        lines.append(0)
        lines += image.values[row * wide..<(row + 1) * wide]
    }
    let header = bigEndian(image.columns) + bigEndian(image.rows) + [8, image.channels == 1 ? 0 : 2, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
        + chunk("IDAT", storedBlocks(lines)) + chunk("IEND", [])
}

private func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    let sum = unsafe body.withUnsafeBufferPointer { unsafe crc32_z(0, $0.baseAddress, $0.count) }
    return bigEndian(content.count) + body + bigEndian(Int(sum))
}

/// The bytes as a zlib stream of blocks that are stored as they are.
private func storedBlocks(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
        let length = min(bytes.count - start, 65_535)
        let isLast = start + length == bytes.count
        let (low, high) = (UInt8(length & 255), UInt8(length >> 8))
        stream += [isLast ? 1 : 0, low, high, ~low, ~high]
        stream += bytes[start..<start + length]
        start += length
    } while start < bytes.count
    let sum = unsafe bytes.withUnsafeBufferPointer { unsafe adler32_z(1, $0.baseAddress, $0.count) }
    return stream + bigEndian(Int(sum))
}

private func bigEndian(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }

func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for place in 0..<4 {
            text.append(place <= group.count ? alphabet[value >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
