extension Plane {
    /// The sheet of paper, note or card that lies on something else, if the picture shows one; else nil. What is outside of
    /// the sheet takes the paper's shade, so that only what is written on the sheet is left.
    ///
    /// A sheet is a region of the picture's lighter or darker half that fills a rectangle of any direction nearly, or an ellipse, and
    /// ends within the picture at most of its sides.
    var sheet: Plane? {
        guard min(width, height) >= 48 else { return nil }
        let small = reduced(toSide: 160)
        let histogram = LevelHistogram(small.values)
        let threshold = histogram.threshold
        if let region = small.sheetRegion(threshold), small.isSharp(region) { return inside(region) }
        // A sheet on something of nearly its shade is within one of the halves: its ink, or a shadow, is the other one.
        for isLight in [true, false] {
            let half = small.values.filter { ($0 > threshold) == isLight }
            guard half.count * 5 > small.values.count, let within = Plane.thresholdWithin(half) else {
                continue
            }
            if let region = small.sheetRegion(within), region.touchesNoSide, small.isSharp(region) {
                return inside(region)
            }
        }
        return nil
    }

    /// The shade that divides values of two shades; nil if they hardly differ.
    private static func thresholdWithin(_ values: [Float]) -> Float? {
        let threshold = LevelHistogram(values).threshold
        let parts = [values.filter { $0 > threshold }, values.filter { $0 <= threshold }]
        guard parts.allSatisfy({ $0.count * 10 > values.count }) else { return nil }
        let means = parts.map { part in part.reduce(0, +) / Float(part.count) }
        return means[0] - means[1] >= 10 ? threshold : nil
    }

    /// Returns true if the shade changes at once along most of a region's edge. What is lit better than the rest has a soft one.
    private func isSharp(_ region: Region) -> Bool {
        let (high, low) = (maximum(radius: 1), minimum(radius: 1))
        let changes = region.contour.map { high.values[$0] - low.values[$0] }
        func mean(_ isIn: Bool) -> Float {
            let part = values.indices.filter { region.mask[$0] == isIn }
            return part.reduce(0) { $0 + values[$1] } / Float(max(part.count, 1))
        }
        return LevelHistogram(changes).quantile(0.35) >= max(0.25 * abs(mean(true) - mean(false)), 8)
    }

    private var sidePlaces: [Int] {
        values.indices.filter {
            let (x, y) = ($0 % width, $0 / width)
            return x == 0 || y == 0 || x == width - 1 || y == height - 1
        }
    }

    /// The largest sheet among the regions that are lighter or darker than a shade.
    private func sheetRegion(_ threshold: Float) -> Region? {
        var best: Region?
        for isLight in [true, false] {
            let parts = Components(width: width, height: height, ink: values, eightConnected: false) {
                (values[$0] > threshold) == isLight
            }
            guard let largest = parts.all.indices.max(by: { parts.all[$0].area < parts.all[$1].area }) else {
                continue
            }
            let region = Region(parts, Int32(largest))
            // Paper between ruled lines, in a drawn box or in a bold zero has the same paper around it.
            func isMostlyOther(_ places: [Int]) -> Bool {
                let outside = places.filter { !region.mask[$0] }
                return outside.count { (values[$0] > threshold) == isLight } * 2 < outside.count
            }
            if region.isSheet, region.area > best?.area ?? 0, isMostlyOther(Array(values.indices)),
                isMostlyOther(sidePlaces), !region.isRound || hasStrokes(region, threshold, isLight)
            {
                best = region
            }
        }
        return best
    }

    /// Returns true if there is something of strokes in a round region. What a zero or a nine encloses is empty, and the hole of a bold
    /// zero is filled evenly.
    private func hasStrokes(_ region: Region, _ threshold: Float, _ isLight: Bool) -> Bool {
        let inner = region.eroded(by: 3)
        let core = values.indices.filter { inner[$0] }
        guard !core.isEmpty else { return false }
        /// Nil if there is no ink.
        func isStroke(_ isInk: (Float) -> Bool) -> Bool? {
            let parts = Components(width: width, height: height, ink: values) {
                inner[$0] && isInk(values[$0])
            }
            guard let largest = parts.all.indices.max(by: { parts.all[$0].area < parts.all[$1].area }) else {
                return nil
            }
            let ink = parts.all[largest]
            let (long, short) = (max(ink.width, ink.height), min(ink.width, ink.height))
            return long * long * 8 >= core.count
                && (ink.area * 100 <= long * short * 55 || long * 2 >= short * 5
                    || ink.area * 100 <= parts.spannedArea(Int32(largest)) * 87)
        }
        if let found = isStroke({ ($0 > threshold) != isLight }) { return found }
        guard let within = Plane.thresholdWithin(core.map { values[$0] }) else { return false }
        let light = core.count { values[$0] > within }
        return isStroke { ($0 > within) == (light * 2 < core.count) } ?? false
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
        guard (0.1...0.93).contains(shareOfPicture), solidShare > 0.7,
            sideShares.count(where: { $0 > 0.1 }) <= 2
        else {
            return false
        }
        let (fill, aspect) = tightestRectangle
        return fill >= 0.86 && aspect <= 2.6 || isRound
    }

    var touchesNoSide: Bool { sideShares.allSatisfy { $0 == 0 } }

    /// True for a disc, as a badge or a button is: an ellipse fills π / 4 of its rectangle.
    var isRound: Bool {
        let (fill, aspect) = tightestRectangle
        return abs(fill - .pi / 4) <= 0.03 && aspect <= 1.3 && touchesNoSide
    }

    /// The places of the region's pixels that have one outside of it beside them.
    var contour: [Int] {
        let inner = eroded(by: 1)
        return mask.indices.filter { mask[$0] && !inner[$0] }
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
