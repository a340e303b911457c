/// The parts of a picture's ink that may be digits, and what else there was.
struct DigitRegions {
    /// One plane for each, cropped to its ink, with the box in the picture; in reading order.
    var regions: [DigitRegion] = []
    /// The share of the ink that belongs to none of them and does not reach the picture's sides.
    var rest: Float = 0
    /// The number of connected pieces of ink that are no specks.
    var pieces = 0
}

/// The ink of one digit, cropped to its box.
struct DigitRegion {
    var ink: Plane
    /// Its place in the picture of the ink.
    var left, top: Int
    var right: Int { left + ink.width }
    var bottom: Int { top + ink.height }
}

extension Ink {
    /// Finds the digits: connected pieces of ink that belong together, without specks, fragments at the picture's sides, and
    /// what is far smaller than the largest one.
    var digitRegions: DigitRegions {
        let (w, h) = (amounts.width, amounts.height)
        let parts = Components(width: w, height: h, ink: amounts.values) {
            amounts.values[$0] >= Ink.threshold
        }
        var found = DigitRegions()
        let total = parts.all.reduce(0) { $0 + $1.mass }
        guard let largest = parts.all.map(\.mass).max(), total > 0 else { return found }
        // Pieces that touch a side are fragments of something else, if there is a piece of some size that does not.
        let inner = parts.all.indices.filter { !parts.all[$0].touchesBorder(w, h) }
        let bars = parts.all.indices.filter { isAlongSide(parts, $0) }
        let innermost = inner.map { parts.all[$0].mass }.max() ?? 0
        let tall = inner.map { parts.all[$0].height }.max() ?? 0
        let dropsTouching =
            innermost >= 0.12 * largest && (tall * 6 >= h || innermost >= 0.5 * largest) && tall >= 6
            || !bars.isEmpty && tall >= 8
        let considered = dropsTouching ? inner : Array(parts.all.indices)
        guard let main = considered.max(by: { parts.all[$0].mass < parts.all[$1].mass }) else { return found }
        let whole = parts.all[main]
        let size = max(whole.width, whole.height)
        let kept = considered.filter { index in
            let part = parts.all[index]
            if index == main { return true }
            // Without a piece inside, only what is close to the largest one belongs to it.
            if !dropsTouching, part.touchesBorder(w, h), part.mass < 0.3 * whole.mass { return false }
            return part.mass >= 0.02 * whole.mass || max(part.width, part.height) * 4 >= size
        }
        found.pieces = kept.count
        // A texture is no row of digits, and every two of its pieces would be compared.
        var groups =
            kept.count <= Ink.mostPieces
            ? joined(kept.map { PieceGroup($0, parts.all) }) : [PieceGroup(main, parts.all)]
        let tallest = groups.map(\.box.height).max() ?? 0
        groups = groups.filter { group in
            max(group.box.height, group.box.width / 2) * 10 >= tallest * 4 || group.members.contains(main)
        }
        groups = inReadingOrder(groups)
        var mass: Float = 0
        for group in groups {
            mass += group.members.reduce(0) { $0 + parts.all[$1].mass }
            found.regions.append(region(of: group, parts))
        }
        let inside = parts.all.reduce(0) { $0 + ($1.touchesBorder(w, h) ? 0 : $1.mass) }
        found.rest = max(0, 1 - mass / max(inside, mass))
        return found
    }

    /// Returns true if a piece runs along a side of the picture, as the edge of a table or of a scanner does.
    private func isAlongSide(_ parts: Components, _ index: Int) -> Bool {
        let part = parts.all[index]
        let (w, h) = (parts.width, parts.height)
        guard part.touchesBorder(w, h), max(part.width * 2, part.height * 2) >= min(w, h) else {
            return false
        }
        let label = Int32(index)
        let sides = [
            ((0..<w).count { parts.labels[$0] == label }, w),
            ((0..<w).count { parts.labels[(h - 1) * w + $0] == label }, w),
            ((0..<h).count { parts.labels[$0 * w] == label }, h),
            ((0..<h).count { parts.labels[$0 * w + w - 1] == label }, h),
        ]
        return sides.contains { $0.0 * 10 >= $0.1 * 6 }
    }

