// What lies around pieces of ink: paper on their sides, other pieces.
extension InkPieces {
    /// Returns true for the edge of a shadow, a sheet, or a table: at most places, its one side differs from the ink by less than half as much
    /// as the other one. A stroke has the same paper on both sides.
    func isEdge(_ index: Int) -> Bool {
        guard size(index) * 8 >= min(width, height), let shades = ink.shades else { return false }
        let part = all[index]
        let jump = max(1, part.area / 250)
        var (place, count, edges) = (0, 0, 0)
        for y in part.top...part.bottom {
            for x in part.left...part.right where has(index, x, y) {
                place += 1
                guard place % jump == 0, let across = across(index, x, y, shades) else { continue }
                let (low, high) = (min(across.before, across.behind), max(across.before, across.behind))
                guard high > across.darkest else { continue }
                count += 1
                if low - across.darkest < 0.5 * (high - across.darkest) { edges += 1 }
            }
        }
        return count >= 8 && edges * 2 >= count
    }

    /// Looks across the stroke at a pixel, in the direction in which it is narrowest: the shades before, in and behind it.
    private func across(_ index: Int, _ x: Int, _ y: Int, _ shades: Plane)
        -> (before: Float, darkest: Float, behind: Float)?
    {
        var best: (before: Float, darkest: Float, behind: Float)?
        var narrowest = Float.infinity
        for (dx, dy, unit) in [(1, 0, Float(1)), (0, 1, 1), (1, 1, 0.7071), (-1, 1, 0.7071)] {
            var ends: [(steps: Int, shade: Float)] = []
            var darkest = shades[x, y]
            for way in [-1, 1] {
                var step = 1
                while step < 100, has(index, x + way * step * dx, y + way * step * dy) {
                    darkest = min(darkest, shades[x + way * step * dx, y + way * step * dy])
                    step += 1
                }
                // Beyond the soft edge of the stroke.
                var shade: Float?
                for far in step + 1...step + 4 {
                    let (column, row) = (x + way * far * dx, y + way * far * dy)
                    guard column >= 0, row >= 0, column < width, row < height else { break }
                    shade = max(shade ?? -Float.infinity, shades[column, row])
                }
                guard let shade else { break }
                ends.append((step, shade))
            }
            guard ends.count == 2 else { continue }
            let width = Float(ends[0].steps + ends[1].steps) / unit
            if width < narrowest {
                narrowest = width
                best = (ends[0].shade, darkest, ends[1].shade)
            }
        }
        return best
    }

    /// Returns true for the frame of a form, a row of its boxes, or a ring, with something of a digit's size in it.
    ///
    /// - isDoubtful: Becomes true for a ring: a zero with a stroke in it is one too.
    func isFrame(_ index: Int, among pieces: [Int], _ isDoubtful: inout Bool) -> Bool {
        let box = all[index]
        guard min(box.width, box.height) >= 16, box.area * 100 <= box.width * box.height * 45 else {
            return false
        }
        let within = pieces.filter {
            let part = all[$0]
            return part.left > box.left && part.right < box.right && part.top > box.top
                && part.bottom < box.bottom && part.height * 100 >= box.height * 25
        }
        guard !within.isEmpty else { return false }
        if isRestOfFrame(index) { return true }
        let shape = mask(index).padded(by: 1, with: 0)
        let grounds = Components(
            width: shape.width, height: shape.height, ink: shape.values, eightConnected: false
        ) { shape.values[$0] == 0 }
        let outside = grounds.all[Int(grounds.labels[0])].area
        let size = box.width * box.height
        let filled = shape.values.count - outside
        // A slashed zero is a ring with a slanting stroke in it.
        if filled * 100 < size * 86, within.count == 1, box.height >= box.width, isSlanting(within[0]) {
            return false
        }
        // The shadow that a sheet casts goes around a part of it.
        if ink.shades != nil, filled * 100 < size * 60, box.area * 5 <= size,
            self.size(index) * 10 >= min(width, height) * 4
        {
            return true
        }
        // The holes must be much larger than the ink around them.
        guard box.area * 100 <= filled * 45, filled * 100 >= size * 70 else { return false }
        if filled * 100 >= size * 86 { return true }
        // A face, a clock or a die has other things in its ring than one digit.
        let others = pieces.count {
            let part = all[$0]
            return $0 != index && part.left > box.left && part.right < box.right && part.top > box.top
                && part.bottom < box.bottom && part.mass >= 0.01 * box.mass
        }
        let inner = all[within[0]]
        guard within.count == 1, others == 1, inner.height * 100 >= box.height * 35,
            inner.width * 4 >= inner.height, filled * 100 >= size * 72
        else { return false }
        isDoubtful = true
        return true
    }

