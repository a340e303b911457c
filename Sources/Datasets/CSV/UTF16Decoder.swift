import Base

/// Decodes UTF-16 that arrives in pieces.
struct UTF16Decoder: Sendable {
    let isBigEndian: Bool
    /// An odd byte, or the first half of a pair of surrogates.
    private var rest: [UInt8] = []
    private var lines = 0

    init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

    mutating func decode(
        _ piece: ArraySlice<UInt8>, ended: Bool, _ file: String
    ) throws(CellarError) -> [UInt8] {
        let bytes = rest + piece
        var units = stride(from: 0, to: bytes.count - 1, by: 2).map { place in
            let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        if !ended, let last = units.last, UTF16.isLeadSurrogate(last) { units.removeLast() }
        rest = Array(bytes[(2 * units.count)...])
        var text: [UInt8] = []
        text.reserveCapacity(units.count)
        let failed = transcode(
            units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true
        ) { text.append($0) }
        guard !failed, !ended || rest.isEmpty else {
            throw CellarError(
                .badData, file: file, line: lines + text.count { $0 == UInt8(ascii: "\n") } + 1,
                expected: "UTF-16 text", found: "an invalid or incomplete character",
                fix: "Save the table as UTF-8.")
        }
        lines += text.count { $0 == UInt8(ascii: "\n") }
        return text
    }
}