    /// Line by line from the top, each from left to right. A line may slope: each of its digits is beside the one before it.
    private func inReadingOrder(_ groups: [PieceGroup]) -> [PieceGroup] {
        var lines: [[PieceGroup]] = []
        for group in groups.sorted(by: { $0.box.left < $1.box.left }) {
            func overlap(_ line: [PieceGroup]) -> Int {
                let last = line[line.count - 1].box
                return min(last.bottom, group.box.bottom) - max(last.top, group.box.top) + 1
            }
            let near = lines.indices.max { overlap(lines[$0]) < overlap(lines[$1]) }
            if let near,
                overlap(lines[near]) * 5
                    >= min(lines[near][lines[near].count - 1].box.height, group.box.height)
            {
                lines[near].append(group)
            } else {
                lines.append([group])
            }
        }
        func top(_ line: [PieceGroup]) -> Int { line.reduce(0) { $0 + $1.box.top } / line.count }
        return lines.sorted { top($0) < top($1) }.flatMap { $0 }
    }

    /// More pieces of ink than these are not joined to digits.
    private static let mostPieces = 2_000

    /// Joins pieces that are close, or lie above each other.
    private func joined(_ pieces: [PieceGroup]) -> [PieceGroup] {
        var groups = pieces
        let tallest = groups.map(\.box.height).max() ?? 0
        var place = 0
        while place < groups.count {
            // A group that grew may belong to one before it, or to one after it.
            if let before = (0..<place).first(where: { belong(groups[$0].box, groups[place].box, tallest) }) {
                groups[before].add(groups.remove(at: place))
                place = before
            } else if let after = (place + 1..<groups.count).first(where: {
                belong(groups[place].box, groups[$0].box, tallest)
            }) {
                groups[place].add(groups.remove(at: after))
            } else {
                place += 1
            }
        }
        return groups
    }

    private func belong(_ a: Component, _ b: Component, _ tallest: Int) -> Bool {
        let gapX = max(a.left, b.left) - min(a.right, b.right) - 1
        let gapY = max(a.top, b.top) - min(a.bottom, b.bottom) - 1
        let near = max(2, tallest * 7 / 100)
        if gapX <= near && gapY <= near { return true }
        return -gapX * 10 >= min(a.width, b.width) * 3 && gapY * 10 <= tallest * 3
    }

    /// The group's ink, with the soft edge of its strokes.
    private func region(of group: PieceGroup, _ parts: Components) -> DigitRegion {
        let box = group.box
        let (w, h) = (amounts.width, amounts.height)
        let members = Set(group.members.map { Int32($0) })
        let (left, top) = (max(box.left - 1, 0), max(box.top - 1, 0))
        let (right, bottom) = (min(box.right + 2, w), min(box.bottom + 2, h))
        var part = amounts.cropped(left..<right, top..<bottom)
        for y in top..<bottom {
            for x in left..<right {
                let label = parts.labels[y * w + x]
                if label >= 0 && members.contains(label) { continue }
                var isEdge = false
                if label < 0 {
                    for nextY in max(y - 1, 0)...min(y + 1, h - 1) where !isEdge {
                        for nextX in max(x - 1, 0)...min(x + 1, w - 1) where !isEdge {
                            let next = parts.labels[nextY * w + nextX]
                            isEdge = next >= 0 && members.contains(next)
                        }
                    }
                }
                if !isEdge { part[x - left, y - top] = 0 }
            }
        }
        return DigitRegion(ink: part, left: left, top: top)
    }
}

/// Pieces of ink that make one digit, and the box around them.
private struct PieceGroup {
    var members: [Int]
    var box: Component

    init(_ piece: Int, _ all: [Component]) { (members, box) = ([piece], all[piece]) }

    mutating func add(_ other: PieceGroup) {
        members += other.members
        (box.left, box.right) = (min(box.left, other.box.left), max(box.right, other.box.right))
        (box.top, box.bottom) = (min(box.top, other.box.top), max(box.bottom, other.box.bottom))
    }
}
