import Base

/// Converts a picture of a digit to MNIST's form: bright ink on black, the longer side scaled to 20 of 28
/// pixels with smooth edges, the centre of mass in the middle.
///
/// A picture that already has the right size and a black border is used as it is, and so is its negative.
///
/// Source: yann.lecun.org/exdb/mnist: "size normalized to fit in a 20x20 pixel box while preserving their
/// aspect ratio … centered in a 28x28 image by computing the center of mass of the pixels, and translating
/// the image so as to position this point at the center". Measured on the files: the longer side is 20 in
/// nearly all, and the centre of mass, counted from the centre of the first pixel, lies between 13.5 and
/// 14.5.
public func prepareDigit(
    _ image: GrayImage, height: Int = 28, width: Int = 28, name: String
) throws(CellarError) -> GrayImage {
    let picture = image.shrunk(toSide: 512).evenlyLit
    guard let ink = Ink(picture), let found = ink.withoutSpecks() else {
        throw CellarError(
            .badData, file: name, expected: "a picture of a digit",
            found: "a blank picture (\(image.width)×\(image.height))",
            fix: "Draw darker, or crop to the digit.")
    }
    if image.width == width && image.height == height {
        let paper = median(image.border)
        if paper <= blackest { return image }
        if paper >= 255 - blackest && isPrepared(found.columns, found.rows, width, height) {
            return image.inverted
        }
    }
    let (boxWidth, boxHeight) = (box(width), box(height))
    func scale(_ ink: Ink) -> Double {
        min(Double(boxWidth) / Double(ink.width), Double(boxHeight) / Double(ink.height))
    }
    let cropped = found.ink.cropped(found.columns, found.rows)
    let digit = cropped.withStrokes(atLeast: thinnestStroke / scale(cropped))
    let factor = scale(digit)
    let small = digit.scaled(
        width: max(1, min(boxWidth, Int((Double(digit.width) * factor).rounded()))),
        height: max(1, min(boxHeight, Int((Double(digit.height) * factor).rounded())))
    ).strengthened
    return small.centred(width: width, height: height)
}

/// The brightest border that counts as black.
private let blackest: UInt8 = 25

/// MNIST's strokes are two to four pixels wide; thinner ones would fade when the picture is scaled down.
private let thinnestStroke = 1.8

/// The size of the digit's box: 20 of 28 pixels.
private func box(_ side: Int) -> Int { max(1, (side * 20 + 14) / 28) }

/// The upper median. A counting sort, because sorting would dominate the running time.
private func median(_ pixels: [UInt8]) -> Int {
    var counts = [Int](repeating: 0, count: 256)
    for pixel in pixels { counts[Int(pixel)] += 1 }
    var (level, below) = (0, counts[0])
    while below <= pixels.count / 2 {
        level += 1
        below += counts[level]
    }
    return level
}

private func isPrepared(_ columns: Range<Int>, _ rows: Range<Int>, _ width: Int, _ height: Int) -> Bool {
    let off = max(
        abs(columns.lowerBound + columns.upperBound - width), abs(rows.lowerBound + rows.upperBound - height))
    return off <= 8 && columns.count <= box(width) && rows.count <= box(height)
        && (columns.count >= box(width) - 2 || rows.count >= box(height) - 2)
}

extension GrayImage {
    /// Scales the picture down so that its longer side is at most `side`, by averaging blocks of pixels.
    fileprivate func shrunk(toSide side: Int) -> GrayImage {
        let factor = (max(width, height) + side - 1) / side
        guard factor > 1 else { return self }
        let (newWidth, newHeight) = ((width + factor - 1) / factor, (height + factor - 1) / factor)
        var sums = [Int](repeating: 0, count: newWidth * newHeight)
        for y in 0..<height {
            for x in 0..<width { sums[y / factor * newWidth + x / factor] += Int(pixels[y * width + x]) }
        }
        let small = sums.indices.map { index in
            let columns = min(factor, width - index % newWidth * factor)
            let rows = min(factor, height - index / newWidth * factor)
            return UInt8((sums[index] + columns * rows / 2) / (columns * rows))
        }
        return GrayImage(width: newWidth, height: newHeight, pixels: small)
    }
}

extension Ink {
    /// Widens thin strokes to the given width in pixels. The picture grows with them.
    fileprivate func withStrokes(atLeast wanted: Double) -> Ink {
        let radius = Int(((wanted - strokeWidth) / 2).rounded())
        guard radius > 0 else { return self }
        return thickened(by: radius)
    }

    /// Places the ink in a frame of the given size with the centre of mass in the middle, as far as all ink
    /// fits.
    fileprivate func centred(width frameWidth: Int, height frameHeight: Int) -> GrayImage {
        var (mass, massX, massY) = (0.0, 0.0, 0.0)
        for y in 0..<height {
            for x in 0..<width {
                let value = Double(values[y * width + x])
                mass += value
                massX += value * Double(x)
                massY += value * Double(y)
            }
        }
        func offset(_ centre: Double, _ frame: Int, _ side: Int) -> Int {
            // Rounds so that the centre is at most half a pixel before the middle, and less than half a pixel
            // after it.
            min(max(Int((Double(frame / 2) - centre - 0.5).rounded(.up)), 0), frame - side)
        }
        let left = offset(massX / mass, frameWidth, width)
        let top = offset(massY / mass, frameHeight, height)
        var pixels = [UInt8](repeating: 0, count: frameWidth * frameHeight)
        for y in 0..<height {
            for x in 0..<width {
                pixels[(top + y) * frameWidth + left + x] = UInt8((values[y * width + x] * 255).rounded())
            }
        }
        return GrayImage(width: frameWidth, height: frameHeight, pixels: pixels)
    }
}
