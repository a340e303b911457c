/// A grey picture in numbers that need not lie between 0 and 255, row by row from the top left: [height, width].
struct Plane: Equatable, Sendable {
    var width, height: Int
    var values: [Float]

    init(width: Int, height: Int, values: [Float]) {
        precondition(width > 0 && height > 0 && values.count == width * height, "\(width)×\(height)")
        (self.width, self.height, self.values) = (width, height, values)
    }

    /// White is 1.
    init(_ image: GrayImage) {
        self.init(width: image.width, height: image.height, values: image.pixels.map { Float($0) / 255 })
    }

    subscript(x: Int, y: Int) -> Float {
        get { values[y * width + x] }
        set { values[y * width + x] = newValue }
    }

    var negative: Plane { Plane(width: width, height: height, values: values.map { -$0 }) }

    func cropped(_ columns: Range<Int>, _ rows: Range<Int>) -> Plane {
        var part: [Float] = []
        part.reserveCapacity(columns.count * rows.count)
        for y in rows { part += values[y * width + columns.lowerBound..<y * width + columns.upperBound] }
        return Plane(width: columns.count, height: rows.count, values: part)
    }

    /// Adds a border of `margin` pixels with one value.
    func padded(by margin: Int, with value: Float) -> Plane {
        guard margin > 0 else { return self }
        let (w, h) = (width + 2 * margin, height + 2 * margin)
        var wide = [Float](repeating: value, count: w * h)
        for y in 0..<height {
            let start = (y + margin) * w + margin
            wide.replaceSubrange(start..<start + width, with: values[y * width..<(y + 1) * width])
        }
        return Plane(width: w, height: h, values: wide)
    }

    var transposed: Plane {
        var turned = [Float](repeating: 0, count: values.count)
        for y in 0..<height { for x in 0..<width { turned[x * height + y] = values[y * width + x] } }
        return Plane(width: height, height: width, values: turned)
    }

    /// The values along the four sides.
    var border: [Float] {
        var ring = Array(values[..<width]) + values[(height - 1) * width..<height * width]
        for y in 0..<height { ring += [values[y * width], values[y * width + width - 1]] }
        return ring
    }

    /// The picture for display: the lowest value black, the highest white.
    var picture: GrayImage {
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        let scale = high > low ? 255 / (high - low) : 0
        return GrayImage(
            width: width, height: height,
            pixels: values.map { UInt8(min(max((($0 - low) * scale).rounded(), 0), 255)) })
    }
}

/// A histogram of a plane's values in 256 steps between its lowest and highest one.
struct LevelHistogram {
    private(set) var counts = [Int](repeating: 0, count: 256)
    private(set) var total = 0
    let low, step: Float

    init(_ values: [Float]) {
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        (self.low, step) = (low, max(high - low, 1e-6) / 256)
        for value in values { counts[index(value)] += 1 }
        total = values.count
    }

    func index(_ value: Float) -> Int { min(max(Int((value - low) / step), 0), 255) }

    /// The upper limit of a step.
    func level(_ index: Int) -> Float { low + Float(index + 1) * step }

    /// The value below which lies the given share of all values.
    func quantile(_ share: Double) -> Float {
        let wanted = share * Double(total)
        var count = 0
        for (index, here) in counts.enumerated() {
            count += here
            if here > 0 && Double(count) >= wanted { return low + (Float(index) + 0.5) * step }
        }
        return level(255)
    }

    /// Otsu's threshold, which divides the values so that the two parts vary least.
    ///
    /// Source: Otsu, "A threshold selection method from gray-level histograms" (1979).
    var threshold: Float {
        let sum = counts.indices.reduce(0.0) { $0 + Double($1 * counts[$1]) }
        var (best, chosen) = (0.0, 127)
        var (count, part) = (0, 0.0)
        for index in 0..<255 {
            count += counts[index]
            part += Double(index * counts[index])
            guard count > 0, count < total else { continue }
            let gap = (sum - part) / Double(total - count) - part / Double(count)
            let variance = Double(count) * Double(total - count) * gap * gap
            // In a gap between the parts, its middle.
            if variance > best * (1 + 1e-9) { (best, chosen) = (variance, index) }
        }
        var end = chosen
        while end + 1 < 255 && counts[end + 1] == 0 { end += 1 }
        return level((chosen + end) / 2)
    }
}
