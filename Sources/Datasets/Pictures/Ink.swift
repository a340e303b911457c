/// The amount of ink in each pixel: 0 on paper, 1 on full ink, independent of colours and light.
struct Ink {
    var amounts: Plane
    /// The difference between paper and ink, in levels of 255.
    let contrast: Float
    /// True if the paper has one shade, as in drawings on a screen; else what varies smoothly was removed.
    var isEven: Bool { shades == nil }
    /// The picture before that, with ink darker than paper; nil if the paper has one shade.
    let shades: Plane?

    /// Pixels with less are paper.
    static let threshold: Float = 0.4

    /// The edge of a stroke runs where a pixel has so much.
    static let edge: Float = 0.48

    /// A smaller difference, of 255, is noise.
    private static let faintest: Float = 9

    /// Tells ink from paper. Nil if the picture is blank.
    init?(_ plane: Plane) {
        let isEven = plane.isEven
        let small = plane.reduced(toSide: 160)
        let cropped = small.hasLightPaperAroundCroppedInk
        let isDark = cropped ?? (isEven ? nil : small.hasLightPaperBesideSteps) ?? small.hasLightPaper
        let dark = isDark ? plane : plane.negative
        // From here on, ink is darker than paper.
        let histogram = LevelHistogram(dark.values)
        let threshold = histogram.threshold
        let light = dark.values.filter { $0 > threshold }
        guard light.count > 0, light.count < dark.values.count else { return nil }
        let shades = LevelHistogram(light)
        let paper = shades.quantile(0.5)
        self.shades = isEven ? nil : dark
        var amounts =
            isEven
            ? dark.values.map { max(paper - $0, 0) }
            : dark.differencesFromPaper(isCropped: cropped != nil, threshold: threshold)
        var noise: Float = 0
        if !isEven {
            // A part of the paper, which covers less of a picture that is cropped to its ink.
            let share = cropped == nil ? 1 : min(1, Double(light.count) / Double(amounts.count) / 0.8)
            let usual = LevelHistogram(amounts).quantile(0.4 * share)
            // 30 % of a normal distribution's values are closer to its middle than 0.385 deviations.
            noise = LevelHistogram(amounts.map { abs($0 - usual) }).quantile(0.3 * share) / 0.385
            amounts = amounts.map { max($0 - usual, 0) }
        }
        // A picture that is cropped to its ink has two distant shades; its soft edges are no noise.
        if cropped != nil { noise = min(noise, 0.04 * (amounts.max() ?? 0)) }
        let least = max(Ink.faintest, 5 * noise)
        let candidates = amounts.filter { $0 > least }
        guard candidates.count >= 4 else { return nil }
        var full = LevelHistogram(candidates).quantile(0.9)
        // The dark edge of a scanner or of a table says nothing about the ink.
        let inner = Plane(width: dark.width, height: dark.height, values: amounts)
            .withoutSideBars(least: least, full: full)?.filter { $0 > least }
        if let inner, inner.count >= 40, inner.count * 100 < candidates.count * 92 {
            full = min(full, LevelHistogram(inner).quantile(0.9))
        }
        contrast = full
        let relative = Plane(
            width: dark.width, height: dark.height,
            values: amounts.map { $0 <= least * 0.7 ? 0 : min($0 / full, 1) })
        self.amounts = isEven ? relative.withHairlines : relative
    }

    /// The same picture with other amounts of ink.
    init(_ ink: Ink, amounts: Plane) {
        (self.amounts, contrast, shades) = (amounts, ink.contrast, ink.shades)
    }
}

extension Plane {
    /// The amounts with hairlines as strong as other strokes. A hairline is thinner than a pixel: faint ink without strong ink beside it,
    /// on paper without noise.
    fileprivate var withHairlines: Plane {
        let hairline = values.indices.filter { place in
            (0.12..<Ink.threshold).contains(values[place]) && allAround(place) { $0 < Ink.threshold }
        }
        let strong = values.count { $0 >= Ink.threshold }
        let noise = values.count { $0 > 0 && $0 < 0.08 }
        // The soft edge of a blurred stroke is wider.
        let wide = hairline.count { allAround($0) { $0 >= 0.12 } }
        guard hairline.count * 10 >= strong, hairline.count > 2 * noise, wide * 10 < hairline.count else {
            return self
        }
        var out = self
        for place in hairline {
            var highest: Float = 0
            _ = allAround(place) {
                highest = max(highest, $0)
                return true
            }
            out.values[place] = 0.8 * values[place] / highest
        }
        return out
    }

    /// The radius of the window in which paper is sought around each pixel: strokes are narrower than the window.
    fileprivate var paperRadius: Int {
        let side = min(width, height)
        return side < 64 ? side : side * 12 / 100
    }

