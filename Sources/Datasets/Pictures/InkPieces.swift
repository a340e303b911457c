/// The connected pieces of ink of a picture, and what tells digits' strokes from other things.
struct InkPieces {
    let ink: Ink
    let parts: Components

    var all: [Component] { parts.all }
    var width: Int { parts.width }
    var height: Int { parts.height }

    init(_ ink: Ink) {
        self.ink = ink
        parts = Components(width: ink.amounts.width, height: ink.amounts.height, ink: ink.amounts.values) {
            ink.amounts.values[$0] >= Ink.threshold
        }
    }

    func size(_ index: Int) -> Int { max(all[index].width, all[index].height) }

    func touchesSide(_ index: Int) -> Bool { all[index].touchesBorder(width, height) }

    func has(_ index: Int, _ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < width && y < height && parts.labels[y * width + x] == Int32(index)
    }

    /// The piece alone, cropped to its box.
    func mask(_ index: Int) -> Plane {
        let part = all[index]
        var out = Plane(
            width: part.width, height: part.height,
            values: [Float](repeating: 0, count: part.width * part.height))
        for y in 0..<part.height {
            for x in 0..<part.width where has(index, part.left + x, part.top + y) { out[x, y] = 1 }
        }
        return out
    }

    /// The usual width of a piece's strokes in pixels.
    func strokeWidth(_ index: Int) -> Float { mask(index).strokeWidth }
}

// Pieces at the sides of the picture.
extension InkPieces {
    /// Returns true if a piece runs along a side of the picture, as the edge of a table or of a scanner does.
    func isAlongSide(_ index: Int) -> Bool {
        let part = all[index]
        guard touchesSide(index), max(part.width * 2, part.height * 2) >= min(width, height) else {
            return false
        }
        return (0..<4).contains { side in
            let length = side < 2 ? width : height
            return (0..<length).count { has(index, side: side, $0, depth: 0) } * 10 >= length * 6
        }
    }

    /// Returns true if the picture's left or right side cuts a piece, or another one with `atTop`: strokes reach the side in their full
    /// width and come from farther inside. A piece that only touches the side, as in a picture that is cropped to its ink, is narrower
    /// there, or has a stroke along it.
    func isCut(_ index: Int, _ stroke: Float, atTop: Bool) -> Bool {
        if Float(min(all[index].width, all[index].height)) < 0.7 * stroke { return true }
        let depth = max(1, Int((0.6 * stroke).rounded()))
        let deep = Int((1.6 * stroke).rounded(.up))
        for side in (atTop ? 0 : 2)..<4 {
            let length = side < 2 ? width : height
            var start = 0
            while start < length {
                guard has(index, side: side, start, depth: 0) else {
                    start += 1
                    continue
                }
                var end = start
                while end + 1 < length, has(index, side: side, end + 1, depth: 0) { end += 1 }
                let run = start...end
                start = end + 1
                // The stroke that the run belongs to, farther inside.
                let near = max(run.lowerBound - depth, 0)...min(run.upperBound + depth, length - 1)
                guard var first = near.first(where: { has(index, side: side, $0, depth: depth) }),
                    var last = near.last(where: { has(index, side: side, $0, depth: depth) })
                else { continue }
                while has(index, side: side, first - 1, depth: depth) { first -= 1 }
                while has(index, side: side, last + 1, depth: depth) { last += 1 }
                let isBar =
                    Float(run.count) > 2 * stroke
                    && run.count { has(index, side: side, $0, depth: deep) } * 10 < run.count * 6
                if run.count * 10 >= (last - first + 1) * 8, !isBar { return true }
                // A bend or a bar that is cut lengthwise has less than a stroke's width left.
                let middle = (run.lowerBound + run.upperBound) / 2
                if Float(run.count) > 1.3 * stroke,
                    let thickness = (0..<deep).first(where: { !has(index, side: side, middle, depth: $0) }),
                    Float(thickness) < 0.75 * stroke
                {
                    return true
                }
            }
        }
        return false
    }

    /// Returns true if a piece has a pixel at a place along a side (0 top, 1 bottom, 2 left, 3 right), so many pixels inside.
    private func has(_ index: Int, side: Int, _ along: Int, depth: Int) -> Bool {
        switch side {
        case 0: has(index, along, depth)
        case 1: has(index, along, height - 1 - depth)
        case 2: has(index, depth, along)
        default: has(index, width - 1 - depth, along)
        }
    }

    /// Returns true for a thin straight line in a photo that ends at two sides, as the fold of a sheet does.
    func isLineAcross(_ index: Int) -> Bool {
        let part = all[index]
        guard ink.shades != nil, touchesSide(index) else { return false }
        let isLevel = part.left <= 0 && part.right >= width - 1
        let isUpright = part.top <= 0 && part.bottom >= height - 1
        let isCorner =
            (part.left <= 0 || part.right >= width - 1) && (part.top <= 0 || part.bottom >= height - 1)
        let (w, h) = (Float(part.width), Float(part.height))
        let length = (w * w + h * h).squareRoot()
        let thickness = Float(part.area) / length
        let least = Float(min(width, height))
        guard isLevel || isUpright || isCorner, length >= 0.5 * least, thickness * 8 <= least else {
            return false
        }
        return isStraight(index)
    }

    /// Returns true for a straight bar or line: what lies about its axis is no wider than it is thick.
    func isStraight(_ index: Int) -> Bool {
        let part = all[index]
        var (n, sx, sy, xx, xy, yy): (Double, Double, Double, Double, Double, Double) = (0, 0, 0, 0, 0, 0)
        for y in part.top...part.bottom {
            for x in part.left...part.right where has(index, x, y) {
                let (a, b) = (Double(x - part.left), Double(y - part.top))
                (n, sx, sy) = (n + 1, sx + a, sy + b)
                (xx, xy, yy) = (xx + a * a, xy + a * b, yy + b * b)
            }
        }
        // The second moments along the axis and across it.
        let (cxx, cxy, cyy) = (xx / n - sx * sx / n / n, xy / n - sx * sy / n / n, yy / n - sy * sy / n / n)
        let half = (cxx - cyy) / 2
        let spread = max((cxx + cyy) / 2 - (half * half + cxy * cxy).squareRoot(), 0).squareRoot()
        let (w, h) = (Double(part.width), Double(part.height))
        return spread <= 0.45 * n / (w * w + h * h).squareRoot() + 1
    }
}
