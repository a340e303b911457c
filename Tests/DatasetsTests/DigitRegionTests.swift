import Base
import Testing

@testable import Datasets

/// Ink on a sheet: 1 where there is ink.
private func sheet(_ width: Int, _ height: Int, _ draw: (inout Plane) -> Void) -> Plane {
    var plane = Plane(
        width: width, height: height, values: [Float](repeating: 0, count: width * height))
    draw(&plane)
    return plane
}

/// The picture of black ink on paper whose light depends on the place; with grain of `noise` levels.
private func photo(_ ink: Plane, noise: Int = 0, light: (Int, Int) -> Float = { _, _ in 240 }) -> RGBAImage {
    var random = MersenneTwister(seed: 5)
    var pixels: [UInt8] = []
    for y in 0..<ink.height {
        for x in 0..<ink.width {
            let grain = noise == 0 ? 0 : Float(random.draw(through: 2 * noise)) - Float(noise)
            let level = UInt8(min(max(light(x, y) * (1 - 0.8 * ink[x, y]) + grain, 0), 255))
            pixels += [level, level, level, 255]
        }
    }
    return RGBAImage(width: ink.width, height: ink.height, pixels: pixels)
}

/// A seven of the given height, with its top left corner at a place.
private func seven(_ plane: inout Plane, _ x: Float, _ y: Float, height: Float = 100, nib: Float = 9) {
    plane.draw(
        [PenPoint(x, y), PenPoint(x + 0.6 * height, y), PenPoint(x + 0.2 * height, y + height)], nib: nib)
}

private func zero(_ plane: inout Plane, _ x: Float, _ y: Float, height: Float = 100, nib: Float = 9) {
    let middle = PenPoint(x + 0.3 * height, y + height / 2)
    plane.draw(OtherThings.ellipse(middle, 0.3 * height, height / 2), nib: nib)
}

private func bar(_ plane: inout Plane, _ columns: Range<Int>, _ rows: Range<Int>) {
    for y in rows { for x in columns { plane[x, y] = 1 } }
}

@Suite struct DigitRegionTests {
    @Test("digits of a picture that is cropped to them are all found", arguments: [0, 1, 3])
    func cropped(margin: Int) {
        let whole = sheet(400, 160) { plane in
            zero(&plane, 20, 30)
            seven(&plane, 120, 34)
            zero(&plane, 220, 28)
            seven(&plane, 310, 31)
        }
        let ink = whole.croppedToInk.padded(by: margin, with: 0)
        let found = DigitPicture(photo(ink))
        #expect(found.digits.count == 4 && found.cut == 0)
    }

    @Test("a part of a digit that a side cuts is left out")
    func fragment() {
        let ink = sheet(300, 200) { plane in
            seven(&plane, 120, 50)
            zero(&plane, -48, 50)
        }
        #expect(DigitPicture(photo(ink)).digits.count == 1)
        // What is nearly whole may be meant: it is counted.
        let more = sheet(300, 200) { plane in
            seven(&plane, 120, 50)
            zero(&plane, -20, 50)
        }
        let found = DigitPicture(photo(more))
        #expect(found.digits.count == 1 && found.cut == 1)
    }

    @Test("a point or a minus beside digits is a sign")
    func signs() {
        func found(_ draw: @escaping (inout Plane) -> Void) -> [Int] {
            DigitPicture(
                photo(
                    sheet(400, 200) { plane in
                        zero(&plane, 100, 50)
                        seven(&plane, 220, 50)
                        draw(&plane)
                    })
            ).signs.map(\.place)
        }
        #expect(found { _ in } == [])
        #expect(found { bar(&$0, 185..<197, 140..<152) } == [1])
        #expect(found { bar(&$0, 55..<85, 96..<104) } == [0])
        // Close to the first digit, or to the one before it.
        #expect(found { bar(&$0, 56..<90, 96..<106) } == [0])
        #expect(found { bar(&$0, 180..<213, 90..<99) } == [1])
        // A speck far away, and a dot above a digit.
        #expect(found { bar(&$0, 380..<384, 10..<14) } == [])
        #expect(found { bar(&$0, 120..<130, 20..<30) } == [])
    }

    @Test("an underline, the frame of a form and its empty boxes are no part of a digit")
    func ruling() throws {
        let plain = sheet(400, 200) { seven(&$0, 80, 50, height: 80) }
        let expected = try #require(DigitPicture(photo(plain)).main)
        let drawings: [(inout Plane) -> Void] = [
            { bar(&$0, 60..<160, 146..<150) },
            {
                // Two boxes in a row.
                for x in [60, 160, 260] { bar(&$0, x..<x + 3, 30..<160) }
                for y in [30, 157] { bar(&$0, 60..<263, y..<y + 3) }
            },
        ]
        for draw in drawings {
            var ink = plain
            draw(&ink)
            let found = DigitPicture(photo(ink))
            #expect(found.digits.count == 1 && !found.isDoubtful)
            #expect(found.main?.image == expected.image)
        }
        // The uprights of a row of boxes are no ones; ones that are as tall as the other digits are.
        func digits(_ rows: Range<Int>) -> Int {
            DigitPicture(
                photo(
                    sheet(400, 200) { plane in
                        seven(&plane, 80, 50, height: 80)
                        for x in [40, 160, 230, 300] { bar(&plane, x..<x + 6, rows) }
                    })
            ).digits.count
        }
        #expect(digits(30..<160) == 1)
        #expect(digits(46..<135) == 5)
        var ringed = plain
        ringed.draw(OtherThings.ellipse(PenPoint(100, 90), 75, 75), nib: 5)
        let found = DigitPicture(photo(ringed))
        #expect(found.digits.count == 1 && found.isDoubtful)
        #expect(found.main?.image == expected.image)
    }

