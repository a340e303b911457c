// Pictures that are cropped to the ink: nothing but the digit tells ink from paper, as hardly any paper is left along the sides.
extension Plane {
    /// Decides whether the paper is the lighter part of a picture that is cropped to its ink: strokes in one piece that reach all four
    /// sides, or nearly, and leave two corners free. Nil for other pictures.
    var hasLightPaperAroundCroppedInk: Bool? {
        guard min(width, height) >= 8, let threshold = thresholdOfTwoShades else { return nil }
        let isDark = isCroppedInk { $0 <= threshold }
        return isDark == isCroppedInk { $0 > threshold } ? nil : isDark
    }

    /// The shade between ink and paper; nil if there are more shades, as in a photo with a shadow.
    private var thresholdOfTwoShades: Float? {
        let threshold = LevelHistogram(values).threshold
        func spread(_ part: [Float]) -> Float {
            let mean = part.reduce(0, +) / Float(max(part.count, 1))
            return part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        let within = spread(values.filter { $0 > threshold }) + spread(values.filter { $0 <= threshold })
        // Two halves of a steady gradient keep 25 % of its variance.
        return within <= 0.18 * spread(values) ? threshold : nil
    }

    private func isCroppedInk(_ isInk: (Float) -> Bool) -> Bool {
        let parts = Components(width: width, height: height, ink: values) { isInk(values[$0]) }
        let total = parts.all.reduce(0) { $0 + $1.area }
        guard let piece = parts.all.max(by: { $0.area < $1.area }), piece.area * 100 >= total * 95,
            (10...62).contains(piece.area * 100 / values.count)
        else { return false }
        let slack = max(width, height) / 20
        guard piece.left <= slack, piece.top <= slack, piece.right >= width - 1 - slack,
            piece.bottom >= height - 1 - slack
        else { return false }
        let corners = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)]
        guard corners.count(where: { !isInk(self[$0.0, $0.1]) }) >= 2 else { return false }
        let sides = border
        let inked = sides.count(where: isInk)
        let paper = Components(width: width, height: height, ink: values, eightConnected: false) {
            !isInk(values[$0])
        }
        // Ink that reaches the sides divides the paper into parts.
        let largest = paper.all.map(\.area).max() ?? 0
        guard inked * 100 <= sides.count * 55,
            inked == 0 || largest * 100 <= (values.count - total) * 80
        else { return false }
        let widest = distances(where: isInk).max() ?? 0
        return widest * 5 <= Float(max(width, height))
    }

    /// The paper's shade everywhere, from the pixels that are lighter than a shade: what lies between them is as light as they are.
    func paper(lighterThan threshold: Float) -> Plane {
        let light = Plane(width: width, height: height, values: values.map { $0 > threshold ? 1 : 0 })
        // Beside a stroke, its soft edge is darker than the paper.
        let inner = light.minimum(radius: 1)
        let mask = inner.values.contains(1) ? inner : light
        let radius = max(width, height) / 3
        let weights = mask.smoothed(radius: radius)
        let sums = Plane(width: width, height: height, values: zip(values, mask.values).map { $0 * $1 })
            .smoothed(radius: radius)
        let (all, count) = (sums.values.reduce(0, +), weights.values.reduce(0, +))
        let usual = all / max(count, 1e-6)
        return Plane(
            width: width, height: height,
            values: zip(sums.values, weights.values).map { $1 > 0.01 ? $0 / $1 : usual })
    }
}
