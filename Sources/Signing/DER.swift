import Base

/// A reader of DER (ITU-T X.690), as far as keys and signatures of ECDSA need it: short definite lengths.
struct DER {
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octets: UInt8 = 0x04
    static let identifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// Reads the next element if it has this tag; nil otherwise.
    mutating func read(_ tag: UInt8) -> ArraySlice<UInt8>? {
        guard rest.first == tag, let first = rest.dropFirst().first else { return nil }
        var content = rest.dropFirst(2)
        var length = Int(first)
        if first >= 0x80 {
            // One byte of length is enough for keys and signatures of P-256.
            guard first == 0x81, let more = content.popFirst(), more >= 0x80 else { return nil }
            length = Int(more)
        }
        guard content.count >= length else { return nil }
        rest = content.dropFirst(length)
        return content.prefix(length)
    }

    /// Reads a non-negative integer of at most 32 bytes, and pads it to 32.
    mutating func readNumber() -> [UInt8]? {
        guard var bytes = read(Self.integer), let first = bytes.first, first < 0x80 else { return nil }
        if first == 0 {
            bytes = bytes.dropFirst()
            // The shortest form is the only one: a zero is there to keep the sign.
            if let next = bytes.first, next < 0x80 { return nil }
        }
        guard bytes.count <= 32 else { return nil }
        return [UInt8](repeating: 0, count: 32 - bytes.count) + bytes
    }

    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag] + (content.count < 0x80 ? [UInt8(content.count)] : [0x81, UInt8(content.count)]) + content
    }

    static func number(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var digits = Array(bytes.drop { $0 == 0 })
        if digits.first ?? 0x80 >= 0x80 { digits.insert(0, at: 0) }
        return element(integer, digits)
    }
}
