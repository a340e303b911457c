/// Names below an axis: level where they have room, else slanted or upright, and only each n-th where even that is too close.
struct CategoryLabels: Equatable {
    var texts: [String]
    var size: Double
    /// 0, -45 or -90 degrees.
    var angle: Double
    var every: Int
    /// The height of the labels below the axis.
    var height: Double

    static let none = CategoryLabels(texts: [], size: FigureStyle.tickSize, angle: 0, every: 1, height: 0)
    private static let longest = 130.0

    init(texts: [String], size: Double, angle: Double, every: Int, height: Double) {
        (self.texts, self.size, self.angle, self.every, self.height) = (texts, size, angle, every, height)
    }

    /// - Parameter overhang: The room to the left of the axis, into which the first labels may slant.
    init(_ names: [String], spacing: Double, overhang: Double) {
        size = FigureStyle.tickSize
        every = 1
        let size = size
        let widest = names.map { FontMetrics.width($0, size: size) }.max() ?? 0
        if widest <= spacing - 6 || names.count == 1 {
            texts = names.map { FontMetrics.fitted($0, to: max(spacing, 20) - 4, size: size) }
            (angle, height) = (0, size + 4)
        } else if spacing >= 18 {
            let cosine = 0.7072
            texts = names.enumerated().map { index, name in
                let room = (overhang + (Double(index) + 0.5) * spacing) / cosine - 4
                return FontMetrics.fitted(name, to: min(Self.longest, room), size: size)
            }
            angle = -45
            height = (texts.map { FontMetrics.width($0, size: size) }.max() ?? 0) * cosine + size
        } else {
            let small = max(7, min(size, spacing * 0.95))
            self.size = small
            every = max(1, Int((small / max(spacing, 0.01)).rounded(.up)))
            texts = names.map { FontMetrics.fitted($0, to: Self.longest, size: small) }
            angle = -90
            height = (texts.map { FontMetrics.width($0, size: small) }.max() ?? 0) + 4
        }
    }
}
