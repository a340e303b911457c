import Base
import TestSupport
import Testing

@testable import Datasets

/// The picture of light or dark ink; each pixel's paper has its own shade.
private func picture(_ ink: Plane, isDark: Bool = true, paper: (Int, Int) -> Float) -> RGBAImage {
    var pixels: [UInt8] = []
    for y in 0..<ink.height {
        for x in 0..<ink.width {
            let shade = paper(x, y)
            let level = UInt8(
                min(max(isDark ? shade * (1 - 0.85 * ink[x, y]) : shade + (250 - shade) * ink[x, y], 0), 255))
            pixels += [level, level, level, 255]
        }
    }
    return RGBAImage(width: ink.width, height: ink.height, pixels: pixels)
}

private func onPaper(_ ink: Plane, isDark: Bool = true) -> RGBAImage {
    picture(ink, isDark: isDark) { _, _ in isDark ? 245 : 12 }
}

private func blank(_ width: Int, _ height: Int) -> Plane {
    Plane(width: width, height: height, values: [Float](repeating: 0, count: width * height))
}

private func seven(_ x: Float, _ y: Float, _ height: Float) -> [PenPoint] {
    [PenPoint(x, y), PenPoint(x + 0.6 * height, y), PenPoint(x + 0.2 * height, y + height)]
}

private func bar(_ plane: inout Plane, _ columns: Range<Int>, _ rows: Range<Int>) {
    for y in rows { for x in columns { plane[x, y] = 1 } }
}

/// Kinds of users' pictures that were misread once.
@Suite struct OrdinaryPictureTests {
    @Test(
        "a digit is found beside uneven light, whatever the picture's size",
        arguments: [28, 40, 63, 64, 66, 100, 130], [true, false])
    func unevenLight(side: Int, isDark: Bool) throws {
        let right = try testDigits(20).count { digit in
            let ink = Plane(digit).scaled(width: side, height: side)
            let image = picture(ink, isDark: isDark) { x, y in
                (isDark ? 150 : 20) + 70 * Float(x) / Float(side) + 10 * Float(y) / Float(side)
            }
            let found = DigitPicture(image)
            #expect(found.digits.count == 1)
            // Another digit differs by some 40, an empty frame by 33.
            return found.main.map { meanDifference($0.image, digit) < 24 } ?? false
        }
        #expect(right >= 17)
    }

    @Test(
        "a drawing with soft edges that is cropped to its ink keeps its ink", arguments: [1, 3, 6],
        [true, false])
    func croppedToSoftInk(factor: Int, isDark: Bool) throws {
        let digits = try testDigits(60)
        let right = digits.count { digit in
            let ink = Plane(digit).croppedToInk
            let large = ink.scaled(width: ink.width * factor, height: ink.height * factor)
            guard let main = DigitPicture(onPaper(large, isDark: isDark)).main else { return false }
            return meanDifference(main.image, digit) < 28
        }
        // Some strokes that a side cuts are not told from paper.
        #expect(right >= (factor == 1 ? 56 : 38))
    }

    @Test("paper between lines that are as dark as the pen is no sheet", arguments: [true, false])
    func ruledPaper(isSquared: Bool) throws {
        var ink = blank(250, 250)
        ink.draw(seven(105, 75, 70), nib: 6)
        let expected = try #require(DigitPicture(onPaper(ink)).main).image
        for y in stride(from: 55, to: 250, by: 102) { bar(&ink, 0..<250, y..<y + 2) }
        bar(&ink, 30..<32, 0..<250)
        if isSquared { bar(&ink, 232..<234, 0..<250) }
        let found = DigitPicture(picture(ink) { x, y in 200 - Float(x + y) / 12 })
        #expect(found.digits.count == 1)
        #expect(try meanDifference(#require(found.main).image, expected) < 12)
    }

    @Test("a bold zero is no sheet around its hole")
    func boldZero() throws {
        var ink = blank(64, 64)
        for nib in 0..<5 {
            let radius = 13 - Float(nib)
            ink.draw(OtherThings.ellipse(PenPoint(32, 32), radius, radius * 1.7), nib: 3)
        }
        for isDark in [true, false] {
            let zero = try #require(DigitPicture(onPaper(ink, isDark: isDark)).main)
            #expect(zero.structure.holes.count == 1)
        }
    }

