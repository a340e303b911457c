/// A colour picture with transparency.
public struct RGBAImage: Equatable, Sendable {
    public let width, height: Int
    /// Row-major, from the top left; red, green, blue and opacity of each pixel: [height, width, 4].
    public let pixels: [UInt8]

    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == 4 * width * height, "\(width)×\(height)")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }
}

extension RGBAImage {
    /// Removes transparency: the picture on a ground that its opaque part contrasts with.
    ///
    /// Ink on a transparent ground is put on white if it is dark, on black if it is light. A sheet with ink on a transparent
    /// ground keeps its paper: the ground takes the paper's colour.
    var opaque: RGBImage {
        var clear = false
        for index in stride(from: 3, to: pixels.count, by: 4) where pixels[index] < 255 {
            clear = true
            break
        }
        let ground = clear ? self.ground : (255, 255, 255)
        var out = [UInt8](repeating: 0, count: width * height * 3)
        for place in 0..<width * height {
            let alpha = Int(pixels[place * 4 + 3])
            let rest = 255 - alpha
            out[place * 3] = UInt8((Int(pixels[place * 4]) * alpha + ground.0 * rest + 127) / 255)
            out[place * 3 + 1] = UInt8((Int(pixels[place * 4 + 1]) * alpha + ground.1 * rest + 127) / 255)
            out[place * 3 + 2] = UInt8((Int(pixels[place * 4 + 2]) * alpha + ground.2 * rest + 127) / 255)
        }
        return RGBImage(width: width, height: height, pixels: out)
    }

    private var ground: (Int, Int, Int) {
        var (left, top, right, bottom) = (width, height, -1, -1)
        var (solid, luma) = (0, 0)
        var histogram = [Int](repeating: 0, count: 256)
        for y in 0..<height {
            for x in 0..<width {
                let place = (y * width + x) * 4
                guard pixels[place + 3] >= 200 else { continue }
                (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
                solid += 1
                let level = lumaOf(pixels[place], pixels[place + 1], pixels[place + 2])
                luma += level
                histogram[level] += 1
            }
        }
        guard solid > 0 else {
            // Nothing is opaque: what there is may still be seen.
            return faintLuma < 128 ? (255, 255, 255) : (0, 0, 0)
        }
        let box = (right - left + 1) * (bottom - top + 1)
        let darkest = histogram.firstIndex { $0 > 0 } ?? 0
        let lightest = histogram.lastIndex { $0 > 0 } ?? 0
        if solid * 10 >= box * 7, lightest - darkest > 40 {
            return paper(left...right, top...bottom)
        }
        return luma / solid < 128 ? (255, 255, 255) : (0, 0, 0)
    }

    /// The mean colour of the opaque pixels along the sides of a box.
    private func paper(_ columns: ClosedRange<Int>, _ rows: ClosedRange<Int>) -> (Int, Int, Int) {
        var (red, green, blue, count) = (0, 0, 0, 0)
        for y in rows {
            for x in columns {
                let inner =
                    x > columns.lowerBound + 1 && x < columns.upperBound - 1 && y > rows.lowerBound + 1
                    && y < rows.upperBound - 1
                let place = (y * width + x) * 4
                guard !inner, pixels[place + 3] >= 200 else { continue }
                red += Int(pixels[place])
                green += Int(pixels[place + 1])
                blue += Int(pixels[place + 2])
                count += 1
            }
        }
        guard count > 0 else { return (255, 255, 255) }
        return (red / count, green / count, blue / count)
    }

    private var faintLuma: Int {
        var (sum, weight) = (0, 0)
        for place in stride(from: 0, to: pixels.count, by: 4) {
            let alpha = Int(pixels[place + 3])
            sum += alpha * lumaOf(pixels[place], pixels[place + 1], pixels[place + 2])
            weight += alpha
        }
        return weight == 0 ? 0 : sum / weight
    }
}

/// The luma of ITU-R BT.601, rounded as Pillow does.
func lumaOf(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
    (Int(red) * 19595 + Int(green) * 38470 + Int(blue) * 7471 + 0x8000) >> 16
}
