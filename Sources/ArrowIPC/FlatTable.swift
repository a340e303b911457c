import Base

/// The bytes of one FlatBuffers message, from an untrusted stream.
///
/// Every access is checked against the bounds. Positions in a message may point to the same bytes again and again, so that a
/// short message could describe a very large one: all texts and lists together are limited to the message's own size.
final class FlatMessage {
    fileprivate let bytes: [UInt8]
    private var budget: Int

    init(_ bytes: [UInt8]) { (self.bytes, budget) = (bytes, bytes.count) }

    /// The table that the message begins with.
    func root() throws(CellarError) -> FlatTable {
        try FlatTable(self, at: Int(integer(UInt32.self, at: 0)))
    }

    fileprivate func integer<T: FixedWidthInteger>(
        _ type: T.Type, at position: Int
    ) throws(CellarError) -> T {
        let size = MemoryLayout<T>.size
        guard position >= 0, position <= bytes.count - size else { throw .damagedArrow("a position outside") }
        var value: T = 0
        for index in 0..<size { value |= T(truncatingIfNeeded: bytes[position + index]) << T(8 * index) }
        return value
    }

    /// The position that the offset at `position` points to.
    fileprivate func target(of position: Int) throws(CellarError) -> Int {
        let target = try position + Int(integer(UInt32.self, at: position))
        guard target < bytes.count else { throw .damagedArrow("a position outside") }
        return target
    }

    fileprivate func spend(_ count: Int) throws(CellarError) {
        guard count <= budget else { throw .damagedArrow("parts that overlap") }
        budget -= count
    }

    fileprivate func text(at position: Int) throws(CellarError) -> String {
        guard let text = String(validating: try textBytes(at: position), as: UTF8.self)
        else { throw .damagedArrow("a name that is not UTF-8") }
        return text
    }

    fileprivate func textBytes(at position: Int) throws(CellarError) -> ArraySlice<UInt8> {
        let count = Int(try integer(UInt32.self, at: position))
        guard count <= bytes.count - position - 4 else { throw .damagedArrow("a text outside") }
        try spend(count)
        return bytes[(position + 4)..<(position + 4 + count)]
    }
}

/// A table of a FlatBuffers message: its fields have numbers ("slots"), and a missing field has its default value.
struct FlatTable {
    private let message: FlatMessage
    private let start: Int
    /// The position and the size of the list that says where each field is.
    private let fields, fieldsSize: Int

    fileprivate init(_ message: FlatMessage, at start: Int) throws(CellarError) {
        (self.message, self.start) = (message, start)
        fields = start - Int(try message.integer(Int32.self, at: start))
        fieldsSize = Int(try message.integer(UInt16.self, at: fields))
        guard fieldsSize >= 4, fields <= message.bytes.count - fieldsSize else {
            throw .damagedArrow("a table outside")
        }
    }

    /// The position of a field; nil if it is missing.
    private func place(_ slot: Int) throws(CellarError) -> Int? {
        let entry = 4 + 2 * slot
        guard entry + 2 <= fieldsSize else { return nil }
        let offset = try message.integer(UInt16.self, at: fields + entry)
        return offset == 0 ? nil : start + Int(offset)
    }

    func integer<T: FixedWidthInteger>(_ slot: Int, or standard: T) throws(CellarError) -> T {
        guard let place = try place(slot) else { return standard }
        return try message.integer(T.self, at: place)
    }

    func has(_ slot: Int) throws(CellarError) -> Bool { try place(slot) != nil }

    func text(_ slot: Int) throws(CellarError) -> String? {
        guard let place = try place(slot) else { return nil }
        return try message.text(at: message.target(of: place))
    }

    /// The bytes of a text that may be no UTF-8.
    func textBytes(_ slot: Int) throws(CellarError) -> [UInt8]? {
        guard let place = try place(slot) else { return nil }
        return Array(try message.textBytes(at: message.target(of: place)))
    }

    func table(_ slot: Int) throws(CellarError) -> FlatTable? {
        guard let place = try place(slot) else { return nil }
        return try FlatTable(message, at: message.target(of: place))
    }

    /// The position of the first element and the number of elements of `size` bytes each.
    private func vector(_ slot: Int, size: Int) throws(CellarError) -> (start: Int, count: Int) {
        guard let place = try place(slot) else { return (0, 0) }
        let start = try message.target(of: place)
        let count = Int(try message.integer(UInt32.self, at: start))
        guard count <= (message.bytes.count - start - 4) / size else { throw .damagedArrow("a list outside") }
        try message.spend(count * size)
        return (start + 4, count)
    }

    func tables(_ slot: Int) throws(CellarError) -> [FlatTable] {
        let (start, count) = try vector(slot, size: 4)
        var tables: [FlatTable] = []
        for index in 0..<count {
            tables.append(try FlatTable(message, at: message.target(of: start + 4 * index)))
        }
        return tables
    }

    /// A list of structs of two 64-bit integers each.
    func pairs(_ slot: Int) throws(CellarError) -> [(Int64, Int64)] {
        let (start, count) = try vector(slot, size: 16)
        var pairs: [(Int64, Int64)] = []
        pairs.reserveCapacity(count)
        for index in 0..<count {
            let place = start + 16 * index
            pairs.append(
                (
                    try message.integer(Int64.self, at: place),
                    try message.integer(Int64.self, at: place + 8)
                ))
        }
        return pairs
    }
}

extension CellarError {
    /// An error about an Arrow stream that does not keep to the format.
    static func damagedArrow(_ what: String) -> CellarError {
        CellarError(
            .badData, "the Arrow stream is damaged: it has \(what).",
            remedy: "Write it again; IPC streams of Arrow end in .arrows or come from `pa.ipc.new_stream`.")
    }
}
