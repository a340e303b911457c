/// The parts of a picture's ink that may be digits, and what else there was.
struct DigitRegions {
    /// One plane for each, cropped to its ink, with the box in the picture; in reading order.
    var regions: [DigitRegion] = []
    /// The share of the ink that belongs to none of them and does not reach the picture's sides.
    var rest: Float = 0
    /// The number of connected pieces of ink that are no specks.
    var pieces = 0
    /// Dots and bars before, between and after the digits: points, colons, signs.
    var signs: [PictureSign] = []
    /// The number of pieces that may be digits and were left out, as a side of the picture cuts them.
    var cut = 0
    /// True if something speaks against a digit that the ink alone does not show, such as a ring around it.
    var isDoubtful = false
}

/// A dot or bar beside digits.
public struct PictureSign: Equatable, Sendable {
    /// The number of digits before it.
    public var place: Int
    /// Its box in the picture of the ink.
    public var left, top, width, height: Int
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
    /// Finds the digits: connected pieces of ink that belong together, without specks, fragments at the picture's sides, frames,
    /// underlines, edges of shadows and sheets, and what is far smaller than the largest one.
    var digitRegions: DigitRegions {
        let pieces = InkPieces(self)
        if let clean = pieces.inkWithoutTouchedBoxes { return clean.digitRegions }
        let found = pieces.digitRegions
        // A thin line that was scaled down, or a pencil's, falls apart where it is faint.
        guard found.pieces > 8, found.pieces < 400 else { return found }
        let radius = max(1, min(amounts.width, amounts.height) / 150)
        let stronger = Plane(
            width: amounts.width, height: amounts.height, values: amounts.values.map { min($0 * 1.7, 1) }
        ).maximum(radius: radius).minimum(radius: radius)
        let again = InkPieces(Ink(self, amounts: stronger)).digitRegions
        // Parts of a digit that are close by their fragments alone must not become digits of their own.
        let isWhole = again.regions.count == 1 || found.regions.count > 3
        return isWhole && again.pieces * 2 <= found.pieces ? again : found
    }
}

extension InkPieces {
    fileprivate var digitRegions: DigitRegions {
        var found = DigitRegions()
        guard !all.isEmpty else { return found }
        var pieces = Array(all.indices)
        let edges = pieces.filter { isEdge($0) }
        pieces.removeAll { edges.contains($0) }
        // Edges are large. What is left of their surroundings is no digit.
        if !edges.isEmpty, !pieces.contains(where: { size($0) * 12 >= min(width, height) }) { return found }
        let across = pieces.filter { isLineAcross($0) }
        if pieces.contains(where: { !across.contains($0) && size($0) * 12 >= min(width, height) }) {
            pieces.removeAll { across.contains($0) }
        } else if !across.isEmpty {
            found.isDoubtful = true
        }
        for frame in pieces where isFrame(frame, among: pieces, &found.isDoubtful) {
            pieces.removeAll { $0 == frame }
        }
        let lines = dividers(pieces) + combs(pieces) + rods(pieces)
        pieces.removeAll { lines.contains($0) }
        let considered = withoutFragments(pieces, &found.cut)
        guard let main = considered.all.max(by: { all[$0].mass < all[$1].mass }) else { return found }
        let whole = all[main]
        var kept = considered.all.filter { index in
            let part = all[index]
            if index == main { return true }
            // Without a piece inside, only what is close to the largest one belongs to it.
            if !considered.dropsTouching, touchesSide(index), part.mass < 0.3 * whole.mass { return false }
            return part.mass >= 0.02 * whole.mass || size(index) * 4 >= size(main)
        }
        let stroke = strokeWidth(main)
        let underlines = underlines(kept, stroke)
        kept.removeAll { underlines.contains($0) }
        pieces.removeAll { underlines.contains($0) }
        found.pieces = kept.count
        // A texture is no row of digits, and every two of its pieces would be compared.
        var groups =
            kept.count <= InkPieces.most
            ? joined(kept.map { PieceGroup($0, all) }) : [PieceGroup(main, all)]
        let tallest = groups.map(\.box.height).max() ?? 0
        groups = groups.filter { group in
            max(group.box.height, group.box.width / 2) * 10 >= tallest * 4 || group.members.contains(main)
        }
        let used = Set(groups.flatMap(\.members))
        let small = considered.all.filter { !used.contains($0) && !underlines.contains($0) }
        let signs =
            small.count <= InkPieces.mostSigns ? small.filter { isSign($0, beside: groups, stroke) } : []
        var mass: Float = 0
        for group in inReadingOrder(groups + signs.map { PieceGroup($0, all) }) {
            if signs.contains(group.members[0]) {
                found.signs.append(
                    PictureSign(
                        place: found.regions.count, left: group.box.left, top: group.box.top,
                        width: group.box.width, height: group.box.height))
                continue
            }
            mass += group.members.reduce(0) { $0 + all[$1].mass }
            found.regions.append(region(of: group))
        }
        // Thousands of specks, as a threshold makes them of noisy paper, say nothing about the digit.
        let others = pieces.filter { index in
            !touchesSide(index)
                && (all[index].mass >= 0.02 * whole.mass || size(index) * 4 >= size(main)
                    || used.contains(index))
        }
        let inside = others.reduce(0) { $0 + all[$1].mass }
        found.rest = max(0, 1 - mass / max(inside, mass))
        return found
    }

