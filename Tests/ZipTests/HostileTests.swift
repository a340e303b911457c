import Foundation
import Testing

@testable import Zip

/// An archive whose every field may lie.
private struct Forged {
    struct Member {
        var name = "a"
        /// In its own header, where it differs.
        var localName: String?
        var bytes: [UInt8] = [1, 2, 3]
        var size: Int?
        var storedSize: Int?
        var crc: UInt32?
        var method = 0
        var flags = 0
        var disk = 0
        /// Where the directory says that the header is.
        var offset: Int?
        var extra: [UInt8] = []
    }

    var members: [Member]
    var count: Int?
    var directoryOffset: Int?
    var directorySize: Int?

    func bytes() -> [UInt8] {
        var all: [UInt8] = []
        var directory: [UInt8] = []
        func put(_ value: Int, _ size: Int, _ out: inout [UInt8]) {
            for byte in 0..<size { out.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
        }
        for member in members {
            let offset = all.count
            let sizes = [
                Int(member.crc ?? checksum(member.bytes)), member.storedSize ?? member.bytes.count,
                member.size ?? member.bytes.count,
            ]
            let local = Array((member.localName ?? member.name).utf8)
            put(0x0403_4B50, 4, &all)
            for value in [20, member.flags, member.method, 0, 0x21] { put(value, 2, &all) }
            for value in sizes { put(value, 4, &all) }
            put(local.count, 2, &all)
            put(0, 2, &all)
            all += local + member.bytes
            put(0x0201_4B50, 4, &directory)
            for value in [20, 20, member.flags, member.method, 0, 0x21] { put(value, 2, &directory) }
            for value in sizes { put(value, 4, &directory) }
            for value in [member.name.utf8.count, member.extra.count, 0, member.disk, 0] {
                put(value, 2, &directory)
            }
            put(0, 4, &directory)
            put(member.offset ?? offset, 4, &directory)
            directory += Array(member.name.utf8) + member.extra
        }
        let start = all.count
        all += directory
        put(0x0605_4B50, 4, &all)
        for value in [0, 0, count ?? members.count, count ?? members.count] { put(value, 2, &all) }
        put(directorySize ?? directory.count, 4, &all)
        put(directoryOffset ?? start, 4, &all)
        put(0, 2, &all)
        return all
    }
}

@Test("what is forged without a lie is sound")
func sound() throws {
    let archive = try ZipArchive(bytes: Forged(members: [.init(), .init(name: "b")]).bytes(), name: "x")
    #expect(try archive.bytes(of: "b") == [1, 2, 3])
}

@Test(
    "names that lead elsewhere are refused",
    arguments: [
        "../a", "a/../../b", "/etc/passwd", "C:\\x", "a\\b", "c:x", "", "a//b", "./a", "a\0b", "..", ".",
    ])
func names(name: String) throws {
    let error = #expect(throws: ZipError.self) {
        try ZipArchive(bytes: Forged(members: [.init(name: name)]).bytes(), name: "x")
    }
    #expect(error?.reason == .refused)
}

