import CZlib

/// A ZIP archive, open for reading. The whole directory is validated before anything is extracted.
///
/// Source of the format: PKWARE's APPNOTE 6.3. Supports stored and deflated members and zip64. Memory is
/// bounded by the archive's size and the inflated data, not by sizes in headers.
public struct ZipArchive: Sendable {
    /// In the order of the directory.
    public let members: [ZipMember]
    private let source: ByteSource
    private let limits: ZipLimits
    private let index: [String: Int]

    public init(path: String, limits: ZipLimits = ZipLimits()) throws(ZipError) {
        try self.init(ByteSource(path: path), limits)
    }

    /// Opens an archive from its bytes; `name` is for messages.
    public init(bytes: [UInt8], name: String, limits: ZipLimits = ZipLimits()) throws(ZipError) {
        try self.init(ByteSource(bytes: bytes, name: name), limits)
    }

    private init(_ source: ByteSource, _ limits: ZipLimits) throws(ZipError) {
        (self.source, self.limits) = (source, limits)
        let end = try DirectoryEnd(source)
        guard end.count <= limits.members else {
            throw ZipError(
                .tooLarge, file: source.name, expected: "at most \(limits.members) members",
                found: "\(end.count)")
        }
        guard end.count <= end.size / DirectoryRecord.fixedSize else {
            throw ZipError(
                .damaged, file: source.name, expected: "a directory of \(end.count) entries",
                found: "\(end.size) bytes")
        }
        var fields = LittleEndianReader(try source.read(end.offset, end.size))
        var members: [ZipMember] = []
        var index: [String: Int] = [:]
        for number in 0..<end.count {
            let member = try DirectoryRecord(&fields, file: source.name).member
            guard index.updateValue(number, forKey: member.name) == nil else {
                throw ZipError(
                    .refused, file: source.name, member: member.name, expected: "one member with that name",
                    found: "two")
            }
            members.append(member)
        }
        for number in members.indices { try Self.locate(&members[number], source, before: end.offset) }
        (self.members, self.index) = (members, index)
        try checkSizes()
        try checkOverlaps()
    }

    /// Locates a member's bytes by its local header, which must agree with the directory.
    private static func locate(_ member: inout ZipMember, _ source: ByteSource, before end: Int)
        throws(ZipError)
    {
        func damaged(_ expected: String, _ found: String) -> ZipError {
            ZipError(.damaged, file: source.name, member: member.name, expected: expected, found: found)
        }
        let fixedSize = 30
        guard member.headerOffset <= end - fixedSize else {
            throw damaged("a header before the directory", "byte \(member.headerOffset)")
        }
        var fields = LittleEndianReader(try source.read(member.headerOffset, fixedSize, of: member.name))
        let signature = fields.u32()
        _ = fields.take(4)  // Version and flags.
        let method = fields.u16()
        _ = fields.take(16)  // Time, and sizes that may be only after the data.
        let (nameLength, extraLength) = (fields.u16(), fields.u16())
        guard signature == 0x0403_4B50, method == (member.isDeflated ? 8 : 0) else {
            throw damaged("a header that matches the directory", "other bytes")
        }
        let name = try source.read(member.headerOffset + fixedSize, nameLength, of: member.name)
        guard name == Array(member.name.utf8) else {
            throw damaged("the same name in its header", "another name")
        }
        member.dataOffset = member.headerOffset + fixedSize + nameLength + extraLength
        guard member.dataOffset <= end, member.storedSize <= end - member.dataOffset else {
            throw damaged("\(member.storedSize) bytes", "fewer before the directory")
        }
    }

    private func checkSizes() throws(ZipError) {
        var total = 0
        for member in members {
            func tooLarge(_ expected: String) -> ZipError {
                ZipError(
                    .tooLarge, file: source.name, member: member.name, expected: expected,
                    found: "\(member.size) bytes out of \(member.storedSize)")
            }
            guard member.size <= limits.memberBytes else {
                throw tooLarge("at most \(limits.memberBytes) bytes")
            }
            guard member.size <= limits.freeBytes || member.size / limits.ratio <= member.storedSize else {
                throw tooLarge("at most \(limits.ratio) times the stored size")
            }
            total += member.size  // Cannot overflow: the limits are far below Int.max.
            guard total <= limits.totalBytes else {
                throw tooLarge("at most \(limits.totalBytes) bytes in all members together")
            }
        }
    }

    /// Rejects overlapping members, which let a small archive expand without limit (Fifield, "A better zip
    /// bomb", 2019).
    private func checkOverlaps() throws(ZipError) {
        let sorted = members.sorted { $0.headerOffset < $1.headerOffset }
        for (member, next) in zip(sorted, sorted.dropFirst()) where member.end > next.headerOffset {
            throw ZipError(
                .refused, file: source.name, member: next.name, expected: "bytes of its own",
                found: "bytes shared with \(member.name)")
        }
    }

    /// Returns true if a file starts like a ZIP archive.
    public static func begins(_ path: String) -> Bool {
        let start = try? ByteSource(path: path).read(0, 4)
        return start == [0x50, 0x4B, 3, 4] || start == [0x50, 0x4B, 5, 6]
    }

    public var names: [String] { members.map(\.name) }

    public func has(_ name: String) -> Bool { index[name] != nil }

    /// Returns a member's bytes, inflated, with the checksum verified.
    ///
    /// - Parameter limit: The maximum number of bytes.
    public func bytes(of name: String, limit: Int = .max) throws(ZipError) -> [UInt8] {
        guard let member = index[name].map({ members[$0] }) else {
            let names = members.prefix(6).map(\.name).joined(separator: ", ")
            throw ZipError(
                .noSuchMember, file: source.name, expected: "a member \(name)",
                found: members.isEmpty ? "an empty archive" : names + (members.count > 6 ? " …" : ""))
        }
        guard member.size <= limit else {
            throw ZipError(
                .tooLarge, file: source.name, member: name, expected: "at most \(limit) bytes",
                found: "\(member.size)")
        }
        var bytes = try source.read(member.dataOffset, member.storedSize, of: name)
        if member.isDeflated {
            guard let inflated = inflate(bytes, size: member.size) else {
                throw ZipError(
                    .damaged, file: source.name, member: name,
                    expected: "\(member.size) bytes of deflate data",
                    found: "damage")
            }
            bytes = inflated
        }
        guard checksum(bytes) == member.crc else {
            throw ZipError(
                .damaged, file: source.name, member: name, expected: "data that match the checksum",
                found: "other data")
        }
        return bytes
    }
}

/// Returns the CRC-32 that ZIP uses.
func checksum(_ bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { UInt32(unsafe crc32_z(0, $0.baseAddress, $0.count)) }
}
