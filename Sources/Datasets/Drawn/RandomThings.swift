import Glibc
import Tensors

/// Things that are no digits, found by chance instead of by name: outlines of random arcs, symmetric figures, graphs of strokes, curves,
/// shadows. A network that has seen them is unsure of drawings, signs and letters that nobody thought of.
enum RandomThings {
    private static let side = 88

    static func drawn(_ random: inout RandomNumbers) -> Plane {
        for _ in 0..<8 {
            var sketch = any(&random)
            let (c, s) = (cosf(random.normal() * 0.08), sinf(random.normal() * 0.08))
            let wide = random.between(0.7, 1.4)
            sketch.move { PenPoint((c * $0.x - s * $0.y) * wide, s * $0.x + c * $0.y) }
            guard !sketch.mayBeDigit else { continue }
            let plane = sketch.drawn(side: side, nib: random.between(2, 9))
            if plane.values.contains(where: { $0 > 0.6 }) { return plane.croppedToInk }
        }
        return OtherThings.drawn(&random)
    }

    private static func any(_ random: inout RandomNumbers) -> Sketch {
        switch random.next() % 18 {
        case 0, 1, 2: ring(&random)
        case 3, 4, 5, 6: mirrored(&random)
        case 7, 8: turned(&random)
        case 9, 10, 11, 12: strokes(&random)
        case 13: curve(&random)
        case 14: shadow(&random)
        case 15, 16: band(&random)
        default: spots(&random)
        }
    }

    private static func isTrue(_ share: Float, _ random: inout RandomNumbers) -> Bool {
        random.unit() < share
    }

    private static func count(_ range: ClosedRange<Int>, _ random: inout RandomNumbers) -> Int {
        range.lowerBound + Int(random.next() % UInt64(range.count))
    }

    /// A point in the square from (-1, -1) to (1, 1).
    private static func point(_ random: inout RandomNumbers) -> PenPoint {
        PenPoint(random.between(-1, 1), random.between(-1, 1))
    }

    // MARK: - Outlines

    /// A cubic curve between two points that leaves each in a random direction.
    private static func arc(_ a: PenPoint, _ b: PenPoint, _ random: inout RandomNumbers) -> [PenPoint] {
        bent(a, b, [random.between(-0.6, 1.3), random.between(-0.6, 1.3)], random.between(0, 0.5))
    }

    private static func bent(_ a: PenPoint, _ b: PenPoint, _ bulges: [Float], _ reach: Float) -> [PenPoint] {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let c = PenPoint(a.x + dx * reach + dy * bulges[0], a.y + dy * reach - dx * bulges[0])
        let d = PenPoint(b.x - dx * reach + dy * bulges[1], b.y - dy * reach - dx * bulges[1])
        return (0...12).map { step in
            let t = Float(step) / 12
            let s = 1 - t
            let (p, q, r, u) = (s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t)
            return PenPoint(p * a.x + q * c.x + r * d.x + u * b.x, p * a.y + q * c.y + r * d.y + u * b.y)
        }
    }

    /// A closed line of arcs between corners around the middle: drops, leaves, hearts, clouds, shields, stars, polygons.
    private static func outline(_ random: inout RandomNumbers) -> [PenPoint] {
        if isTrue(0.35, &random) {
            // Symmetric.
            let corners = count(1...3, &random)
            var half: [PenPoint] = []
            var last = PenPoint(0, random.between(-1, 0))
            for corner in 1...corners {
                let next =
                    corner == corners
                    ? PenPoint(0, random.between(0.5, 1))
                    : PenPoint(random.between(0.2, 1), last.y + (1 - last.y) * random.between(0, 0.8))
                half += arc(last, next, &random)
                last = next
            }
            return half + half.reversed().map { PenPoint(-$0.x, $0.y) }
        }
        let corners = count(2...9, &random)
        let isRegular = isTrue(0.5, &random)
        let radii = [random.between(0.3, 1), random.between(0.6, 1)]
        let start = random.between(0, 6.28)
        let vertices = (0..<corners).map { corner -> PenPoint in
            let shift = isRegular ? 0 : random.between(-0.3, 0.3)
            let angle = start + (Float(corner) + shift) / Float(corners) * 2 * .pi
            let radius = isRegular ? radii[corner % 2] : random.between(0.4, 1)
            return PenPoint(radius * cosf(angle), radius * sinf(angle))
        }
        let isSame = isTrue(0.6, &random)
        // To the outside, to the inside, or straight.
        let bulge = isTrue(0.3, &random) ? 0 : random.between(-0.4, 1)
        return vertices.indices.flatMap { corner -> [PenPoint] in
            let (a, b) = (vertices[corner], vertices[(corner + 1) % corners])
            return isSame ? bent(a, b, [bulge, bulge], 0.2) : arc(a, b, &random)
        }
    }

