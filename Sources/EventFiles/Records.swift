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

    /// A longer message is passed over: it holds pictures or weights, and no file shall fill the memory.
    static let longest = 1 << 26

    /// Calls `body` with each message of a file; with nil for one that is too long to be read. A record that is not complete is the
    /// end: its writer may still be at work.
    ///
    /// Throws for a record whose checksum is wrong.
    static func forEach(
        in path: String, longest: Int = longest, _ body: (ArraySlice<UInt8>?) throws(CellarError) -> Void
    ) throws(CellarError) {
        var bytes = try ByteWindow(path)
        while try bytes.fill(12) {
            let length = bytes.number(8, at: 0)
            guard UInt32(bytes.number(4, at: 8)) == maskedChecksum(bytes.prefix(8)) else {
                throw damaged(path, at: bytes.place)
            }
            let start = bytes.place
            bytes.drop(12)
            var sum = CRC32C()
            if length <= UInt64(longest) {
                let count = Int(length)
                guard try bytes.fill(count + 4) else { return }
                sum.add(bytes.prefix(count))
                guard UInt32(bytes.number(4, at: count)) == sum.masked else { throw damaged(path, at: start) }
                try body(bytes.prefix(count))
                bytes.drop(count + 4)
            } else {
                var rest = length
                while rest > 0 {
                    let count = Int(min(rest, 1 << 16))
                    guard try bytes.fill(count) else { return }
                    sum.add(bytes.prefix(count))
                    bytes.drop(count)
                    rest -= UInt64(count)
                }
                guard try bytes.fill(4) else { return }
                guard UInt32(bytes.number(4, at: 0)) == sum.masked else { throw damaged(path, at: start) }
                try body(nil)
                bytes.drop(4)
            }
        }
    }

    private static func damaged(_ file: String, at place: Int) -> CellarError {
        CellarError(
            .badData,
            "the checksum of the record at byte \(place) is wrong: this is no event file, or it is damaged.",
            file: file)
    }

    static func maskedChecksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum = CRC32C()
        sum.add(bytes)
        return sum.masked
    }
}

/// The CRC-32C of bytes that come one after the other.
private struct CRC32C {
    private var remainder = UInt32.max

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            remainder = remainder >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
        }
    }

    /// TFRecord's form: rotated, with a constant added.
    var masked: UInt32 {
        let checksum = ~remainder
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder >> 1 ^ (remainder & 1 == 1 ? 0x82F6_3B78 : 0)
        }
    }
}

/// The next bytes of a file.
private struct ByteWindow: ~Copyable {
    private let file: InputFile
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    private var (start, end) = (0, 0)
    /// The position of the next byte in the file.
    private(set) var place = 0

    init(_ path: String) throws(CellarError) { file = try InputFile(path: path) }

    /// Reads until `count` bytes are there. Returns false if the file ends before.
    mutating func fill(_ count: Int) throws(CellarError) -> Bool {
        guard end - start < count else { return true }
        buffer.removeSubrange(..<start)
        end -= start
        start = 0
        while end < count {
            // The buffer grows with the bytes that arrive, and not with a length that the file claims.
            let room = min(max(count, 1 << 16), max(2 * end, 1 << 16))
            if buffer.count < room { buffer += [UInt8](repeating: 0, count: room - buffer.count) }
            let read = try file.read(into: &buffer, at: end)
            if read == 0 { return false }
            end += read
        }
        return true
    }

    func prefix(_ count: Int) -> ArraySlice<UInt8> { buffer[start..<start + count] }

    func number(_ size: Int, at offset: Int) -> UInt64 {
        buffer[start + offset..<start + offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func drop(_ count: Int) {
        start += count
        place += count
    }
}
