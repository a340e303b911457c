extension Plane {
    /// Scales down so that the longer side is at most `side`, by averaging blocks of pixels.
    func reduced(toSide side: Int) -> Plane {
        let factor = (max(width, height) + side - 1) / side
        guard factor > 1 else { return self }
        let (newWidth, newHeight) = ((width + factor - 1) / factor, (height + factor - 1) / factor)
        var sums = [Float](repeating: 0, count: newWidth * newHeight)
        for y in 0..<height {
            let start = y / factor * newWidth
            var x = 0
            for column in 0..<newWidth {
                let end = min(x + factor, width)
                var sum: Float = 0
                while x < end {
                    sum += values[y * width + x]
                    x += 1
                }
                sums[start + column] += sum
            }
        }
        for row in 0..<newHeight {
            let rows = min(factor, height - row * factor)
            for column in 0..<newWidth {
                sums[row * newWidth + column] /= Float(rows * min(factor, width - column * factor))
            }
        }
        return Plane(width: newWidth, height: newHeight, values: sums)
    }

    /// Scales to the given size: averages the covered area when shrinking, interpolates linearly when enlarging.
    func scaled(width newWidth: Int, height newHeight: Int) -> Plane {
        let across = weights(from: width, to: newWidth)
        let down = weights(from: height, to: newHeight)
        var narrow = [Float](repeating: 0, count: newWidth * height)
        for y in 0..<height {
            for x in 0..<newWidth {
                var sum: Float = 0
                for (source, weight) in across[x] { sum += weight * values[y * width + source] }
                narrow[y * newWidth + x] = sum
            }
        }
        var result = [Float](repeating: 0, count: newWidth * newHeight)
        for y in 0..<newHeight {
            for (source, weight) in down[y] {
                for x in 0..<newWidth { result[y * newWidth + x] += weight * narrow[source * newWidth + x] }
            }
        }
        return Plane(width: newWidth, height: newHeight, values: result)
    }
}

/// For each of `to` positions, the contributing `from` positions with weights that sum to 1.
private func weights(from: Int, to: Int) -> [[(source: Int, weight: Float)]] {
    let step = Double(from) / Double(to)
    return (0..<to).map { place in
        guard step > 1 else {
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

extension RGBAImage {
    /// Scales down so that the longer side is at most `side`, by averaging blocks of pixels. Colours count by their opacity.
    func shrunk(toSide side: Int) -> RGBAImage {
        let factor = (max(width, height) + side - 1) / side
        guard factor > 1 else { return self }
        let (newWidth, newHeight) = ((width + factor - 1) / factor, (height + factor - 1) / factor)
        var out: [UInt8] = []
        out.reserveCapacity(newWidth * newHeight * 4)
        for top in stride(from: 0, to: height, by: factor) {
            for left in stride(from: 0, to: width, by: factor) {
                var (red, green, blue, alpha, count) = (0, 0, 0, 0, 0)
                for y in top..<min(top + factor, height) {
                    for x in left..<min(left + factor, width) {
                        let place = (y * width + x) * 4
                        let opacity = Int(pixels[place + 3])
                        red += Int(pixels[place]) * opacity
                        green += Int(pixels[place + 1]) * opacity
                        blue += Int(pixels[place + 2]) * opacity
                        alpha += opacity
                        count += 1
                    }
                }
                let weight = max(alpha, 1)
                out += [
                    UInt8((red + weight / 2) / weight), UInt8((green + weight / 2) / weight),
                    UInt8((blue + weight / 2) / weight), UInt8((alpha + count / 2) / count),
                ]
            }
        }
        return RGBAImage(width: newWidth, height: newHeight, pixels: out)
    }
}