    /// An outline, a filled one, or one with a gap, mostly with something in it, through it, or at it.
    private static func ring(_ random: inout RandomNumbers) -> Sketch {
        var sketch = Sketch()
        let isRound = isTrue(0.35, &random)
        let line =
            isRound
            ? OtherThings.ellipse(PenPoint(0, 0), 1, 1, turn: random.between(0, 6.28))
            : outline(&random)
        if !isRound, isTrue(0.4, &random) {
            // Narrow ones too: bottles, blades, shadows of poles.
            let wide = isTrue(0.3, &random) ? random.between(0.35, 0.6) : 1
            sketch.areas.append(line.map { PenPoint($0.x * wide, $0.y) })
        } else {
            let kept = isTrue(0.3, &random) ? Int(random.between(0.5, 0.9) * Float(line.count)) : line.count
            sketch.lines.append(Array(line.prefix(kept)))
        }
        // Stalks and leaves alone, or marks of any kind. A single mark may belong to a digit.
        let isOutside = isTrue(0.3, &random)
        let parts =
            isRound || isOutside ? count(2...4, &random) : isTrue(0.5, &random) ? 0 : count(1...3, &random)
        for _ in 0..<parts {
            add(isOutside ? count(0...1, &random) : count(0...6, &random), to: &sketch, &random)
        }
        return sketch
    }

    /// Adds a stalk or tail, a leaf, a spoke, a chord, a small ring, a disc, or a mark in the middle.
    private static func add(_ kind: Int, to sketch: inout Sketch, _ random: inout RandomNumbers) {
        let angle = random.between(0, 6.28)
        func at(_ radius: Float, _ turn: Float = 0) -> PenPoint {
            PenPoint(radius * cosf(angle + turn), radius * sinf(angle + turn))
        }
        switch kind {
        case 0: sketch.lines.append([at(random.between(0.8, 1)), at(random.between(1.15, 2.2))])
        case 1:
            let (x, y) = (random.between(0.1, 0.4), random.between(0.1, 0.4))
            let leaf = OtherThings.ellipse(at(random.between(1, 1.4)), x, y)
            if isTrue(0.5, &random) { sketch.areas.append(leaf) } else { sketch.lines.append(leaf) }
        case 2: sketch.lines.append([at(random.between(0, 0.7)), at(random.between(0.8, 1.1))])
        case 3: sketch.lines.append([at(1), at(1, random.between(1.5, 4.7))])
        case 4:
            let (x, y) = (random.between(0.05, 0.5), random.between(0.05, 0.5))
            sketch.lines.append(OtherThings.ellipse(at(random.between(0, 0.6)), x, y))
        case 5:
            let radius = random.between(0.06, 0.3)
            sketch.areas.append(OtherThings.ellipse(at(random.between(0, 0.7)), radius, radius))
        default:
            let (a, b, c) = (point(&random), point(&random), point(&random))
            sketch.lines.append(path([a, b, c].map { PenPoint($0.x * 0.6, $0.y * 0.6) }, &random))
        }
    }

    // MARK: - Strokes

    private static func path(_ points: [PenPoint], _ random: inout RandomNumbers) -> [PenPoint] {
        PenStroke(points: points, isCurved: isTrue(0.5, &random)).path
    }