    /// Returns true for a straight stroke that is neither upright, as a one is, nor level.
    private func isSlanting(_ index: Int) -> Bool {
        let part = all[index]
        let (w, h) = (Float(part.width), Float(part.height))
        return part.width * 5 >= part.height * 2 && part.height * 5 >= part.width * 2 && isStraight(index)
            && Float(part.area) <= 1.4 * strokeWidth(index) * (w * w + h * h).squareRoot()
    }

    /// Returns true for two or three of a frame's sides: thin lines along the sides of their box, and nothing else. The others may have
    /// gone as ruled lines.
    private func isRestOfFrame(_ index: Int) -> Bool {
        let box = all[index]
        let depth = max(2, min(box.width, box.height) * 4 / 100)
        guard min(box.width, box.height) >= 8 * depth else { return false }
        for y in box.top + depth...box.bottom - depth {
            for x in box.left + depth...box.right - depth where has(index, x, y) { return false }
        }
        return true
    }

    /// The combs of forms: a level line along the bottom, and uprights on it that are alike, with something else between or above them.
    func combs(_ pieces: [Int]) -> [Int] {
        pieces.filter { index in
            let box = all[index]
            guard box.width >= 2 * box.height, box.height >= 4, box.width >= 40,
                pieces.contains(where: {
                    $0 != index && all[$0].height * 2 >= box.height && all[$0].bottom <= box.bottom
                        && all[$0].left >= box.left && all[$0].right <= box.right
                })
            else { return false }
            let heights = (box.left...box.right).map { x in
                (box.top...box.bottom).count { has(index, x, $0) }
            }
            let line = heights.sorted()[heights.count / 2]
            let base = (box.left...box.right).count { x in
                (box.bottom - line...box.bottom).contains { has(index, x, $0) }
            }
            let (low, high) = (
                heights.count { $0 <= line + 1 }, heights.count { $0 * 10 >= box.height * 8 }
            )
            return line * 4 <= box.height && base * 100 >= box.width * 97 && high >= 2
                && low * 100 >= heights.count * 75 && (low + high) * 100 >= heights.count * 94
        }
    }

    /// The straight bars beside a digit that are much longer than it, as pens and rulers on the paper are.
    func rods(_ pieces: [Int]) -> [Int] {
        let large = pieces.filter { size($0) * 8 >= min(width, height) }
        guard (2...8).contains(large.count) else { return [] }
        let straight = large.filter {
            size($0) >= 5 * min(all[$0].width, all[$0].height) && isStraight($0)
        }
        // Dark corners of a photo are no digits.
        let others = large.filter { !straight.contains($0) && !touchesSide($0) }
        guard let tallest = others.map({ all[$0].height }).max() else { return [] }
        return straight.filter { rod in
            let bar = all[rod]
            return size(rod) * 10 >= tallest * 16
                && others.allSatisfy { other in
                    let part = all[other]
                    let gaps = [
                        part.left - bar.right, bar.left - part.right, part.top - bar.bottom,
                        bar.top - part.bottom,
                    ]
                    return (gaps.max() ?? 0) * 5 >= size(other)
                }
        }
    }

