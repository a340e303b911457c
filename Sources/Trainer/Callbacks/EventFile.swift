import Base
import Foundation
import WireFormat

/// An event file for TensorBoard: records of a message with its length and two checksums.
///
/// Source: TensorFlow's event.proto, summary.proto, tensor.proto and record_writer.
struct EventFile {
    private let file: LogFile

    /// Creates the file with a unique name in the folder, which is created if necessary.
    init(in folder: String) throws(CellarError) {
        let (now, process) = (Date(), ProcessInfo.processInfo)
        let start =
            "\(folder)/events.out.tfevents.\(Int(now.timeIntervalSince1970)).\(process.hostName)."
            + "\(process.processIdentifier)"
        var number = 0
        while FileSystem.exists("\(start).\(number).v2") { number += 1 }
        file = try LogFile("\(start).\(number).v2", .new)
        try write(Event(time: now.timeIntervalSince1970, content: .version))
    }

    func write(_ event: Event) throws(CellarError) { try file.write(Array(record(event.wireData))) }
}

/// An event at a time in seconds since 1970.
struct Event: WireMessage {
    var time: Double
    var step = 0
    var content: Content

    enum Content {
        /// The first event of a file.
        case version
        case scalar(tag: String, Float)
    }

    func write(to sink: inout some WireSink) {
        sink.double(1, time)
        if step != 0 { sink.int(2, step) }
        switch content {
        case .version:
            sink.text(3, "brain.Event:2")
            sink.message(10, Writer())
        case .scalar(let tag, let value): sink.message(5, Summary(tag: tag, value: value))
        }
    }
}

private struct Writer: WireMessage {
    func write(to sink: inout some WireSink) { sink.text(1, "cellar") }
}

/// One number as in TensorFlow 2: a tensor without axes with the metadata of the scalars plugin.
private struct Summary: WireMessage {
    var tag: String
    var value: Float

    func write(to sink: inout some WireSink) { sink.message(1, Entry(tag: tag, value: value)) }

    struct Entry: WireMessage {
        var tag: String
        var value: Float
        func write(to sink: inout some WireSink) {
            sink.text(1, tag)
            sink.message(8, Scalar(value: value))
            sink.message(9, Metadata())
        }
    }

    struct Scalar: WireMessage {
        var value: Float
        func write(to sink: inout some WireSink) {
            sink.int(1, 1)  // float32
            sink.message(2, NoAxes())
            var bytes = Data()
            for shift in stride(from: 0, to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
            }
            sink.bytes(4, bytes)
        }
    }

    struct NoAxes: WireMessage {
        func write(to sink: inout some WireSink) {}
    }

    struct Metadata: WireMessage {
        func write(to sink: inout some WireSink) { sink.message(1, Plugin()) }
        struct Plugin: WireMessage {
            func write(to sink: inout some WireSink) { sink.text(1, "scalars") }
        }
    }
}

/// Returns a record: length, checksum of the length, message, checksum of the message.
func record(_ message: Data) -> Data {
    func word(_ value: some FixedWidthInteger) -> Data {
        Data(
            stride(from: 0, to: value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) })
    }
    let length = word(UInt64(message.count))
    return length + word(maskedChecksum(length)) + message + word(maskedChecksum(message))
}

/// Returns the masked CRC-32C of TFRecord: rotated, with a constant added.
private func maskedChecksum(_ data: Data) -> UInt32 {
    var remainder = UInt32.max
    for byte in data {
        remainder ^= UInt32(byte)
        for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    let checksum = ~remainder
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
}
