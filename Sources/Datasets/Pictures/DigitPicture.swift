import Base

/// A picture of digits, prepared step by step for a network that reads them.
public struct DigitPicture: Sendable {
    /// The network's inputs, with each digit's place in the picture that the steps worked on; from left to right.
    public var digits: [PreparedDigit] = []
    /// All of them as one digit, if there are several.
    public var together: PreparedDigit?
    /// The share of the ink that belongs to no digit and does not reach the picture's sides.
    public var rest: Float = 0
    /// The number of connected pieces of ink that are no specks.
    public var pieces = 0
    /// Dots and bars beside the digits.
    public var signs: [PictureSign] = []
    /// The number of pieces that may be digits and were left out, as a side of the picture cuts them.
    public var cut = 0
    /// True if something speaks against a digit that its 28 × 28 pixels do not show, such as a ring around it.
    public var isDoubtful = false
    /// True if there were more digits than `mostDigits`.
    public private(set) var isCrowded = false
    /// True if the picture was in MNIST's form already, and is used as it is.
    public var isUnchanged = false
    /// The picture after each step.
    public private(set) var steps: [PictureStep] = []
    /// The size of the picture that the steps worked on.
    public var width, height: Int

    /// Finds the digits.
    ///
    /// - Parameters:
    ///   - frame: The size of a network's input.
    ///   - keepsSteps: Whether the result has the picture after each step.
    public init(_ image: RGBAImage, frame: (width: Int, height: Int) = (28, 28), keepsSteps: Bool = false) {
        let shrunk = image.shrunk(toSide: DigitPicture.workingSide)
        (width, height) = (shrunk.width, shrunk.height)
        let opaque = shrunk.opaque
        func keep(_ name: String, _ picture: @autoclosure () -> GrayImage) {
            if keepsSteps { steps.append(PictureStep(name: name, picture: picture())) }
        }
        if opaque.width == frame.width, opaque.height == frame.height, let grey = opaque.greyLevels {
            for candidate in [grey, grey.inverted]
            where candidate.isFramed(width: frame.width, height: frame.height) {
                isUnchanged = true
                keep("as it is", candidate)
                digits = [PreparedDigit(ink: Plane(candidate), image: candidate, left: 0, top: 0)]
                pieces = 1
                return
            }
        }
        var plane = opaque.contrastPlane
        keep("contrast", plane.picture)
        plane = plane.withoutFrame
        if let factor = plane.enlargement {
            plane = plane.scaled(width: plane.width * factor, height: plane.height * factor)
            (width, height) = (width * factor, height * factor)
        }
        if let sheet = plane.sheet {
            plane = sheet.withoutFrame
            keep("sheet", plane.picture)
        }
        guard let found = Ink(plane) else { return }
        keep("ink", found.amounts.picture)
        let clean = found.withoutRuledLines
        keep("without lines", clean.amounts.picture)
        let regions = clean.digitRegions
        (rest, pieces) = (regions.rest, regions.pieces)
        (signs, cut, isDoubtful) = (regions.signs, regions.cut, regions.isDoubtful)
        func prepared(_ region: DigitRegion) -> PreparedDigit {
            PreparedDigit(
                ink: region.ink, image: region.ink.framed(width: frame.width, height: frame.height),
                left: region.left, top: region.top)
        }
        isCrowded = regions.regions.count > DigitPicture.mostDigits
        let largest = regions.regions.max { $0.ink.values.count < $1.ink.values.count }
        digits = (isCrowded ? largest.map { [$0] } ?? [] : regions.regions).map(prepared)
        if digits.count > 1 { together = prepared(regions.joined) }
        if let first = digits.first { keep("digit", (together ?? first).image) }
    }

    /// In a picture with more of them only the largest is looked at.
    public static let mostDigits = 200

    /// Larger pictures are scaled down first.
    public static let workingSide = 400
    /// Smaller photos are scaled up first.
    static let leastPhotoSide = 64
}

extension Plane {
    /// By how much a picture is scaled up; nil if it is not. Sheets, shadows and lines are told from ink by widths of some pixels, which
    /// a photo of MNIST's size does not have. A drawing has none of them.
    fileprivate var enlargement: Int? {
        let side = min(width, height)
        guard (20..<DigitPicture.leastPhotoSide).contains(side), !isEven else { return nil }
        let factor = (2 * DigitPicture.leastPhotoSide + side - 1) / side
        return max(width, height) * factor <= DigitPicture.workingSide ? factor : nil
    }
}

extension DigitPicture {
    /// The digit of one that a picture shows: the largest. Nil if there is none.
    public var main: PreparedDigit? { digits.max { $0.width * $0.height < $1.width * $1.height } }
}

/// Converts a picture of one digit to MNIST's form. Throws if it is blank.
public func prepareDigit(
    _ image: GrayImage, height: Int = 28, width: Int = 28, name: String
) throws(CellarError) -> GrayImage {
    let colours = RGBAImage(
        width: image.width, height: image.height, pixels: image.pixels.flatMap { [$0, $0, $0, 255] })
    guard let digit = DigitPicture(colours, frame: (width, height)).main else { throw .noDigit(name) }
    return digit.image
}

/// One digit in the form of MNIST's pictures, and its box in the picture that it was found in.
public struct PreparedDigit: Equatable, Sendable {
    public var image: GrayImage
    public var left, top: Int
    public var width: Int { ink.width }
    public var height: Int { ink.height }
    /// The digit as it was found.
    let ink: Plane

    init(ink: Plane, image: GrayImage, left: Int, top: Int) {
        (self.ink, self.image, self.left, self.top) = (ink, image, left, top)
    }

    /// The sum of its ink.
    public var mass: Float { ink.values.reduce(0, +) }

    /// How its strokes hang together.
    public var structure: InkStructure { InkStructure(ink) }

    /// True if it encloses a hole once gaps of a fifth of its height are closed. Of MNIST's zeros without a hole, 9 of 10 do; a C does
    /// not.
    public var isNearlyRing: Bool { !InkStructure(ink.reshaped(by: 0.1 * Float(ink.height))).holes.isEmpty }
}

/// The picture after one step of its preparation.
public struct PictureStep: Equatable, Sendable {
    public var name: String
    public var picture: GrayImage
}

extension DigitRegions {
    /// The ink of all regions as one.
    var joined: DigitRegion {
        let (left, top) = (regions.map(\.left).min() ?? 0, regions.map(\.top).min() ?? 0)
        let (right, bottom) = (regions.map(\.right).max() ?? 1, regions.map(\.bottom).max() ?? 1)
        var all = Plane(
            width: right - left, height: bottom - top,
            values: [Float](repeating: 0, count: (right - left) * (bottom - top)))
        for region in regions {
            for y in 0..<region.ink.height {
                for x in 0..<region.ink.width {
                    let (column, row) = (region.left - left + x, region.top - top + y)
                    all[column, row] = max(all[column, row], region.ink[x, y])
                }
            }
        }
        return DigitRegion(ink: all, left: left, top: top)
    }
}

extension RGBImage {
    /// The picture as grey levels; nil if it has colours.
    var greyLevels: GrayImage? {
        var levels = [UInt8](repeating: 0, count: width * height)
        for place in levels.indices {
            let red = pixels[place * 3]
            guard red == pixels[place * 3 + 1], red == pixels[place * 3 + 2] else { return nil }
            levels[place] = red
        }
        return GrayImage(width: width, height: height, pixels: levels)
    }
}