    /// Decides whether the paper is the lighter part: by the shades along the sides and in the corners, and by whether narrow
    /// things are darker or lighter than what is around them. The latter also tells strokes from shadows.
    var hasLightPaper: Bool {
        let histogram = LevelHistogram(values)
        let threshold = histogram.threshold
        func lightShare(_ part: [Float]) -> Float { Float(part.count { $0 > threshold }) / Float(part.count) }
        let corner = max(1, min(width, height) / 8)
        var corners: [Float] = []
        for y in Array(0..<corner) + Array(height - corner..<height) {
            corners += values[y * width..<y * width + corner]
            corners += values[(y + 1) * width - corner..<(y + 1) * width]
        }
        let share = (1.5 * lightShare(border) + 1.5 * lightShare(corners) + lightShare(values)) / 4
        // Strokes are narrower than the paper between and around them.
        let (dark, light) = (
            meanDistance { $0 <= threshold }, meanDistance { $0 > threshold }
        )
        let vote = share * 2 - 1 + (light - dark) / max(light + dark, 1e-6)
        // Where there are more than two shades, as in a photo with a shadow, the parts say little.
        let trust = min(max((twoTone(threshold, within: 2.5) - 0.35) / 0.3, 0.1), 1)
        guard trust < 1 else { return vote >= 0 }
        let size = min(Float(min(width, height)) / 64, 1)
        return trust * vote + (1.2 - trust) * size * narrowness >= 0
    }

    /// True if ink and paper have one shade each, as in drawings on a screen: most pixels have, or most of those that are like their
    /// neighbours, where the others are at edges. In a small picture that is cropped to its ink, soft edges are most of it; grain and
    /// shades of a photo differ less.
    var isEven: Bool {
        let threshold = LevelHistogram(values).threshold
        if twoTone(threshold, within: 1.5) >= 0.6 { return true }
        // Of a large picture, some of the pixels say the same.
        let step = max(1, min(width, height) / 64)
        var flat: [Float] = []
        var (grainy, all) = (0, 0)
        for y in stride(from: 0, to: height, by: step) {
            for x in stride(from: 0, to: width, by: step) {
                let value = self[x, y]
                func differs(_ most: Float) -> Bool { !allAround(y * width + x) { abs($0 - value) <= most } }
                if !differs(4) { flat.append(value) } else if !differs(12) { grainy += 1 }
                all += 1
            }
        }
        guard flat.count * 10 >= all, grainy * 5 < all - flat.count else { return false }
        return Plane(width: flat.count, height: 1, values: flat).twoTone(threshold, within: 1.5) >= 0.75
    }

    /// Returns true if all of a pixel's neighbours in the picture are so.
    private func allAround(_ place: Int, _ isSo: (Float) -> Bool) -> Bool {
        let (x, y) = (place % width, place / width)
        for nextY in max(y - 1, 0)...min(y + 1, height - 1) {
            for nextX in max(x - 1, 0)...min(x + 1, width - 1)
            where !isSo(values[nextY * width + nextX]) { return false }
        }
        return true
    }

    /// The share of pixels whose shade is nearly the usual one of their part.
    fileprivate func twoTone(_ threshold: Float, within tolerance: Float) -> Float {
        let parts = [values.filter { $0 > threshold }, values.filter { $0 <= threshold }]
        let alike = parts.reduce(0) { count, part in
            guard !part.isEmpty else { return count }
            let usual = LevelHistogram(part).quantile(0.5)
            return count + part.count { abs($0 - usual) <= tolerance }
        }
        return Float(alike) / Float(values.count)
    }

    private func meanDistance(where isIn: (Float) -> Bool) -> Float {
        var (sum, count): (Float, Float) = (0, 0)
        for distance in distances(endsAtSides: false, where: isIn) where distance > 0 {
            sum += distance
            count += 1
        }
        return count == 0 ? 0 : sum / count
    }

    /// Above 0 if what differs from its surroundings is mostly darker, below 0 if it is mostly lighter: the skewness of the
    /// differences from the local mean. Ink is rare and differs much; the edges of shadows differ to both sides alike.
    private var narrowness: Float {
        let local = smoothed(radius: max(2, min(width, height) * 12 / 100))
        var (squares, cubes) = (0.0, 0.0)
        for index in values.indices {
            let difference = Double(values[index] - local.values[index])
            squares += difference * difference
            cubes += difference * difference * difference
        }
        let variance = squares / Double(values.count)
        guard variance > 0 else { return 0 }
        let skewness = cubes / Double(values.count) / (variance * variance.squareRoot())
        return Float(min(max(-skewness, -1.5), 1.5))
    }

