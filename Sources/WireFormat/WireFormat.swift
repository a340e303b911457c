import Foundation

/// A protocol buffers message: fields with numbers, in any order; missing fields are omitted.
public protocol WireMessage {
    func write(to sink: inout some WireSink)
}

/// A destination for encoded bytes. Source of the format: https://protobuf.dev/programming-guides/encoding
public protocol WireSink {
    mutating func put(_ byte: UInt8)
    mutating func put(_ data: Data)
}

/// Counts bytes without writing them, because an embedded message is preceded by its length.
struct WireCounter: WireSink {
    private(set) var count = 0
    mutating func put(_ byte: UInt8) { count += 1 }
    mutating func put(_ data: Data) { count += data.count }
}

struct WireWriter: WireSink {
    private(set) var data = Data()
    init(capacity: Int) { data.reserveCapacity(capacity) }
    mutating func put(_ byte: UInt8) { data.append(byte) }
    mutating func put(_ data: Data) { self.data.append(data) }
}

extension WireMessage {
    /// The encoded size in bytes.
    public var wireSize: Int {
        var counter = WireCounter()
        write(to: &counter)
        return counter.count
    }

    public var wireData: Data {
        var writer = WireWriter(capacity: wireSize)
        write(to: &writer)
        return writer.data
    }
}

extension WireSink {
    /// Writes seven bits per byte, lowest first. All bytes except the last have the eighth bit set.
    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        put(UInt8(rest))
    }

    private mutating func key(_ field: Int, _ kind: Int) { varint(UInt64(field << 3 | kind)) }

    public mutating func int(_ field: Int, _ value: Int) {
        key(field, 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    public mutating func float(_ field: Int, _ value: Float) {
        key(field, 5)
        put(littleEndian: value.bitPattern)
    }

    public mutating func double(_ field: Int, _ value: Double) {
        key(field, 1)
        put(littleEndian: value.bitPattern)
    }

    public mutating func put(littleEndian value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            put(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    public mutating func bytes(_ field: Int, _ value: Data) {
        key(field, 2)
        varint(UInt64(value.count))
        put(value)
    }

    public mutating func text(_ field: Int, _ value: String) { bytes(field, Data(value.utf8)) }

    public mutating func message(_ field: Int, _ value: some WireMessage) {
        key(field, 2)
        varint(UInt64(value.wireSize))
        value.write(to: &self)
    }
}
