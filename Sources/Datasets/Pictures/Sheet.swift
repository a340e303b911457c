extension Plane {
    /// The sheet of paper, note or card that lies on something else, if the picture shows one; else nil. What is outside of
    /// the sheet takes the paper's shade, so that only what is written on the sheet is left.
    ///
    /// A sheet is a region of the picture's lighter or darker half that fills a rectangle of any direction nearly and ends
    /// within the picture at most of its sides.
    var sheet: Plane? {
        guard min(width, height) >= 48 else { return nil }
        let small = reduced(toSide: 160)
        let threshold = LevelHistogram(small.values).threshold
        var best: (filled: Region, area: Int)?
        for isLight in [true, false] {
            let parts = Components(
                width: small.width, height: small.height, ink: small.values, eightConnected: false
            ) { (small.values[$0] > threshold) == isLight }
            guard let largest = parts.all.indices.max(by: { parts.all[$0].area < parts.all[$1].area }) else {
                continue
            }
            let region = Region(parts, Int32(largest))
            if region.isSheet, region.area > best?.area ?? 0 { best = (region, region.area) }
        }
        return best.map { inside($0.filled) }
    }

    /// The box of a region, with the region's shade around it.
    private func inside(_ region: Region) -> Plane {
        // The edge of the sheet is blurred, and may have a shadow.
        let small = region.eroded(by: max(1, min(region.width, region.height) / 60))
        let factor = (max(width, height) + 159) / 160
        var core = [Bool](repeating: false, count: width * height)
        for y in 0..<height {
            for x in 0..<width { core[y * width + x] = small[y / factor * region.width + x / factor] }
        }
        var out = self
        var (left, right, top, bottom) = (width, -1, height, -1)
        for y in 0..<height {
            let row = y * width..<(y + 1) * width
            guard let first = core[row].firstIndex(of: true), let last = core[row].lastIndex(of: true) else {
                continue
            }
            (left, right) = (min(left, first - row.lowerBound), max(right, last - row.lowerBound))
            (top, bottom) = (min(top, y), max(bottom, y))
            // Beyond the edge, and where a corner is missing, the nearest shade of the paper.
            var shade = out.values[first]
            for place in row where place < first { out.values[place] = shade }
            for place in first...last {
                if core[place] { shade = out.values[place] } else { out.values[place] = shade }
            }
            for place in row where place > last { out.values[place] = shade }
        }
        guard right > left, bottom > top else { return self }
        return out.cropped(left..<right + 1, top..<bottom + 1)
    }
}

/// A component with its holes filled.
private struct Region {
    let width, height: Int
    let mask: [Bool]
    let area: Int
    private let sideShares: [Double]
    private let shareOfPicture: Double
    /// The share of the region that is no hole. A drawn box is a line around a hole.
    private let solidShare: Double

    init(_ parts: Components, _ label: Int32) {
        (width, height) = (parts.width, parts.height)
        let (w, h) = (width, height)
        // Everything that the border reaches without crossing the component is outside.
        let around = Components(
            width: w, height: h, ink: [Float](repeating: 0, count: w * h), eightConnected: true
        ) { parts.labels[$0] != label }
        let open = around.all.map { $0.touchesBorder(w, h) }
        mask = around.labels.map { $0 < 0 || !open[Int($0)] }
        area = mask.count { $0 }
        solidShare = Double(parts.all[Int(label)].area) / Double(max(area, 1))
        shareOfPicture = Double(area) / Double(w * h)
        let mask = mask
        sideShares = [
            Double((0..<w).count { mask[$0] }) / Double(w),
            Double((0..<w).count { mask[(h - 1) * w + $0] }) / Double(w),
            Double((0..<h).count { mask[$0 * w] }) / Double(h),
            Double((0..<h).count { mask[$0 * w + w - 1] }) / Double(h),
        ]
    }

    var isSheet: Bool {
        guard (0.1...0.93).contains(shareOfPicture), solidShare > 0.55,
            sideShares.count(where: { $0 > 0.35 }) <= 2
        else {
            return false
        }
        let (fill, aspect) = tightestRectangle
        return fill >= 0.86 && aspect <= 2.6
    }

    /// The share of its tightest rectangle that the region fills, and that rectangle's longer side by its shorter one.
    private var tightestRectangle: (fill: Double, aspect: Double) {
        var points: [(Double, Double)] = []
        for y in 0..<height {
            let row = y * width..<(y + 1) * width
            guard let first = mask[row].firstIndex(of: true), let last = mask[row].lastIndex(of: true) else {
                continue
            }
            points.append((Double(first - row.lowerBound), Double(y)))
            points.append((Double(last - row.lowerBound), Double(y)))
        }
        var best = (fill: 0.0, aspect: 1.0)
        for degrees in stride(from: 0.0, to: 90, by: 3) {
            let (c, s) = (cosine(degrees), cosine(90 - degrees))
            var (lowU, highU, lowV, highV) = (
                Double.infinity, -Double.infinity, Double.infinity, -Double.infinity
            )
            for (x, y) in points {
                let (u, v) = (x * c + y * s, y * c - x * s)
                (lowU, highU) = (min(lowU, u), max(highU, u))
                (lowV, highV) = (min(lowV, v), max(highV, v))
            }
            let (a, b) = (highU - lowU + 1, highV - lowV + 1)
            let fill = Double(area) / (a * b)
            if fill > best.fill { best = (fill, max(a, b) / min(a, b)) }
        }
        return best
    }

    func eroded(by radius: Int) -> [Bool] {
        let ink = Plane(width: width, height: height, values: mask.map { $0 ? 1 : 0 })
        return ink.minimum(radius: radius).values.map { $0 > 0.5 }
    }
}

/// Taylor's series of the cosine, which needs no C library.
func cosine(_ degrees: Double) -> Double {
    // The series is for -90 to 90 degrees.
    let turned = degrees - 360 * (degrees / 360).rounded()
    if abs(turned) > 90 { return -cosine(abs(turned) - 180) }
    let x = turned * .pi / 180
    let q = x * x
    return 1 - q / 2 * (1 - q / 12 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90))))
}
