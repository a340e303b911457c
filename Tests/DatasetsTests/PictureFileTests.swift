import Base
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// A chunk of a PNG, with its checksum (CRC-32, bit by bit).
private func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    func bytes(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
    let body = Array(kind.utf8) + data
    var crc = UInt32.max
    for byte in body {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return bytes(UInt32(data.count)) + body + bytes(~crc)
}

/// EXIF with one tag, Orientation.
private func exif(_ orientation: UInt8, isLittle: Bool) -> [UInt8] {
    isLittle
        ? [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
        : [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
}

@Suite struct PictureFileTests {
    @Test("turns a PNG as its EXIF says", arguments: 1...8)
    func orientation(value: Int) throws {
        let grey = GrayImage(width: 9, height: 5, pixels: (0..<45).map { UInt8($0 * 5) })
        let plain = try encodedPNG(grey)
        let expected = try readPicture(plain, name: "plain").turned(Orientation(value: value))
        // The signature and the header take 33 bytes, the last chunk 12.
        for place in [33, plain.count - 12] {
            for isLittle in [true, false] {
                let file =
                    plain[..<place] + chunk("eXIf", exif(UInt8(value), isLittle: isLittle)) + plain[place...]
                #expect(try readPicture(Array(file), name: "turned") == expected)
                #expect(try readPicture(Array(file), name: "turned", side: 100) == expected)
            }
        }
        // Damaged EXIF is no reason to refuse a picture.
        let broken = plain[..<33] + chunk("eXIf", [0x49, 0x49, 42, 0, 8]) + plain[33...]
        #expect(try readPicture(Array(broken), name: "broken") == readPicture(plain, name: "plain"))
    }

    @Test("finds the pictures of a folder by content, and names the other files")
    func folder() throws {
        let png = try encodedPNG(GrayImage(width: 2, height: 2, pixels: [0, 255, 0, 255]))
        try Fixtures.temporaryFolder { parent in
            let folder = parent.appendingPathComponent("class")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            func write(_ name: String, _ bytes: [UInt8]) throws {
                try Data(bytes).write(to: folder.appendingPathComponent(name))
            }
            #expect(failure { () throws(CellarError) in try pictures(in: folder.path) } != nil)
            for name in ["a.jfif", "b", "c.dat", "d.PNG"] { try write(name, png) }
            #expect(leftOutWarning(folder.path) == nil)
            try write("e.heic", [0, 0, 0, 24] + Array("ftypheic".utf8) + [0, 0, 0, 0])
            try write(".hidden", [1])
            // A damaged picture is reported as one.
            try write("f.jpg", [1, 2, 3])
            let found = try pictures(in: folder.path).map { URL(fileURLWithPath: $0).lastPathComponent }
            #expect(try pictures(in: folder.path + "/") == pictures(in: folder.path))
            #expect(found == ["a.jfif", "b", "c.dat", "d.PNG", "f.jpg"])
            let warning = try #require(leftOutWarning(folder.path))
            #expect(warning.contains("a file") && warning.contains("e.heic") && !warning.contains("hidden"))
            #expect(try #require(leftOutWarning(parent.path, hasClasses: true)).contains("class/e.heic"))
        }
    }

    @Test(
        "names the format of a file that is no PNG or JPEG",
        arguments: [
            ("\0\0\0\u{18}ftypheic\0\0\0\0", "HEIC"), ("\0\0\0\u{1C}ftypavif\0\0\0\0", "AVIF"),
            ("<?xml version=\"1.0\"?><svg xmlns=\"\">", "SVG"), ("", "empty"), ("a,b\n1,2\n", "text"),
        ])
    func formats(text: String, name: String) throws {
        let error = try #require(
            failure { () throws(CellarError) in try readPicture(Array(text.utf8), name: "x") })
        #expect(error.message.contains(name) || "\(error)".contains(name))
        #expect("\(error)".contains("infer score") == (name == "text"))
    }
}
