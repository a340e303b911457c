/// An entry of the archive's directory.
public struct ZipMember: Equatable, Sendable {
    public var name: String
    /// Bytes, inflated and as stored.
    public var size, storedSize: Int
    public var crc: UInt32
    public var isDeflated: Bool
    /// The offsets of the local header and of the data.
    var headerOffset: Int
    var dataOffset = 0

    var end: Int { dataOffset + storedSize }
    var isFolder: Bool { name.hasSuffix("/") }
}

/// Parses a record of the central directory (APPNOTE 4.3.12).
struct DirectoryRecord {
    static let signature = 0x0201_4B50
    static let fixedSize = 46

    private let file: String
    private(set) var member: ZipMember

    init(_ fields: inout LittleEndianReader, file: String) throws(ZipError) {
        self.file = file
        let signature = fields.u32()
        _ = fields.take(4)  // Versions: made by, needed.
        let (flags, method) = (fields.u16(), fields.u16())
        _ = fields.take(4)  // Time and date.
        let crc = UInt32(fields.u32())
        let (stored, size) = (fields.u32(), fields.u32())
        let (nameLength, extraLength, commentLength) = (fields.u16(), fields.u16(), fields.u16())
        let disk = fields.u16()
        _ = fields.take(6)  // Attributes.
        let offset = fields.u32()
        let (name, extra) = (fields.take(nameLength), fields.take(extraLength))
        _ = fields.take(commentLength)
        guard signature == Self.signature, !fields.failed else {
            throw ZipError(
                .damaged, file: file, expected: "another entry of the directory", found: "other bytes")
        }
        guard let text = String(validating: name, as: UTF8.self) else {
            throw ZipError(.refused, file: file, expected: "names in UTF-8", found: "other bytes")
        }
        member = ZipMember(
            name: text, size: size, storedSize: stored, crc: crc, isDeflated: method == 8,
            headerOffset: offset)
        try readLargeSizes(extra, disk: disk)
        try check(flags: flags, method: method)
        try checkName()
    }

    /// Reads the zip64 extra field: numbers that do not fit into 32 bits, in a fixed order.
    private mutating func readLargeSizes(_ extra: ArraySlice<UInt8>, disk: Int) throws(ZipError) {
        let full = 0xFFFF_FFFF
        var disk = disk
        let wanted = member.size == full || member.storedSize == full || member.headerOffset == full
        var blocks = LittleEndianReader(extra)
        while wanted, blocks.left >= 4 {
            let (kind, length) = (blocks.u16(), blocks.u16())
            var block = LittleEndianReader(blocks.take(length))
            guard kind == 1 else { continue }
            if member.size == full { member.size = block.u64() }
            if member.storedSize == full { member.storedSize = block.u64() }
            if member.headerOffset == full { member.headerOffset = block.u64() }
            if disk == 0xFFFF { disk = block.u32() }
            guard !block.failed, !blocks.failed else {
                throw error(.damaged, expected: "64-bit sizes", found: "a field that is too short")
            }
            break
        }
        guard disk == 0 else { throw error(.refused, expected: "a single file", found: "a split archive") }
    }

    private func check(flags: Int, method: Int) throws(ZipError) {
        // Bit 0: encrypted; 5: patch data; 6: strong encryption; 13: encrypted directory.
        guard flags & 0x2061 == 0 else {
            throw error(.refused, expected: "unencrypted data", found: "encryption")
        }
        guard method == 0 || method == 8 else {
            throw error(
                .refused, expected: "stored or deflated data", found: "compression method \(method)",
                fix: "Create it again with deflate (zip -r), or without compression.")
        }
        guard member.isDeflated || member.size == member.storedSize else {
            throw error(
                .damaged, expected: "\(member.size) bytes, the size in the directory",
                found: "\(member.storedSize) stored")
        }
    }

    /// Rejects names that could lead out of the target folder.
    private func checkName() throws(ZipError) {
        let name = member.name
        let steps = name.split(separator: "/", omittingEmptySubsequences: false)
        let bad =
            name.isEmpty || name.hasPrefix("/") || name.contains("\\") || name.contains(":")
            || name.utf8.contains(0) || steps.contains("..") || steps.contains(".")
            || steps.dropLast().contains("") || name.utf8.count > 4096
        guard !bad else {
            throw error(.refused, expected: "a relative name without '..'", found: "another name")
        }
        if member.isFolder, member.size != 0 {
            throw error(.damaged, expected: "a folder without data", found: "\(member.size)")
        }
    }

    private func error(
        _ reason: ZipError.Reason, expected: String, found: String, fix: String? = nil
    ) -> ZipError {
        ZipError(reason, file: file, member: member.name, expected: expected, found: found, fix: fix)
    }
}