    /// Decides the same where there are edges of shadows or sheets, which differ more than ink does: by dark and light things that are
    /// narrower than a window. The smallest window that finds something decides, as the paper within a digit is narrow too. Nil without such
    /// edges, and where most of these things are not darker.
    fileprivate var hasLightPaperBesideSteps: Bool? {
        // With paper that is dark along all sides, the narrow dark things are what light strokes enclose.
        let (threshold, sides) = (LevelHistogram(values).threshold, border)
        guard sides.count(where: { $0 > threshold }) * 100 >= sides.count * 15 else { return nil }
        func closed(_ radius: Int) -> Plane { maximum(radius: radius).minimum(radius: radius) }
        let brightest = LevelHistogram(values).quantile(0.9)
        guard
            closed(max(2, min(width, height) * 6 / 100)).steps(
                least: max(8, 0.06 * abs(brightest)), reach: 0) != nil
        else { return nil }
        let jumps = (1..<values.count).map { abs(values[$0] - values[$0 - 1]) }
        // Half of a normal distribution's differences are smaller than 0.954 deviations.
        let least = max(5 * LevelHistogram(jumps).quantile(0.5) / 0.954, 6)
        var found: [(dark: Float, light: Float)] = []
        for radius in [1, 2, 3, 5] {
            let (closed, opened) = (closed(radius), minimum(radius: radius).maximum(radius: radius))
            var (dark, light): (Float, Float) = (0, 0)
            for index in values.indices {
                dark += max(closed.values[index] - values[index] - least, 0)
                light += max(values[index] - opened.values[index] - least, 0)
            }
            found.append((dark, light))
        }
        let most = found.map { $0.dark + $0.light }.max() ?? 0
        guard most > 12 * least, let first = found.first(where: { $0.dark + $0.light >= 0.15 * most }) else {
            return nil
        }
        let vote = (first.dark - first.light) / (first.dark + first.light)
        return vote >= 0.5 ? true : nil
    }

    /// For each pixel, how much darker it is than the paper around it, as if the paper were lit evenly.
    ///
    /// The paper's shade is the closing of the picture: dark things that are narrower than the window vanish, and shadows, with
    /// their edges, stay. It is found on a small copy and smoothed, but for the surroundings of steps, as the edges of shadows and sheets
    /// are: smoothed, a step would be a ramp, and its dark side a band of ink.
    ///
    /// In a picture that is cropped to its ink, strokes are wider than any window: there the paper is what is lighter than `threshold`.
    fileprivate func differencesFromPaper(isCropped: Bool, threshold: Float) -> [Float] {
        let even = smoothed(radius: min(width, height) >= 100 ? 1 : 0)
        if isCropped { return zip(paper(lighterThan: threshold).values, even.values).map { $0 - $1 } }
        let coarse = even.reduced(toSide: 160)
        let radius = coarse.paperRadius
        let closed = coarse.maximum(radius: radius).minimum(radius: radius)
        let smooth = closed.smoothed(radius: radius / 4)
        var paper = smooth.scaled(width: width, height: height)
        // Light multiplies the shade of paper that is not dark.
        let brightest = LevelHistogram(paper.values).quantile(0.9)
        let steps = closed.steps(least: max(8, 0.06 * brightest), reach: max(2, radius / 3))
        if let steps {
            let factor = (max(width, height) + 159) / 160
            let sharp = even.maximum(radius: radius * factor).minimum(radius: radius * factor)
            for y in 0..<height {
                for x in 0..<width where steps[y / factor * coarse.width + x / factor] {
                    paper[x, y] = sharp[x, y]
                }
            }
        }
        return values.indices.map { index in
            let difference = paper.values[index] - even.values[index]
            guard brightest > 40, difference > 0 else { return difference }
            return difference * brightest / max(paper.values[index], brightest * 0.25)
        }
    }

    /// The pixels about which the shade changes by at least `least` from one pixel to the next but one, and those within `reach` of them;
    /// nil if there are none.
    private func steps(least: Float, reach: Int) -> [Bool]? {
        let (high, low) = (maximum(radius: 1), minimum(radius: 1))
        let marks = values.indices.map { high.values[$0] - low.values[$0] >= least ? Float(1) : 0 }
        guard marks.contains(1) else { return nil }
        let near = Plane(width: width, height: height, values: marks).maximum(radius: reach)
        return near.values.map { $0 > 0 }
    }

    /// The values that do not belong to a bar of ink along a side; nil if no side has ink along most of it.
    fileprivate func withoutSideBars(least: Float, full: Float) -> [Float]? {
        var inner: [Float]?
        func clear(_ lines: Int, _ depth: Int, _ place: (Int, Int) -> Int) {
            let inked = (0..<lines).count { values[place($0, 0)] > 0.4 * full }
            guard inked * 10 >= lines * 6 else { return }
            if inner == nil { inner = values }
            for line in 0..<lines {
                var step = 0
                while step < depth, values[place(line, step)] > least {
                    inner?[place(line, step)] = 0
                    step += 1
                }
                // The soft edge of the bar.
                for soft in step..<min(step + 3, depth) { inner?[place(line, soft)] = 0 }
            }
        }
        clear(width, height) { $1 * width + $0 }
        clear(width, height) { (height - 1 - $1) * width + $0 }
        clear(height, width) { $0 * width + $1 }
        clear(height, width) { $0 * width + width - 1 - $1 }
        return inner
    }
}