    /// Strokes and their mirror images, with or without a stroke on the axis: most things and many signs look like this.
    private static func mirrored(_ random: inout RandomNumbers) -> Sketch {
        var sketch = Sketch()
        for _ in 0..<count(1...3, &random) {
            var points = (0..<count(2...4, &random)).map { _ in
                PenPoint(random.between(0.05, 1), random.between(-1, 1))
            }
            if isTrue(0.6, &random) { points[0].x = 0 }
            if isTrue(0.35, &random) { points[points.count - 1].x = 0 }
            sketch.lines.append(path(points, &random))
        }
        if isTrue(0.25, &random) {
            let radius = random.between(0.05, 0.3)
            let middle = PenPoint(random.between(radius, 1), random.between(-1, 1))
            let disc = OtherThings.ellipse(middle, radius, radius * random.between(0.6, 1.6))
            if isTrue(0.5, &random) { sketch.areas.append(disc) } else { sketch.lines.append(disc) }
        }
        sketch.copy { PenPoint(-$0.x, $0.y) }
        if isTrue(0.45, &random) {
            let (top, bottom) = (random.between(-1.2, 0.5), random.between(0, 1.2))
            sketch.lines.append([PenPoint(0, top), PenPoint(0, max(bottom, top + 0.3))])
        }
        if isTrue(0.25, &random) {
            let (x, y) = (random.between(0.1, 0.8), random.between(0.1, 0.6))
            sketch.lines.append(OtherThings.ellipse(PenPoint(0, random.between(-0.8, 0.8)), x, y))
        }
        if isTrue(0.3, &random) { sketch.move { PenPoint($0.y, $0.x) } }
        return sketch
    }

    /// Strokes around the middle, each turned by the same angle, with or without rings.
    private static func turned(_ random: inout RandomNumbers) -> Sketch {
        var one = Sketch()
        let copies = count(3...9, &random)
        let angle = 2 * Float.pi / Float(copies)
        for _ in 0..<count(1...2, &random) {
            let near = isTrue(0.4, &random) ? 0 : random.between(0.2, 0.8)
            let points = [near, random.between(0.3, 1), random.between(0.7, 1.1)].prefix(
                count(2...3, &random))
            one.lines.append(
                path(
                    points.map { radius in
                        let turn = random.between(-0.4, 0.4) * angle
                        return PenPoint(radius * cosf(turn), radius * sinf(turn))
                    }, &random))
        }
        var sketch = Sketch()
        let start = random.between(0, 6.28)
        for copy in 0..<copies where isTrue(0.95, &random) {
            let (c, s) = (cosf(start + Float(copy) * angle), sinf(start + Float(copy) * angle))
            for line in one.lines {
                sketch.lines.append(line.map { PenPoint(c * $0.x - s * $0.y, s * $0.x + c * $0.y) })
            }
        }
        for _ in 0..<count(0...2, &random) {
            let radius = random.between(0.15, 1.1)
            sketch.lines.append(OtherThings.ellipse(PenPoint(0, 0), radius, radius))
        }
        return sketch
    }

    /// Three to six strokes of which most begin where others have a point, as in the letters of all scripts.
    private static func strokes(_ random: inout RandomNumbers) -> Sketch {
        var sketch = Sketch()
        let (columns, rows) = (Float(count(2...3, &random)), Float(count(2...4, &random)))
        let isOnGrid = isTrue(0.6, &random)
        func anywhere(_ random: inout RandomNumbers) -> PenPoint {
            guard isOnGrid else { return point(&random) }
            return PenPoint(
                (random.unit() * columns).rounded(.down) / (columns - 1) + random.normal() * 0.04,
                (random.unit() * rows).rounded(.down) / (rows - 1) * 1.4 + random.normal() * 0.04)
        }
        var known: [PenPoint] = []
        for _ in 0..<count(3...6, &random) {
            var points = (0..<count(2...3, &random)).map { _ in anywhere(&random) }
            if !known.isEmpty, isTrue(0.65, &random) {
                points[0] = known[count(0...known.count - 1, &random)]
            }
            if isTrue(0.12, &random) {
                let radius = random.between(0.04, 0.3)
                sketch.lines.append(OtherThings.ellipse(points[0], radius, radius))
            } else {
                sketch.lines.append(path(points, &random))
            }
            known += points
        }
        return sketch
    }

