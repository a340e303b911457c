import Base
import Foundation
import Testing

@testable import Datasets

private func jpeg(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: GoldenFiles.folder.appendingPathComponent("jpeg/\(name).jpg")))
}

@Suite struct JPEGTests {
    @Test("reads JPEG as Pillow does", arguments: ["colour", "grey", "progressive"])
    func pixels(name: String) throws {
        let expected = try GoldenFiles.decode("jpeg/expected.json", as: [String: [UInt8]].self)
        let image = try readPicture(jpeg(name), name: name).onWhite
        #expect((image.width, image.height) == (40, 24))
        // Both use libjpeg-turbo, but perhaps other releases of it.
        let found = zip(image.pixels, try #require(expected[name]))
        #expect(found.allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    }

    @Test("turns a picture as EXIF says", arguments: 1...8)
    func orientation(value: Int) throws {
        let bytes = try jpeg("exif\(value)")
        #expect(Orientation(ofJPEG: bytes) == Orientation(value: value))
        let image = try readPicture(bytes, name: "exif").onWhite.luma
        #expect((image.width, image.height) == (32, 16))
        func level(_ x: Int, _ y: Int) -> Int { Int(image.pixels[y * 32 + x]) }
        #expect(level(2, 2) < 60 && level(9, 5) < 60)
        #expect(level(30, 2) > 190 && level(2, 14) > 190 && level(30, 14) > 190)
    }

    @Test func scalesWhileItDecodes() throws {
        let small = try readPicture(jpeg("colour"), name: "colour", side: 10)
        #expect((small.width, small.height) == (10, 6))
    }

    @Test func refusesColoursForPrint() throws {
        let bytes = try jpeg("cmyk")
        let error = try #require(
            failure { () throws(CellarError) in try readPicture(bytes, name: "cmyk.jpg") })
        #expect(error.category == .badData && error.message.contains("CMYK"))
    }

    @Test func survivesAnyChangedByte() throws {
        for name in ["colour", "progressive", "exif6", "cmyk"] {
            let good = try jpeg(name)
            for index in good.indices {
                for mask in [0x01, 0x21, 0xFF] as [UInt8] {
                    var changed = good
                    changed[index] ^= mask
                    _ = failure { () throws(CellarError) in
                        try readPicture(changed, name: name, side: index % 2 == 0 ? 16 : nil)
                    }
                }
                #expect(
                    failure { () throws(CellarError) in try readPicture(Array(good[..<index]), name: name) }
                        != nil)
            }
        }
    }
}