    @Test("the lines that are left of frames and combs, and pens beside a digit, are no part of it")
    func lines() throws {
        let plain = sheet(400, 200) { seven(&$0, 180, 60, height: 70) }
        let expected = try #require(DigitPicture(photo(plain)).main)
        let drawings: [(inout Plane) -> Void] = [
            {
                // Three sides of a frame.
                for x in [120, 297] { bar(&$0, x..<x + 3, 20..<183) }
                bar(&$0, 120..<300, 180..<183)
            },
            {
                // A comb with open tops.
                for x in stride(from: 80, through: 320, by: 80) { bar(&$0, x..<x + 3, 110..<160) }
                bar(&$0, 80..<323, 157..<160)
            },
            {
                // Two lines between boxes.
                for x in [150, 260] { bar(&$0, x..<x + 3, 40..<160) }
            },
            {
                $0.draw([PenPoint(330, 15), PenPoint(342, 185)], nib: 10)
            },
        ]
        for (number, draw) in drawings.enumerated() {
            var ink = plain
            draw(&ink)
            let found = DigitPicture(photo(ink))
            #expect(found.digits.count == 1 && !found.isDoubtful, "drawing \(number)")
            #expect(found.main?.image == expected.image, "drawing \(number)")
        }
        // A one is as tall as the digit beside it.
        var ones = plain
        ones.draw([PenPoint(330, 55), PenPoint(330, 135)], nib: 9)
        #expect(DigitPicture(photo(ones)).digits.count == 2)
    }

    @Test("a slashed zero keeps its ring")
    func slashedZero() throws {
        let ink = sheet(200, 200) { plane in
            zero(&plane, 60, 40, height: 120)
            plane.draw([PenPoint(82, 120), PenPoint(110, 80)], nib: 8)
        }
        let found = DigitPicture(photo(ink))
        let main = try #require(found.main)
        #expect(found.digits.count == 1 && main.height > 110)
    }

    @Test("a badge is a sheet, a bold zero is none")
    func badge() throws {
        let ink = sheet(240, 240) { seven(&$0, 85, 75, height: 90) }
        let expected = try #require(DigitPicture(photo(ink)).main)
        for (ground, badge, pen) in [(Float(250), Float(70), Float(250)), (20, 220, 20)] {
            var pixels: [UInt8] = []
            for y in 0..<240 {
                for x in 0..<240 {
                    let isBadge = (x - 120) * (x - 120) + (y - 120) * (y - 120) < 90 * 90
                    let paper = isBadge ? badge : ground
                    let level = UInt8(paper + (pen - paper) * ink[x, y])
                    pixels += [level, level, level, 255]
                }
            }
            let found = DigitPicture(RGBAImage(width: 240, height: 240, pixels: pixels))
            #expect(found.digits.count == 1, "badge \(badge)")
            let difference = meanDifference(try #require(found.main).image, expected.image)
            #expect(difference < 12, "badge \(badge)")
        }
        let bold = sheet(200, 200) { plane in
            plane.draw(OtherThings.ellipse(PenPoint(100, 100), 40, 48), nib: 36)
        }
        #expect(photo(bold).opaque.contrastPlane.sheet == nil)
    }

    @Test("the edge of a shadow or of a scanner is no ink")
    func edges() throws {
        let ink = sheet(300, 300) { seven(&$0, 110, 90, height: 120) }
        let expected = try #require(DigitPicture(photo(ink, noise: 4)).main)
        let lights: [(Int, Int) -> Float] = [
            // A hard shadow through the digit, level and sloped, and the dark edge of a scanner.
            { x, _ in x < 140 ? 240 : 120 },
            { x, y in 2 * x + y < 480 ? 130 : 235 },
            { x, _ in x < 12 ? 20 : 240 },
        ]
        for light in lights {
            let found = DigitPicture(photo(ink, noise: 4, light: light))
            #expect(found.digits.count == 1)
            let main = try #require(found.main)
            let difference = zip(main.image.pixels, expected.image.pixels).reduce(0) {
                $0 + abs(Int($1.0) - Int($1.1))
            }
            #expect(difference < 12 * 784)
        }
        // Without a digit there is nothing.
        #expect(DigitPicture(photo(sheet(300, 300) { _ in }, noise: 4, light: lights[0])).digits.isEmpty)
    }

    @Test("a panel that is hardly lighter than a dark page is a sheet")
    func panel() throws {
        let ink = sheet(200, 320) { seven(&$0, 70, 110, height: 90) }
        var pixels: [UInt8] = []
        for y in 0..<320 {
            for x in 0..<200 {
                let ground: Float = (15..<185).contains(x) && (70..<250).contains(y) ? 48 : 24
                let level = UInt8(ground + (245 - ground) * ink[x, y])
                pixels += [level, level, level, 255]
            }
        }
        let found = DigitPicture(RGBAImage(width: 200, height: 320, pixels: pixels))
        let expected = try #require(DigitPicture(photo(ink)).main)
        #expect(found.digits.count == 1)
        let difference = zip(try #require(found.main).image.pixels, expected.image.pixels).reduce(0) {
            $0 + abs(Int($1.0) - Int($1.1))
        }
        #expect(difference < 12 * 784)
    }
}