    /// Returns the pieces without those that are fragments of something else: those that touch a side, if there is a piece of some size that
    /// does not, but for whole ones of a digit's height.
    private func withoutFragments(_ pieces: [Int], _ cut: inout Int) -> (all: [Int], dropsTouching: Bool) {
        let largest = pieces.map { all[$0].mass }.max() ?? 0
        let inner = pieces.filter { !touchesSide($0) }
        let bars = pieces.filter { isAlongSide($0) }
        let innermost = inner.map { all[$0].mass }.max() ?? 0
        let tall = inner.map { all[$0].height }.max() ?? 0
        guard
            innermost >= 0.12 * largest && (tall * 6 >= height || innermost >= 0.5 * largest) && tall >= 6
                || !bars.isEmpty && tall >= 8
        else { return (pieces, false) }
        let reaching = pieces.filter { touchesSide($0) && all[$0].height * 10 >= tall * 4 }
        guard !reaching.isEmpty else { return (inner, true) }
        guard let model = inner.max(by: { all[$0].mass < all[$1].mass }) else { return (inner, true) }
        let stroke = strokeWidth(model)
        let isRow = pieces.contains { !bars.contains($0) && all[$0].height * 10 >= height * 8 }
        let whole = reaching.filter { index in
            // In a picture that is cropped to a row of digits, they are nearly as tall as the picture.
            if isRow { return !isAlongSide(index) || Float(all[index].width) < 2 * stroke }
            return !bars.contains(index) && !isCut(index, stroke, atTop: all[index].height * 4 < tall * 3)
        }
        // Digits reach opposite sides of a picture that is cropped to them.
        let ends = (inner + whole).filter { all[$0].height * 10 >= tall * 4 }
        func reach(_ a: (Component) -> Int, _ b: (Component) -> Int) -> Bool {
            ends.contains { a(all[$0]) <= 2 } && ends.contains { b(all[$0]) <= 2 }
        }
        let isCropped =
            reach({ $0.left }, { width - 1 - $0.right }) || reach({ $0.top }, { height - 1 - $0.bottom })
        let kept = pieces.filter { index in
            guard touchesSide(index) else { return true }
            if isCropped, whole.contains(index) { return true }
            if whole.contains(index)
                || reaching.contains(index) && !bars.contains(index) && all[index].mass >= 0.5 * innermost
            {
                cut += 1
            }
            return false
        }
        return (kept, true)
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
    private static let most = 2_000

    /// More small pieces than these are specks, not signs.
    private static let mostSigns = 6

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
        if a.isMinus(before: b) || b.isMinus(before: a) { return false }
        let near = max(2, tallest * 7 / 100)
        if gapX <= near && gapY <= near { return true }
        return -gapX * 10 >= min(a.width, b.width) * 3 && gapY * 10 <= tallest * 3
    }

    /// The group's ink, with the soft edge of its strokes.
    private func region(of group: PieceGroup) -> DigitRegion {
        let box = group.box
        let (w, h, amounts) = (width, height, ink.amounts)
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
struct PieceGroup {
    var members: [Int]
    var box: Component

    init(_ piece: Int, _ all: [Component]) { (members, box) = ([piece], all[piece]) }

    mutating func add(_ other: PieceGroup) {
        members += other.members
        (box.left, box.right) = (min(box.left, other.box.left), max(box.right, other.box.right))
        (box.top, box.bottom) = (min(box.top, other.box.top), max(box.bottom, other.box.bottom))
    }
}
