import Base
import Foundation
import TestSupport
import Testing

@testable import Datasets

private struct GoldenPictures: Decodable {
    var width, height: Int
    var pixels: [String: [UInt8]]
}

@Suite struct PNGTests {
    @Test("reads each kind, depth and interlacing") func kinds() throws {
        let golden = try GoldenFiles.decode("png.json", as: GoldenPictures.self)
        #expect(golden.pixels.count == 52)
        for (name, pixels) in golden.pixels {
            let image = try readPNG(GoldenFiles.path("png/\(name)"))
            #expect(image == GrayImage(width: golden.width, height: golden.height, pixels: pixels), "\(name)")
        }
    }

    @Test func colourHasTheSameLuma() throws {
        let path = GoldenFiles.path("png/kind6_8bit.png")
        let colour = try readColourPNG(path)
        let grey = try readPNG(path)
        let luma = (0..<colour.width * colour.height).map { index in
            let part = colour.pixels[3 * index..<3 * index + 3].map(Double.init)
            return 0.299 * part[0] + 0.587 * part[1] + 0.114 * part[2]
        }
        #expect(zip(luma, grey.pixels).allSatisfy { abs($0 - Double($1)) <= 0.51 })
    }

    @Test func writesWhatItReads() throws {
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("x.png").path
            var random = MersenneTwister(seed: 4)
            let pixels = (0..<37 * 53 * 3).map { _ in UInt8(random.draw(through: 255)) }
            let grey = GrayImage(width: 37, height: 53, pixels: Array(pixels.prefix(37 * 53)))
            try writePNG(grey, to: path)
            #expect(try readPNG(path) == grey)
            let colour = RGBImage(width: 37, height: 53, pixels: pixels)
            try writePNG(colour, to: path)
            #expect(try readColourPNG(path) == colour)
        }
    }

    @Test(arguments: [2, 3, 4, 10, 11])
    func scalesEachKindWhileItDecodes(side: Int) throws {
        for name in try GoldenFiles.decode("png.json", as: GoldenPictures.self).pixels.keys {
            let bytes = try [UInt8](
                Data(contentsOf: GoldenFiles.folder.appendingPathComponent("png/\(name)")))
            let whole = try readPicture(bytes, name: name)
            #expect(
                try readPicture(bytes, name: name, side: side) == whole.shrunk(toSide: side), "\(name)")
        }
    }

    @Test func readsALargeFileInPieces() throws {
        try Fixtures.temporaryFolder { folder in
            let path = folder.appendingPathComponent("x.png").path
            var random = MersenneTwister(seed: 5)
            let pixels = (0..<400 * 300 * 3).map { _ in UInt8(random.draw(through: 255)) }
            let image = RGBImage(width: 400, height: 300, pixels: pixels)
            let file = try encodedPNG(image)
            // More than two pieces of 64 KiB.
            try #require(file.count > 200_000)
            try Data(file).write(to: URL(fileURLWithPath: path))
            let expected = try readPicture(file, name: path).shrunk(toSide: 40)
            #expect(try readPicture(path, side: 40) == expected)
            for count in [70_000, 65_536, 65_537, 40, 20, 0] {
                try Data(file.prefix(count)).write(to: URL(fileURLWithPath: path))
                let error = try #require(
                    failure { () throws(CellarError) in try readPicture(path, side: 40) })
                #expect(error.description.contains(count == 0 ? "an empty file" : "a truncated file"))
            }
        }
    }

    @Test(
        "says what is wrong with a file",
        arguments: [
            ("zero", "a picture with pixels, found 0×0"), ("huge", "found 50000×50000"),
            ("many", "found 19000×19000"),
            ("cut", "a truncated file"), ("no_end", "a truncated file"), ("crc", "an error (libpng: "),
            ("short_data", "an error (libpng: "), ("really_a_jpeg", "a JPEG picture"),
        ])
    func damaged(name: String, message: String) throws {
        let path = GoldenFiles.path("bad_png/\(name).png")
        let error = try #require(failure { () throws(CellarError) in try readPNG(path) })
        #expect(error.description.contains(message), "\(error)")
        #expect(error.category == .badData)
    }

    @Test func survivesAnyChangedByte() throws {
        for name in ["kind3_4bit_interlaced_keyed", "kind6_16bit"] {
            let file = GoldenFiles.folder.appendingPathComponent("png/\(name).png")
            let good = try [UInt8](Data(contentsOf: file))
            for index in good.indices {
                var changed = good
                changed[index] ^= 0x21
                _ = failure { () throws(CellarError) in try readPNG(changed, name: name) }
                #expect(
                    failure { () throws(CellarError) in try readPNG(Array(good[..<index]), name: name) }
                        != nil)
            }
        }
    }
}