    // MARK: - Curves and areas

    /// A point on a turning wheel that may roll along a line: loops, spirals, waves, flowers.
    private static func curve(_ random: inout RandomNumbers) -> Sketch {
        let (speed, size) = (random.between(-7, 7), random.between(0.2, 1.2))
        let (drift, growth) = (isTrue(0.4, &random) ? random.between(0.1, 0.8) : 0, random.between(0, 0.4))
        let (angle, turns) = (random.between(0, 6.28), random.between(0.8, 3.5))
        let steps = 120
        return Sketch(
            lines: [
                (0...steps).map { step in
                    let t = Float(step) / Float(steps) * turns * 2 * .pi
                    let grown = 0.3 + growth * t
                    return PenPoint(
                        grown * (cosf(t) + size * cosf(speed * t + angle)) + drift * t,
                        grown * (sinf(t) + size * sinf(speed * t + angle)))
                }
            ])
    }

    /// Filled outlines that overlap, and strokes at them: the shadow of something.
    private static func shadow(_ random: inout RandomNumbers) -> Sketch {
        var sketch = Sketch()
        for part in 0..<count(1...4, &random) {
            let (scale, middle) = (part == 0 ? 1 : random.between(0.2, 0.7), point(&random))
            let line = isTrue(0.4, &random) ? OtherThings.ellipse(PenPoint(0, 0), 1, 0.8) : outline(&random)
            sketch.areas.append(
                line.map { PenPoint(middle.x + $0.x * scale, middle.y + $0.y * scale * 1.2) })
        }
        for _ in 0..<count(0...3, &random) {
            sketch.lines.append(path([point(&random), point(&random), point(&random)], &random))
        }
        return sketch
    }

    /// A filled band whose width changes far more than a pen's: crescents, flashes, blades, roads.
    private static func band(_ random: inout RandomNumbers) -> Sketch {
        let corners = count(2...5, &random)
        let middle = path((0..<corners).map { _ in point(&random) }, &random)
        let widths = (0..<corners).map { _ in isTrue(0.3, &random) ? 0 : random.between(0.03, 0.5) }
        guard (widths.max() ?? 0) - (widths.min() ?? 0) > 0.15 else { return strokes(&random) }
        func side(_ sign: Float) -> [PenPoint] {
            middle.indices.map { index in
                let (a, b) = (middle[max(index - 1, 0)], middle[min(index + 1, middle.count - 1)])
                let (dx, dy) = (b.x - a.x, b.y - a.y)
                let length = max((dx * dx + dy * dy).squareRoot(), 1e-3)
                let place = Float(index) / Float(middle.count - 1) * Float(corners - 1)
                let first = min(Int(place), corners - 2)
                let width = widths[first] + (widths[first + 1] - widths[first]) * (place - Float(first))
                return PenPoint(
                    middle[index].x - sign * width * dy / length, middle[index].y + sign * width * dx / length
                )
            }
        }
        let outline = side(1) + side(-1).reversed()
        return isTrue(0.7, &random) ? Sketch(areas: [outline]) : Sketch(lines: [outline + outline.prefix(1)])
    }

    /// Several discs or rings.
    private static func spots(_ random: inout RandomNumbers) -> Sketch {
        var sketch = Sketch()
        let isFilled = isTrue(0.7, &random)
        for _ in 0..<count(2...8, &random) {
            let radius = random.between(0.08, 0.5)
            let spot = OtherThings.ellipse(point(&random), radius, radius * random.between(0.8, 1.2))
            if isFilled { sketch.areas.append(spot) } else { sketch.lines.append(spot) }
        }
        return sketch
    }
}
