/// Decodes lines that are no UTF-8 as Windows-1252, of which Latin-1 is the larger part. Lines in UTF-8 stay as they are:
/// hardly a text in Latin-1 happens to be UTF-8, and a model trained on one table reads others in UTF-8.
struct Latin1Decoder: Sendable {
    /// The start of a line.
    private var rest: [UInt8] = []

    mutating func decode(_ piece: [UInt8], ended: Bool) -> [UInt8] {
        let newline = UInt8(ascii: "\n")
        let size = ended ? piece.count : piece.lastIndex(of: newline).map { $0 + 1 } ?? 0
        guard size > 0 || ended else {
            rest += piece
            return []
        }
        let bytes = rest + piece[..<size]
        rest = Array(piece[size...])
        guard firstInvalid(bytes, size: bytes.count) != nil else { return bytes }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        for line in bytes.split(separator: newline, omittingEmptySubsequences: false) {
            if !text.isEmpty || line.startIndex > 0 { text.append(newline) }
            if line.contains(where: { $0 >= 0x80 }), firstInvalid(Array(line), size: line.count) != nil {
                for byte in line { Latin1Decoder.append(byte, to: &text) }
            } else {
                text += line
            }
        }
        return text
    }

    private static func append(_ byte: UInt8, to text: inout [UInt8]) {
        let scalar = (0x80...0x9F).contains(byte) ? extra[Int(byte - 0x80)] : UInt16(byte)
        if scalar < 0x80 {
            text.append(byte)
        } else {
            text += Array(String(UnicodeScalar(scalar).map(Character.init) ?? "\u{FFFD}").utf8)
        }
    }

    /// The characters of 0x80 to 0x9F. The five that Windows-1252 does not define are control characters, as on web pages.
    private static let extra: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
        0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161,
        0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}