    /// The level bars below everything else that are as wide as most of it and do not touch it.
    func underlines(_ pieces: [Int], _ stroke: Float) -> [Int] {
        var found: [Int] = []
        for index in pieces.sorted(by: { all[$0].top > all[$1].top }) {
            let bar = all[index]
            let above = pieces.filter { $0 != index && !found.contains($0) }
            guard let left = above.map({ all[$0].left }).min(),
                let right = above.map({ all[$0].right }).max(),
                let bottom = above.map({ all[$0].bottom }).max(), let top = above.map({ all[$0].top }).min()
            else { break }
            let gap = bar.top - bottom
            guard bar.width >= 4 * bar.height, gap * 25 >= bottom - top, Float(bar.height) < 3 * stroke + 4,
                bar.width * 10 >= (right - left) * 6,
                min(bar.right, right) - max(bar.left, left) >= (min(bar.width, right - left)) / 2
            else { break }
            found.append(index)
        }
        return found
    }

    private static let mostDividers = 100

    /// The lines between the boxes of a form whose level lines are gone: three or more straight uprights that begin and end at the same
    /// heights, with something in their rows that is lower than they are; or two that are thinner than its strokes.
    func dividers(_ pieces: [Int]) -> [Int] {
        let narrow = pieces.filter {
            all[$0].height >= 6 * all[$0].width && all[$0].height * 10 >= min(width, height)
        }
        // A texture is no form, and every two of its pieces would be compared.
        guard (2...InkPieces.mostDividers).contains(narrow.count) else { return [] }
        let uprights = narrow.filter { isStraight($0) }
        for model in uprights {
            let line = all[model]
            let slack = max(1, line.height / 50)
            let alike = uprights.filter {
                abs(all[$0].top - line.top) <= slack && abs(all[$0].bottom - line.bottom) <= slack
            }
            guard alike.count >= 2 else { continue }
            let within = pieces.filter {
                !alike.contains($0) && all[$0].top > line.top && all[$0].bottom < line.bottom
                    && all[$0].height * 4 >= line.height
            }
            // Ones of a row of digits are as tall as the others.
            guard let main = within.max(by: { all[$0].mass < all[$1].mass }),
                within.allSatisfy({ all[$0].height * 100 <= line.height * 88 })
            else { continue }
            if alike.count >= 3 { return alike }
            let widest = alike.map { strokeWidth($0) }.max() ?? 0
            if widest <= 0.67 * strokeWidth(main) { return alike }
        }
        return []
    }

    /// Returns true for a point, colon, or minus beside digits: a piece with about the width of their strokes, on their line.
    func isSign(_ index: Int, beside groups: [PieceGroup], _ stroke: Float) -> Bool {
        let part = all[index]
        let tallest = groups.map(\.box.height).max() ?? 0
        guard Float(part.width) >= 0.6 * stroke, Float(part.height) >= 0.5 * stroke,
            part.mass >= 0.5 * stroke * stroke, size(index) * 20 >= tallest, size(index) >= 3
        else { return false }
        let onLine = groups.filter {
            part.bottom >= $0.box.top && part.top * 100 <= $0.box.bottom * 100 + 15 * tallest
        }
        // Above or below a digit, or within it, a dot belongs to it.
        guard !onLine.contains(where: { part.left <= $0.box.right && part.right >= $0.box.left }) else {
            return false
        }
        func isWithin(_ percent: Int, _ gap: Int) -> Bool { gap > 0 && gap * 100 <= tallest * percent }
        let isAfter = onLine.contains { isWithin(45, part.left - $0.box.right) }
        if isAfter, onLine.contains(where: { isWithin(60, $0.box.left - part.right) }) { return true }
        // Before the first digit, a dot may be a hole for a binder.
        let isBar = part.width * 10 >= part.height * 18
        return isBar
            && onLine.contains { isWithin(70, max($0.box.left - part.right, part.left - $0.box.right)) }
    }
}
