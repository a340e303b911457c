import Foundation
import TestSupport
import Testing

@testable import Zip

private func bytes() -> [UInt8] {
    var writer = ZipWriter()
    writer.add("metadata.json", Array("{}".utf8))
    writer.add("assets/é.txt", text)
    writer.add("empty", [])
    return writer.finished().flatMap { $0 }
}

@Test("what is written is read, and the same members are the same bytes")
func roundTrip() throws {
    let archive = try ZipArchive(bytes: bytes(), name: "x")
    #expect(archive.members.map(\.name) == ["metadata.json", "assets/é.txt", "empty"])
    #expect(try archive.bytes(of: "assets/é.txt") == text)
    #expect(try archive.bytes(of: "empty") == [])
    #expect(bytes() == bytes())
    #expect(try ZipArchive(bytes: ZipWriter().finished().flatMap { $0 }, name: "x").members.isEmpty)
}
