import Base
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

/// MNIST's first test pictures.
func testDigits(_ count: Int) throws -> [GrayImage] {
    let path = Fixtures.data.appendingPathComponent("mnist/t10k-images-idx3-ubyte.gz").path
    guard case .bytes(let bytes) = try readIDXImages(path).storage else { return [] }
    return (0..<count).map {
        GrayImage(width: 28, height: 28, pixels: Array(bytes[$0 * 784..<($0 + 1) * 784]))
    }
}

/// The picture on a larger sheet, each pixel `factor` × `factor` large.
private func enlarged(_ image: GrayImage, by factor: Int, left: Int, top: Int, width: Int, height: Int)
    -> GrayImage
{
    var pixels = [UInt8](repeating: 0, count: width * height)
    for y in 0..<image.height * factor {
        for x in 0..<image.width * factor {
            pixels[(top + y) * width + left + x] = image.pixels[y / factor * image.width + x / factor]
        }
    }
    return GrayImage(width: width, height: height, pixels: pixels)
}

/// The mean difference of two pictures' pixels, of 255.
func meanDifference(_ a: GrayImage, _ b: GrayImage) -> Double {
    Double(zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(a.pixels.count)
}

@Suite struct DigitPictureTests {
    @Test func takesMNISTAsItIs() throws {
        let pictures = try testDigits(10_000)
        let same = try pictures.count { try prepareDigit($0, name: "digit") == $0 }
        // A few are smaller than 19 pixels, or have strokes that no other has.
        #expect(same >= 9_850)
    }

    @Test func takesItsNegativeAsItIs() throws {
        let pictures = try testDigits(500)
        let same = try pictures.count { try prepareDigit($0.inverted, name: "digit") == $0 }
        // Those whose centre of mass lies far from their middle are prepared anew.
        #expect(same >= 490)
    }

    @Test("finds a digit on a larger sheet, dark or light", arguments: [false, true], [1, 4, 11])
    func onASheet(dark: Bool, factor: Int) throws {
        for digit in try testDigits(30) {
            let large = enlarged(
                digit, by: factor, left: 60, top: 5, width: 28 * factor + 90, height: 28 * factor + 20)
            let found = try prepareDigit(dark ? large : large.inverted, name: "digit")
            // Another digit differs by some 40, an empty frame by 33; strokes become a little even.
            #expect(meanDifference(found, digit) < 24)
        }
    }

    @Test func ignoresSpecksAndGrain() throws {
        var random = MersenneTwister(seed: 6)
        for digit in try testDigits(30) {
            let large = enlarged(digit, by: 6, left: 50, top: 40, width: 300, height: 260).inverted
            // Grey paper with grain, pale ink, and two specks far from the digit.
            var pixels = large.pixels.map { UInt8(90 + Int($0) / 2 - 8 + random.draw(through: 16)) }
            pixels[3 * 300 + 3] = 20
            pixels[250 * 300 + 290] = 20
            let found = try prepareDigit(GrayImage(width: 300, height: 260, pixels: pixels), name: "digit")
            #expect(meanDifference(found, digit) < 24)
        }
    }

    @Test("sees through the shade on a photographed sheet", arguments: [false, true])
    func unevenLight(dark: Bool) throws {
        for digit in try testDigits(20) {
            let large = enlarged(digit, by: 8, left: 90, top: 30, width: 400, height: 300)
            let pixels = large.pixels.enumerated().map { index, ink in
                let (x, y) = (Double(index % 400) / 400, Double(index / 400) / 300)
                let light = 140 + 90 * x - 30 * y * y
                return dark
                    ? UInt8(40 * x + 20 * y + Double(ink) * 0.7)
                    : UInt8(light * (1 - 0.7 * Double(ink) / 255))
            }
            let image = GrayImage(width: 400, height: 300, pixels: pixels)
            #expect(meanDifference(try prepareDigit(image, name: "photo"), digit) < 22)
        }
    }

    @Test func keepsThinStrokesVisible() throws {
        var pixels = [UInt8](repeating: 255, count: 900 * 900)
        for y in 100..<800 { for x in 440..<443 { pixels[y * 900 + x] = 0 } }
        let found = try prepareDigit(GrayImage(width: 900, height: 900, pixels: pixels), name: "one")
        let rows = (0..<28).filter { y in (0..<28).contains { found.pixels[y * 28 + $0] > 200 } }
        // The round ends of the stroke fade.
        #expect(rows.count >= 18)
        #expect(found.pixels.reduce(0) { $0 + Int($1) } > 20 * 255)
    }

    @Test func centresByMass() throws {
        // A heavy bar at the left with a thin tail to the right: its mass, not its box, is in the middle.
        var pixels = [UInt8](repeating: 0, count: 60 * 60)
        for y in 10..<50 { for x in 5..<15 { pixels[y * 60 + x] = 255 } }
        for y in 28..<32 { for x in 15..<45 { pixels[y * 60 + x] = 255 } }
        let found = try prepareDigit(GrayImage(width: 60, height: 60, pixels: pixels), name: "bar")
        var (mass, massX, massY) = (0.0, 0.0, 0.0)
        for y in 0..<28 {
            for x in 0..<28 {
                let value = Double(found.pixels[y * 28 + x])
                mass += value
                massX += value * Double(x)
                massY += value * Double(y)
            }
        }
        #expect((13.5..<14.5).contains(massY / mass))
        #expect(massX / mass < 15)
    }

    @Test func otherSizes() throws {
        for digit in try testDigits(3) {
            let found = try prepareDigit(digit, height: 14, width: 42, name: "digit")
            #expect((found.width, found.height) == (42, 14))
            #expect(found.pixels.contains(255))
        }
    }

    @Test("refuses a blank picture", arguments: [0, 10])
    func blank(grain: Int) throws {
        var random = MersenneTwister(seed: 8)
        for paper in [0, 128, 240] {
            for side in [1, 28, 200] {
                let pixels = (0..<side * side).map { _ in UInt8(paper + random.draw(through: grain)) }
                let image = GrayImage(width: side, height: side, pixels: pixels)
                let error = try #require(
                    failure { () throws(CellarError) in try prepareDigit(image, name: "paper.png") })
                #expect(error.description.contains("the picture is blank"))
            }
        }
    }

    @Test func folderOfPictures() throws {
        try Fixtures.temporaryFolder { folder in
            let pictures = try testDigits(4)
            for (index, name) in ["seven", "10", "2", "seven"].enumerated() {
                let place = folder.appendingPathComponent(name)
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                try writePNG(pictures[index], to: place.appendingPathComponent("\(9 - index).PNG").path)
            }
            try Data().write(to: folder.appendingPathComponent("2/notes.txt"))
            func read(_ options: PictureOptions = PictureOptions()) throws(CellarError) -> LabelledSamples {
                let pictures = try PictureFolder(folder.path)
                return try pictures.read(as: pictures.form(options))
            }
            let data = try read()
            #expect(data.classes == ["10", "2", "seven"])
            #expect(data.labels == [0, 1, 2, 2])
            let expected = [1, 2, 3, 0].flatMap { pictures[$0].pixels }
            #expect(data.samples == Samples(shape: [28, 28], bytes: expected))
            #expect(try read(PictureOptions(areDigits: true)) == data)

            let odd = GrayImage(width: 3, height: 2, pixels: [0, 0, 0, 0, 0, 0])
            try writePNG(odd, to: folder.appendingPathComponent("seven/odd.png").path)
            let error = try #require(failure { () throws(CellarError) in try read() })
            #expect(
                error.description.contains(
                    "expected a picture of 28×28 pixels, as the model takes, found 3×2"))
            let resized = try read(PictureOptions(size: PictureSize(height: 14, width: 14)))
            #expect(resized.samples.shape == [14, 14] && resized.samples.count == 5)
            let none = folder.appendingPathComponent("2").path
            #expect(failure { () throws(CellarError) in try PictureFolder(none) }?.category == .badData)
            #expect(
                failure { () throws(CellarError) in try PictureFolder(none + "x") }?.category == .noInput)
        }
    }
}