@Test("contradictions are errors")
func contradictions() throws {
    func error(_ forged: Forged) -> ZipError? {
        #expect(throws: ZipError.self) {
            let archive = try ZipArchive(bytes: forged.bytes(), name: "x")
            for member in archive.members { _ = try archive.bytes(of: member.name) }
        }
    }
    #expect(error(Forged(members: [.init(), .init()]))?.found == "two")
    #expect(error(Forged(members: [.init(flags: 1)]))?.found == "encryption")
    #expect(error(Forged(members: [.init(disk: 1)]))?.reason == .refused)
    #expect(error(Forged(members: [.init(localName: "b")]))?.reason == .damaged)
    #expect(error(Forged(members: [.init(crc: 5)]))?.found == "other data")
    #expect(error(Forged(members: [.init(method: 8)]))?.found == "damage")
    #expect(error(Forged(members: [.init(size: 4)]))?.reason == .damaged)
    #expect(error(Forged(members: [.init(size: 400, storedSize: 400)]))?.reason == .damaged)
    #expect(error(Forged(members: [.init(offset: 1_000_000)]))?.reason == .damaged)
    #expect(error(Forged(members: [.init(name: "a/")]))?.reason == .damaged)
    #expect(error(Forged(members: [.init()], count: 2))?.reason == .damaged)
    #expect(error(Forged(members: [.init()], count: 60_000))?.reason == .tooLarge)
    #expect(error(Forged(members: [.init()], directoryOffset: 0xFFFF_FFF0))?.reason == .damaged)
    #expect(error(Forged(members: [.init()], directorySize: 5))?.reason == .damaged)
    // Two entries of the directory for the bytes of one, as a bomb without a large file has them.
    let overlap = error(Forged(members: [.init(name: "b"), .init(name: "b2", localName: "b", offset: 0)]))
    #expect(overlap?.reason == .damaged)
    // A member whose data reach into the next one's header.
    #expect(
        error(Forged(members: [.init(size: 30, storedSize: 30), .init(name: "b")]))?.found
            == "bytes shared with a")
    // Sizes in 64 bits that no file has.
    let huge: [UInt8] = [1, 0, 16, 0] + [UInt8](repeating: 0xFF, count: 16)
    #expect(error(Forged(members: [.init(size: 0xFFFF_FFFF, storedSize: 0xFFFF_FFFF, extra: huge)])) != nil)
    #expect(
        error(Forged(members: [.init(size: 0xFFFF_FFFF, storedSize: 0xFFFF_FFFF, extra: [1, 0, 8, 0, 1])]))?
            .found == "a field that is too short")
}

/// `count` zero bytes in the fixed codes of deflate: 159 to one.
private func bomb(_ count: Int) -> [UInt8] {
    // A block with fixed codes: the literal 0, then copies of 258 bytes from one byte before.
    var (bits, used, out) = (UInt64(0), 0, [UInt8]())
    func put(_ value: Int, _ length: Int) {
        bits |= UInt64(value) << UInt64(used)
        used += length
        while used >= 8 {
            out.append(UInt8(truncatingIfNeeded: bits))
            (bits, used) = (bits >> 8, used - 8)
        }
    }
    put(0b011, 3)
    put(0b0000_1100, 8)  // Literal 0, its code 00110000 with the first bit first.
    for _ in 0..<count / 258 {
        put(0b1010_0011, 8)  // Length 258: code 11000101, the first bit first.
        put(0, 5)  // Distance 1.
    }
    put(0, 7)
    if used > 0 { put(0, 8 - used) }
    return out
}

@Test("a bomb is refused before and while it inflates")
func bombs() throws {
    let bytes = bomb(30 << 20)
    let size = 1 + (30 << 20) / 258 * 258
    func archive(_ member: Forged.Member, _ limits: ZipLimits = ZipLimits()) throws -> ZipArchive {
        try ZipArchive(bytes: Forged(members: [member]).bytes(), name: "x", limits: limits)
    }
    var strict = ZipLimits()
    strict.ratio = 100
    let honest = #expect(throws: ZipError.self) {
        try archive(.init(bytes: bytes, size: size, method: 8), strict)
    }
    #expect(honest?.reason == .tooLarge)
    // It says that it is small, and goes on: not more than what it said is ever taken.
    let liar = #expect(throws: ZipError.self) {
        try archive(.init(bytes: bytes, size: 1000, method: 8)).bytes(of: "a")
    }
    #expect(liar?.found == "damage")
    var limits = ZipLimits()
    let crc = checksum([UInt8](repeating: 0, count: size))
    let all = try archive(.init(bytes: bytes, size: size, crc: crc, method: 8), limits)
    #expect(try all.bytes(of: "a").count == size)
    #expect(throws: ZipError.self) { try all.bytes(of: "a", limit: 1 << 20) }
    limits.memberBytes = 10
    #expect(throws: ZipError.self) { try archive(.init(bytes: bytes, size: size, method: 8), limits) }
    limits = ZipLimits()
    limits.totalBytes = 5
    #expect(throws: ZipError.self) {
        try ZipArchive(
            bytes: Forged(members: [.init(), .init(name: "b")]).bytes(), name: "x", limits: limits)
    }
}
