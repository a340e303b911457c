import Base
import Foundation

/// The records of an event file: length, checksum of the length, message, checksum of the message.
///
/// Source: TensorFlow's record_writer (the TFRecord format).
public enum Records {
    /// Returns a message as a record.
    static func record(_ message: Data) -> Data {
        func word(_ value: some FixedWidthInteger) -> Data {
            Data(
                stride(from: 0, to: value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) })
        }
        let length = word(UInt64(message.count))
        return length + word(maskedChecksum([UInt8](length)[...])) + message
            + word(maskedChecksum([UInt8](message)[...]))
    }

    /// Calls `body` with each message. A record that is not complete is the end: its writer may still be at work.
    ///
    /// Throws for a record whose checksum is wrong.
    public static func forEach(
        _ bytes: [UInt8], file: String, _ body: (ArraySlice<UInt8>) throws(CellarError) -> Void
    ) throws(CellarError) {
        func number(_ count: Int, at place: Int) -> UInt64 {
            bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        var place = 0
        while bytes.count - place >= 16 {
            let length = number(8, at: place)
            guard UInt32(number(4, at: place + 8)) == maskedChecksum(bytes[place..<place + 8]) else {
                throw damaged(file, at: place)
            }
            guard length <= UInt64(bytes.count - place - 16) else { return }
            let message = bytes[place + 12..<place + 12 + Int(length)]
            guard UInt32(number(4, at: message.endIndex)) == maskedChecksum(message) else {
                throw damaged(file, at: place)
            }
            try body(message)
            place = message.endIndex + 4
        }
    }

    private static func damaged(_ file: String, at place: Int) -> CellarError {
        CellarError(
            .badData,
            "the checksum of the record at byte \(place) is wrong: this is no event file, or it is damaged.",
            file: file)
    }

    /// The masked CRC-32C of TFRecord: rotated, with a constant added.
    static func maskedChecksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder = remainder >> 8 ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
        }
        let checksum = ~remainder
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder >> 1 ^ (remainder & 1 == 1 ? 0x82F6_3B78 : 0)
        }
    }
}