/// A sheet of paper with squares of ink at the given places.
private func sheet(_ places: [(x: Int, y: Int)], side: Int, width: Int = 400, height: Int = 400) -> RGBAImage
{
    var pixels = [UInt8](repeating: 255, count: width * height * 4)
    for (left, top) in places {
        for y in top..<top + side {
            for x in left..<left + side { for channel in 0..<3 { pixels[(y * width + x) * 4 + channel] = 0 } }
        }
    }
    return RGBAImage(width: width, height: height, pixels: pixels)
}

@Suite struct SheetOfDigitsTests {
    @Test("digits are read line by line, also where the lines slope")
    func readingOrder() {
        // Three lines of four, each column 5 pixels lower than the one before.
        let places = (0..<12).map { (x: 20 + 95 * ($0 % 4), y: 20 + 120 * ($0 / 4) + 5 * ($0 % 4)) }
        let found = DigitPicture(sheet(places.reversed(), side: 30))
        #expect(found.digits.count == 12 && !found.isCrowded)
        for (digit, place) in zip(found.digits, places) {
            #expect(abs(digit.left - place.x) <= 2 && abs(digit.top - place.y) <= 2)
        }
    }

    @Test("pieces are joined whatever their order, as if each pair was looked at again after each change")
    func joinsChains() {
        // Dots that are close in a chain, found from the top: the last one joins all others.
        let chain = (0..<6).map { (x: 100 + 14 * $0, y: 100 + 13 * ($0 % 2)) }
        let found = DigitPicture(sheet(chain + [(x: 300, y: 100)], side: 12))
        #expect(found.pieces == 7 && found.digits.count == 2)
    }

    @Test("a texture takes no longer than a drawing, and is no row of digits", .timeLimit(.minutes(1)))
    func texture() {
        var places: [(x: Int, y: Int)] = []
        for y in stride(from: 3, to: 200, by: 6) {
            for x in stride(from: 3, to: 396, by: 6) { places.append((x, y)) }
        }
        for y in stride(from: 206, to: 396, by: 8) {
            for x in stride(from: 3, to: 390, by: 12) { places += [(x, y), (x + 4, y)] }
        }
        let dense = DigitPicture(sheet(places, side: 2))
        #expect(dense.pieces > 3000 && dense.digits.count == 1)
        // 300 dots far from each other: fewer than that are joined, more than 200 are not read.
        let sparse = (0..<300).map { (x: 4 + $0 % 20 * 20, y: 4 + $0 / 20 * 20) }
        let crowd = DigitPicture(sheet(sparse, side: 4))
        #expect(crowd.pieces == 300 && crowd.isCrowded && crowd.digits.count == 1)
    }
}
