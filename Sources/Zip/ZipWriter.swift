/// Writes an archive of stored members. All timestamps are 1980-01-01, so that the same members give the same
/// bytes.
///
/// Sizes beyond 4 GiB use zip64 fields.
public struct ZipWriter {
    private var members: [ZipMember] = []
    private var pieces: [[UInt8]] = []
    private var size = 0

    public init() {}

    /// Appends a member. Its bytes are not copied.
    public mutating func add(_ name: String, _ bytes: [UInt8]) {
        let member = ZipMember(
            name: name, size: bytes.count, storedSize: bytes.count, crc: checksum(bytes), isDeflated: false,
            headerOffset: size)
        precondition(!members.contains { $0.name == name }, "two members \(name)")
        members.append(member)
        var header = LittleEndianWriter()
        header.u32(0x0403_4B50)
        header.common(member)
        let extra = member.isLarge ? LittleEndianWriter.large([member.size, member.storedSize]) : []
        header.u16(extra.count)
        append(header.bytes + Array(name.utf8) + extra)
        append(bytes)
    }

    private mutating func append(_ bytes: [UInt8]) {
        pieces.append(bytes)
        size += bytes.count
    }

    /// Returns the archive as consecutive pieces.
    public func finished() -> [[UInt8]] {
        var directory = LittleEndianWriter()
        for member in members {
            let isFar = member.headerOffset >= LittleEndianWriter.full
            var numbers = member.isLarge ? [member.size, member.storedSize] : []
            if isFar { numbers.append(member.headerOffset) }
            let extra = numbers.isEmpty ? [] : LittleEndianWriter.large(numbers)
            directory.u32(DirectoryRecord.signature)
            directory.u16(0x031E)  // Created by a Unix program.
            directory.common(member)
            directory.u16(extra.count)
            directory.u16(0)
            directory.u16(0)
            directory.u16(0)
            directory.u32(0o100644 << 16)  // A regular file, readable by all.
            directory.u32(isFar ? LittleEndianWriter.full : member.headerOffset)
            directory.bytes += Array(member.name.utf8) + extra
        }
        var end = LittleEndianWriter()
        let directorySize = directory.bytes.count
        let isLarge =
            members.count >= 0xFFFF || size >= LittleEndianWriter.full
            || directorySize >= LittleEndianWriter.full
        if isLarge {
            end.u32(0x0606_4B50)
            end.u64(44)
            end.u16(0x031E)
            end.u16(45)
            end.u32(0)
            end.u32(0)
            for number in [members.count, members.count, directorySize, size] { end.u64(number) }
            end.u32(0x0706_4B50)
            end.u32(0)
            end.u64(size + directorySize)
            end.u32(1)
        }
        end.u32(0x0605_4B50)
        end.u32(0)
        end.u16(min(members.count, 0xFFFF))
        end.u16(min(members.count, 0xFFFF))
        end.u32(isLarge ? LittleEndianWriter.full : directorySize)
        end.u32(isLarge ? LittleEndianWriter.full : size)
        end.u16(0)
        return pieces + [directory.bytes, end.bytes]
    }
}

extension ZipMember {
    fileprivate var isLarge: Bool { size >= LittleEndianWriter.full }
}

/// A sequence of little-endian numbers.
private struct LittleEndianWriter {
    static let full = 0xFFFF_FFFF
    var bytes: [UInt8] = []

    mutating func u16(_ value: Int) { append(value, 2) }
    mutating func u32(_ value: Int) { append(value, 4) }
    mutating func u64(_ value: Int) { append(value, 8) }

    private mutating func append(_ value: Int, _ size: Int) {
        for byte in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }

    /// Writes the fields common to the local header and the directory entry, up to the length of the name.
    mutating func common(_ member: ZipMember) {
        u16(member.isLarge || member.headerOffset >= LittleEndianWriter.full ? 45 : 20)
        u16(0x0800)  // The name is UTF-8.
        u16(0)  // Stored.
        u16(0)
        u16(0x21)  // 1980-01-01.
        u32(Int(member.crc))
        u32(member.isLarge ? LittleEndianWriter.full : member.storedSize)
        u32(member.isLarge ? LittleEndianWriter.full : member.size)
        u16(member.name.utf8.count)
    }

    /// Returns the zip64 extra field.
    static func large(_ numbers: [Int]) -> [UInt8] {
        var record = LittleEndianWriter()
        record.u16(1)
        record.u16(8 * numbers.count)
        for number in numbers { record.u64(number) }
        return record.bytes
    }
}
