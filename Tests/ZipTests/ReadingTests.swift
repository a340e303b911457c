import Foundation
import TestSupport
import Testing

@testable import Zip

func golden(_ name: String) -> String {
    Fixtures.repository.appendingPathComponent("Tests/ZipTests/Golden/\(name)").path
}

let text = Array(String(repeating: "weights and more weights ", count: 40).utf8)

@Test("what Python's zipfile wrote is read", arguments: ["stored", "deflated", "zip64", "piped"])
func pythons(name: String) throws {
    let path = golden(name + ".zip")
    for archive in [
        try ZipArchive(path: path),
        try ZipArchive(bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), name: "b"),
    ] {
        #expect(archive.members.map(\.name) == ["config.json", "model.weights.h5", "empty"])
        #expect(try archive.bytes(of: "config.json") == Array("{}".utf8))
        #expect(try archive.bytes(of: "model.weights.h5") == text)
        #expect(try archive.bytes(of: "empty") == [])
        #expect(archive.has("empty") && !archive.has("metadata.json"))
    }
}

@Test("folders, names beyond ASCII and an archive of nothing are read")
func names() throws {
    let archive = try ZipArchive(path: golden("names.zip"))
    #expect(archive.members.map(\.name) == ["assets/", "assets/é𝄞.txt"])
    #expect(try archive.bytes(of: "assets/é𝄞.txt") == text)
    #expect(try ZipArchive(path: golden("none.zip")).members.isEmpty)
}

@Test("every way of being no archive has its own answer")
func wrongFiles() throws {
    func reason(_ bytes: [UInt8]) -> ZipError.Reason? {
        (#expect(throws: ZipError.self) { try ZipArchive(bytes: bytes, name: "x") })?.reason
    }
    #expect(reason([]) == .notZip)
    #expect(reason(Array("no archive".utf8)) == .notZip)
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: golden("deflated.zip"))))
    for length in 4..<whole.count { #expect(reason(Array(whole[..<length])) == .damaged) }
    let absent = #expect(throws: ZipError.self) { try ZipArchive(path: "/nowhere/a.keras") }
    #expect(absent?.reason == .notReadable)
    #expect(throws: ZipError.self) { try ZipArchive(path: "/tmp") }
    #expect(throws: ZipError.self) { try ZipArchive(path: "/dev/null") }
    let missing = #expect(throws: ZipError.self) {
        try ZipArchive(path: golden("stored.zip")).bytes(of: "weights")
    }
    #expect(missing?.reason == .noSuchMember)
    let bzip2 = #expect(throws: ZipError.self) { try ZipArchive(path: golden("bzip2.zip")) }
    #expect(bzip2?.found == "compression method 12")
}

@Test("a changed byte is an error or harmless, and never wrong data")
func damage() throws {
    for name in ["stored.zip", "deflated.zip", "zip64.zip", "piped.zip"] {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: golden(name))))
        for place in whole.indices {
            for change: UInt8 in [0xFF, 0x01, 0x80] {
                var bytes = whole
                bytes[place] ^= change
                guard let archive = try? ZipArchive(bytes: bytes, name: "x") else { continue }
                if let found = try? archive.bytes(of: "model.weights.h5") { #expect(found == text) }
            }
        }
    }
}

@Test("more members than 16 bits count are told in 64")
func many() throws {
    // The end of an archive of 66,000 members, in front of which there is nothing.
    let tail = [UInt8](try Data(contentsOf: URL(fileURLWithPath: golden("many64.tail"))))
    let error = #expect(throws: ZipError.self) {
        try ZipArchive(bytes: [0x50, 0x4B, 3, 4] + tail, name: "x")
    }
    #expect(error?.reason == .damaged, "\(error.debugDescription)")
}