    @Test("the box of a form is no part of the digit that touches it")
    func touchedBox() throws {
        var ink = blank(300, 300)
        ink.draw(seven(120, 90, 100), nib: 8)
        let expected = try #require(DigitPicture(onPaper(ink)).main).image
        for x in [113, 200] { bar(&ink, x..<x + 3, 70..<193) }
        for y in [70, 190] { bar(&ink, 113..<203, y..<y + 3) }
        let found = DigitPicture(onPaper(ink))
        #expect(found.digits.count == 1)
        #expect(try meanDifference(#require(found.main).image, expected) < 16)
        // A digit of a display has strokes of one width.
        var eight = blank(100, 160)
        for x in [20, 74] { bar(&eight, x..<x + 6, 20..<140) }
        for y in [20, 77, 134] { bar(&eight, 20..<80, y..<y + 6) }
        #expect(try #require(DigitPicture(onPaper(eight)).main).structure.holes.count == 2)
    }

    @Test("what is left of a window at two sides is no ink", arguments: 0..<4)
    func windowAtTwoSides(corner: Int) throws {
        var ink = blank(280, 280)
        // The digit is cut by the sides opposite of the window.
        ink.draw(seven(corner % 2 == 0 ? 150 : 20, corner < 2 ? 150 : 20, 126), nib: 18)
        let image = picture(ink) { x, y in
            let (left, top) = (corner % 2 == 0 ? x : 279 - x, corner < 2 ? y : 279 - y)
            return left < 28 || top < 9 ? 0 : 255
        }
        let expected = try #require(DigitPicture(onPaper(ink)).main).image
        let found = DigitPicture(image)
        #expect(found.digits.count == 1)
        #expect(try meanDifference(#require(found.main).image, expected) < 10)
    }

    @Test("the hairlines of a digit with thick and thin strokes are ink")
    func hairlines() throws {
        var ink = blank(64, 64)
        var thin = blank(64, 64)
        let ring = OtherThings.ellipse(PenPoint(32, 32), 14, 22)
        thin.draw(ring, nib: 1)
        for y in 0..<64 { for x in 0..<64 { ink[x, y] = 0.3 * thin[x, y] } }
        // The left side is a thick stroke.
        var thick = blank(64, 64)
        thick.draw(ring.filter { $0.x < 24 }, nib: 4)
        for y in 0..<64 { for x in 0..<64 { ink[x, y] = max(ink[x, y], thick[x, y]) } }
        let zero = try #require(DigitPicture(onPaper(ink)).main)
        #expect(zero.width > 26)
    }

    @Test("specks are not counted against a digit")
    func specks() throws {
        var ink = blank(300, 300)
        ink.draw(seven(110, 90, 120), nib: 10)
        var random = MersenneTwister(seed: 3)
        for _ in 0..<2_000 { ink[random.draw(through: 299), random.draw(through: 299)] = 1 }
        let found = DigitPicture(onPaper(ink))
        #expect(found.digits.count == 1 && found.rest < 0.1)
        // Things of some size are.
        for x in stride(from: 10, to: 290, by: 40) { bar(&ink, x..<x + 20, 250..<270) }
        #expect(DigitPicture(onPaper(ink)).digits.count + Int(10 * DigitPicture(onPaper(ink)).rest) > 2)
    }

    @Test("a ring with a small gap is nearly closed; one with a large gap is not", arguments: [1, 4])
    func gaps(factor: Int) throws {
        func isNearlyRing(corners: Int) throws -> Bool {
            var ink = blank(60 * factor, 60 * factor)
            let size = Float(factor)
            let ring = OtherThings.ellipse(PenPoint(30 * size, 30 * size), 20 * size, 24 * size)
            ink.draw(Array(ring.prefix(corners)), nib: 3 * size)
            return try #require(DigitPicture(onPaper(ink)).main).isNearlyRing
        }
        // Of 28 corners.
        #expect(try isNearlyRing(corners: 27))
        #expect(try !isNearlyRing(corners: 22))
    }

    @Test("a thick bar with sharp corners is a block; strokes of a pen are not")
    func blocks() {
        var block = blank(60, 100)
        bar(&block, 20..<40, 20..<80)
        #expect(InkStructure(block).isBlock)
        var stroke = blank(60, 100)
        stroke.draw([PenPoint(30, 25), PenPoint(30, 75)], nib: 14)
        #expect(!InkStructure(stroke).isBlock)
        var thin = blank(60, 100)
        bar(&thin, 28..<34, 20..<80)
        #expect(!InkStructure(thin).isBlock)
    }
}
