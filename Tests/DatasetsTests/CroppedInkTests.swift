import Base
import Testing

@testable import Datasets

@Suite struct CroppedInkTests {
    /// A photo of a digit's ink, cropped to it but for `margin` pixels: light from one side, soft edges.
    private func crop(_ ink: Plane, margin: Int, inkIsLight: Bool) -> RGBAImage {
        let soft = ink.croppedToInk.padded(by: margin, with: 0).smoothed(radius: 2)
        var pixels: [UInt8] = []
        for y in 0..<soft.height {
            for x in 0..<soft.width {
                let paper = 170 + 60 * Float(x) / Float(soft.width)
                let shade = paper - (paper - 40) * soft[x, y]
                let level = UInt8(inkIsLight ? 255 - shade : shade)
                pixels += [level, level, level, 255]
            }
        }
        return RGBAImage(width: soft.width, height: soft.height, pixels: pixels)
    }

    @Test(
        "a photo that is cropped to a digit of thick strokes is read as the whole one", arguments: [0, 3],
        [false, true])
    func isFound(margin: Int, inkIsLight: Bool) throws {
        var differences: [Double] = []
        for digit in try testDigits(60) {
            let small = Plane(digit).croppedToInk
            // Of a narrow crop, such as a one's, nearly all is ink.
            guard small.width * 2 > small.height else { continue }
            let ink = small.scaled(width: small.width * 6, height: small.height * 6)
            let found = DigitPicture(crop(ink, margin: margin, inkIsLight: inkIsLight))
            let whole = DigitPicture(crop(ink.padded(by: 60, with: 0), margin: 60, inkIsLight: inkIsLight))
            let expected = try #require(whole.main).image
            differences.append(found.main.map { meanDifference($0.image, expected) } ?? 255)
        }
        // What the crop cut off of soft edges is gone, and a few have other shapes of paper than strokes leave.
        #expect(differences.count { $0 < 20 } * 100 >= differences.count * 80, "\(differences.sorted())")
    }

    @Test("shadows and vignettes that reach all sides are no ink")
    func shadows() {
        var values: [Float] = []
        for y in 0..<120 {
            for x in 0..<160 {
                let (across, down) = (Float(x) / 80 - 1, Float(y) / 60 - 1)
                values.append(230 - 120 * min(across * across * down * down * 2, 1))
            }
        }
        #expect(Plane(width: 160, height: 120, values: values).hasLightPaperAroundCroppedInk == nil)
        let half = (0..<120 * 160).map { $0 % 160 + $0 / 160 < 140 ? Float(220) : 90 }
        #expect(Plane(width: 160, height: 120, values: half).hasLightPaperAroundCroppedInk == nil)
    }
}
