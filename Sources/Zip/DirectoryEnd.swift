/// The end-of-central-directory record (APPNOTE 4.3.14 to 4.3.16).
struct DirectoryEnd {
    let count, offset, size: Int
    /// The offset of the record. Everything else is before it.
    let place: Int

    private static let fixedSize = 22
    private static let (endSignature, locatorSignature, largeSignature) = (
        0x0605_4B50, 0x0706_4B50, 0x0606_4B50
    )

    init(_ source: ByteSource) throws(ZipError) {
        func damaged(_ expected: String, _ found: String) -> ZipError {
            ZipError(.damaged, file: source.name, expected: expected, found: found)
        }
        let start = try source.read(0, min(4, source.count))
        guard [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6]].contains(start) else {
            throw ZipError(
                .notZip, file: source.name, expected: "a ZIP archive",
                found: source.count == 0 ? "an empty file" : "other data (\(source.count) bytes)")
        }
        // A comment of up to 65,535 bytes can follow the record.
        let tailSize = min(source.count, Self.fixedSize + 65_535)
        let tail = try source.read(source.count - tailSize, tailSize)
        guard let at = Self.find(in: tail) else {
            throw damaged("the directory at the end of the archive", "a truncated archive")
        }
        var fields = LittleEndianReader(tail[at...])
        _ = fields.u32()
        let (disk, directoryDisk, onDisk) = (fields.u16(), fields.u16(), fields.u16())
        var (count, size, offset) = (fields.u16(), fields.u32(), fields.u32())
        var place = source.count - tailSize + at
        if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF, place >= 20 {
            var locator = LittleEndianReader(try source.read(place - 20, 20))
            if locator.u32() == Self.locatorSignature {
                _ = locator.u32()
                place = locator.u64()
                var large = LittleEndianReader(try source.read(place, 56))
                guard large.u32() == Self.largeSignature else {
                    throw damaged("the zip64 end record", "other bytes")
                }
                _ = large.take(20)  // Its own size, versions, disks.
                _ = large.u64()
                (count, size, offset) = (large.u64(), large.u64(), large.u64())
            }
        } else if disk != 0 || directoryDisk != 0 || onDisk != count {
            throw ZipError(.refused, file: source.name, expected: "a single file", found: "a split archive")
        }
        guard offset <= place, size <= place - offset else {
            throw damaged("a directory of \(size) bytes at byte \(offset)", "its end at byte \(place)")
        }
        (self.count, self.offset, self.size, self.place) = (count, offset, size, place)
    }

    /// Searches backwards for a signature whose comment ends exactly at the end of the archive.
    private static func find(in tail: [UInt8]) -> Int? {
        guard tail.count >= fixedSize else { return nil }
        for at in stride(from: tail.count - fixedSize, through: 0, by: -1) where tail[at] == 0x50 {
            var fields = LittleEndianReader(tail[at...])
            guard fields.u32() == endSignature else { continue }
            _ = fields.take(16)
            if fields.u16() == tail.count - at - fixedSize { return at }
        }
        return nil
    }
}
