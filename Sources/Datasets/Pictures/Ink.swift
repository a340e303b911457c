/// The amount of ink in each pixel, from 0 (background) to 1, independent of polarity and lighting.
struct Ink {
    var width, height: Int
    var values: [Float]

    /// Pixels with less ink are ignored when the ink is located.
    static let threshold: Float = 0.2

    /// The minimum difference of ink and background, of 255. A smaller difference is noise.
    private static let contrast = 24.0

    private init(width: Int, height: Int, values: [Float]) {
        (self.width, self.height, self.values) = (width, height, values)
    }

    /// Separates ink from background. Returns nil if the picture is blank.
    init?(_ image: GrayImage) {
        var histogram = [Int](repeating: 0, count: 256)
        for pixel in image.pixels { histogram[Int(pixel)] += 1 }
        guard let levels = Levels(histogram), levels.contrast >= Ink.contrast else { return nil }
        let light = Ink.hasLightPaper(image, threshold: levels.threshold, share: levels.lightShare)
        let (paper, ink) = light ? (levels.light, levels.darkest) : (levels.dark, levels.brightest)
        // Differences within the noise of the background are not ink.
        let grain = min(0.5, 3 * (light ? levels.lightSpread : levels.darkSpread) / abs(paper - ink))
        let table = (0..<256).map { level -> Float in
            let value = (paper - Double(level)) / (paper - ink)
            return value <= grain ? 0 : Float(min(value, 1))
        }
        self.init(width: image.width, height: image.height, values: image.pixels.map { table[Int($0)] })
    }

    /// Decides by the majority of the border pixels; if ink covers much of the border, by the majority of all
    /// pixels.
    private static func hasLightPaper(_ image: GrayImage, threshold: Int, share: Double) -> Bool {
        let border = image.border
        let light = Double(border.count { Int($0) > threshold }) / Double(border.count)
        return light >= 0.6 || (light > 0.4 && share > 0.5)
    }

    /// Returns the given columns and rows.
    func cropped(_ columns: Range<Int>, _ rows: Range<Int>) -> Ink {
        let part = rows.flatMap { y in values[y * width + columns.lowerBound..<y * width + columns.upperBound]
        }
        return Ink(width: columns.count, height: rows.count, values: part)
    }

    /// Scales to the given size: averages the covered area when shrinking, interpolates linearly when
    /// enlarging.
    func scaled(width newWidth: Int, height newHeight: Int) -> Ink {
        let across = weights(from: width, to: newWidth)
        let down = weights(from: height, to: newHeight)
        var narrow = [Float](repeating: 0, count: newWidth * height)
        for y in 0..<height {
            for x in 0..<newWidth {
                for (source, weight) in across[x] {
                    narrow[y * newWidth + x] += weight * values[y * width + source]
                }
            }
        }
        var result = [Float](repeating: 0, count: newWidth * newHeight)
        for y in 0..<newHeight {
            for (source, weight) in down[y] {
                for x in 0..<newWidth { result[y * newWidth + x] += weight * narrow[source * newWidth + x] }
            }
        }
        return Ink(width: newWidth, height: newHeight, values: result)
    }

    /// Scales the values so that the darkest ink is 1.
    var strengthened: Ink {
        let peak = values.max() ?? 0
        guard peak > 0 else { return self }
        return Ink(width: width, height: height, values: values.map { min($0 / peak, 1) })
    }

    /// Dilates the ink: each pixel takes the maximum within `radius` pixels in both directions.
    func thickened(by radius: Int) -> Ink {
        guard radius > 0 else { return self }
        let (w, h) = (width + 2 * radius, height + 2 * radius)
        var wide = [Float](repeating: 0, count: w * height)
        for y in 0..<height {
            for x in 0..<w {
                let sources = max(0, x - 2 * radius)...min(width - 1, x)
                guard x - 2 * radius < width else { continue }
                wide[y * w + x] = sources.reduce(0) { max($0, values[y * width + $1]) }
            }
        }
        var tall = [Float](repeating: 0, count: w * h)
        for y in 0..<h {
            for source in max(0, y - 2 * radius)...min(height - 1, y) {
                for x in 0..<w { tall[y * w + x] = max(tall[y * w + x], wide[source * w + x]) }
            }
        }
        return Ink(width: w, height: h, values: tall)
    }

    /// The mean stroke width in pixels: twice the area divided by the perimeter.
    var strokeWidth: Double {
        var (area, outline) = (0, 0)
        func isInk(_ x: Int, _ y: Int) -> Bool {
            x >= 0 && y >= 0 && x < width && y < height && values[y * width + x] >= Ink.threshold
        }
        for y in 0..<height {
            for x in 0..<width where isInk(x, y) {
                area += 1
                for (nextX, nextY) in [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
                where !isInk(nextX, nextY) {
                    outline += 1
                }
            }
        }
        return outline == 0 ? 0 : 2 * Double(area) / Double(outline)
    }
}

extension GrayImage {
    /// The pixels along the four sides.
    var border: [UInt8] {
        var ring = Array(pixels[..<width]) + pixels[(height - 1) * width..<height * width]
        for y in 0..<height { ring += [pixels[y * width], pixels[y * width + width - 1]] }
        return ring
    }
}

/// For each of `to` positions, the contributing `from` positions with weights that sum to 1.
private func weights(from: Int, to: Int) -> [[(source: Int, weight: Float)]] {
    let step = Double(from) / Double(to)
    return (0..<to).map { place in
        guard step >= 1 else {
            let centre = min(max((Double(place) + 0.5) * step - 0.5, 0), Double(from - 1))
            let (left, share) = (Int(centre), centre - centre.rounded(.down))
            return share == 0 ? [(left, Float(1))] : [(left, Float(1 - share)), (left + 1, Float(share))]
        }
        let (start, end) = (Double(place) * step, Double(place + 1) * step)
        return (Int(start)..<min(from, Int(end.rounded(.up)))).compactMap { source in
            let covered = min(end, Double(source + 1)) - max(start, Double(source))
            return covered > 0 ? (source, Float(covered / step)) : nil
        }
    }
}
