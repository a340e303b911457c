import Glibc
import Tensors

/// Things that are no digits, so that a network learns to be unsure of them: scribbles, figures of simple parts, letters that are no
/// digit's double, filled shapes, blots, textures, several digits at once.
enum OtherThings {
    private static let side = 88

    static func drawn(_ random: inout RandomNumbers) -> Plane {
        for _ in 0..<8 {
            let plane = any(&random)
            if plane.values.contains(where: { $0 > 0.6 }) { return plane.croppedToInk }
        }
        return scribble(&random)
    }

    private static func any(_ random: inout RandomNumbers) -> Plane {
        switch random.next() % 19 {
        case 0, 1: scribble(&random)
        case 2, 3, 4: figure(&random, parts: 3 + Int(random.next() % 6))
        case 5, 6: letter(&random)
        case 7, 8: solid(&random)
        case 9, 10, 11: blot(&random)
        case 12: texture(&random)
        case 13: grid(&random)
        case 14: severalDigits(&random)
        case 15, 16: raggedBar(&random)
        case 17: box(&random)
        default: branches(&random)
        }
    }

    private static func point(_ random: inout RandomNumbers) -> PenPoint {
        PenPoint(random.between(8, Float(side - 8)), random.between(8, Float(side - 8)))
    }

    private static func nib(_ random: inout RandomNumbers) -> Float { random.between(2.5, 10) }

    private static func scribble(_ random: inout RandomNumbers) -> Plane {
        var plane = Plane.empty(side)
        let nib = nib(&random)
        for _ in 0...random.next() % 3 {
            let points = (0..<5 + Int(random.next() % 7)).map { _ in point(&random) }
            plane.draw(PenStroke(points: points, isCurved: random.unit() < 0.7).path, nib: nib)
        }
        return plane
    }

    /// Lines, circles, boxes and dots.
    private static func figure(_ random: inout RandomNumbers, parts: Int) -> Plane {
        var plane = Plane.empty(side)
        let nib = nib(&random)
        for part in 0..<parts {
            let (a, b) = (point(&random), point(&random))
            switch random.next() % 6 {
            case 0, 1: plane.draw([a, b], nib: nib)
            case 2:
                let radius = random.between(5, part == 0 ? 34 : 18)
                plane.draw(ellipse(a, radius, radius * random.between(0.6, 1.3)), nib: nib)
            case 3: plane.draw([a, PenPoint(b.x, a.y), b, PenPoint(a.x, b.y), a], nib: nib)
            case 4: plane.fill(polygon: ellipse(a, random.between(3, 16), random.between(3, 16)))
            default: plane.draw([a, b, point(&random), a], nib: nib)
            }
        }
        return plane
    }

    static func ellipse(_ middle: PenPoint, _ a: Float, _ b: Float, corners: Int = 28, turn: Float = 0)
        -> [PenPoint]
    {
        (0...corners).map { step in
            let angle = Float(step) / Float(corners) * 2 * .pi + turn
            return PenPoint(middle.x + a * cosf(angle), middle.y + b * sinf(angle))
        }
    }

    /// Letters in capitals that cannot be taken for digits.
    private static let letters: [[[PenPoint]]] = {
        func p(_ x: Float, _ y: Float) -> PenPoint { PenPoint(x, y) }
        return [
            [[p(5, 137), p(50, 3), p(95, 137)], [p(22, 90), p(78, 90)]],
            [[p(90, 4), p(14, 4), p(14, 136), p(90, 136)], [p(14, 68), p(76, 68)]],
            [[p(12, 4), p(12, 137)], [p(88, 4), p(88, 137)], [p(12, 70), p(88, 70)]],
            [[p(14, 4), p(14, 137)], [p(88, 4), p(14, 74), p(90, 137)]],
            [[p(8, 137), p(12, 4), p(50, 90), p(88, 4), p(92, 137)]],
            [[p(12, 137), p(12, 4), p(88, 137), p(88, 4)]],
            [[p(14, 137), p(14, 4), p(70, 8), p(84, 38), p(68, 66), p(14, 70), p(88, 137)]],
            [[p(5, 4), p(28, 137), p(50, 50), p(72, 137), p(95, 4)]],
            [[p(8, 4), p(92, 137)], [p(92, 4), p(8, 137)]],
            [[p(50, 10), p(50, 130)], [p(4, 70), p(96, 70)]],
            [
                [p(30, 8), p(24, 132)], [p(76, 8), p(70, 132)], [p(4, 46), p(96, 46)], [p(4, 94), p(96, 94)],
            ],
        ]
    }()

    private static func letter(_ random: inout RandomNumbers) -> Plane {
        var plane = Plane.empty(side)
        let (nib, wide) = (nib(&random), random.between(0.8, 1.5))
        let slant = random.normal() * 0.12
        for stroke in letters[Int(random.next() % UInt64(letters.count))] {
            plane.draw(
                stroke.map { point in
                    let (x, y) = (
                        (point.x - 50) / 140 + random.normal() * 0.02,
                        (point.y - 70) / 140 + random.normal() * 0.02
                    )
                    return PenPoint((x * wide - slant * y) * 64 + Float(side) / 2, y * 64 + Float(side) / 2)
                }, nib: nib)
        }
        return plane
    }

    private static func solid(_ random: inout RandomNumbers) -> Plane {
        var plane = Plane.empty(side)
        let middle = PenPoint(Float(side) / 2, Float(side) / 2)
        let (a, b) = (random.between(24, 40), random.between(24, 40))
        switch random.next() % 4 {
        case 0: plane.fill(polygon: ellipse(middle, a, b))
        case 1:
            plane.fill(
                polygon: ellipse(
                    middle, a, b, corners: 3 + Int(random.next() % 5), turn: random.between(0, 3)))
        case 2:
            let points = 4 + Int(random.next() % 6)
            let inner = random.between(0.3, 0.6)
            plane.fill(
                polygon: (0...points * 2).map { step in
                    let angle = Float(step) / Float(points) * .pi
                    let radius = step % 2 == 0 ? a : a * inner
                    return PenPoint(middle.x + radius * cosf(angle), middle.y + radius * sinf(angle))
                })
        default:
            // With a bite or a hole.
            plane.fill(polygon: ellipse(middle, a, b))
            plane.fill(polygon: ellipse(point(&random), a * 0.4, b * 0.4), with: 0)
        }
        return plane
    }

    /// A random field, cut off at some level: clouds, coasts, fur.
    private static func blot(_ random: inout RandomNumbers) -> Plane {
        let cells = 3 + Int(random.next() % 12)
        let field = Plane(
            width: cells, height: cells, values: (0..<cells * cells).map { _ in random.normal() }
        ).scaled(width: side, height: side)
        let fine = Plane(
            width: cells * 3, height: cells * 3, values: (0..<cells * cells * 9).map { _ in random.normal() }
        ).scaled(width: side, height: side)
        let (level, rough) = (random.between(-0.3, 0.9), random.between(0, 0.6))
        // Sometimes only within a disc, as one thing in the middle.
        let radius = random.unit() < 0.6 ? random.between(20, 44) : Float(side)
        var plane = Plane.empty(side)
        for y in 0..<side {
            for x in 0..<side {
                let (u, v) = (Float(x - side / 2), Float(y - side / 2))
                let value = field[x, y] + rough * fine[x, y]
                plane[x, y] = value > level && u * u + v * v < radius * radius ? 1 : 0
            }
        }
        return plane
    }

    /// A piece of a coast or of a shadow: long, with one or two ragged sides. A one has smooth sides.
    private static func raggedBar(_ random: inout RandomNumbers) -> Plane {
        let steps = 8 + Int(random.next() % 14)
        let (width, rough, lean) = (random.between(6, 22), random.between(3, 14), random.between(-12, 12))
        func sides(_ rough: Float, _ random: inout RandomNumbers) -> [Float] {
            (0...steps).map { _ in random.between(-rough, rough) }
        }
        let left = sides(random.unit() < 0.5 ? 0 : rough, &random)
        let right = sides(rough, &random)
        func edge(_ offsets: [Float], _ at: Float) -> [PenPoint] {
            offsets.enumerated().map { step, offset in
                let share = Float(step) / Float(steps)
                return PenPoint(
                    Float(side) / 2 + at + offset + lean * (share - 0.5), 6 + share * Float(side - 12))
            }
        }
        var plane = Plane.empty(side)
        plane.fill(polygon: edge(left, -width / 2) + edge(right, width / 2).reversed())
        return plane
    }

    /// The outline of a box, with or without something in it.
    private static func box(_ random: inout RandomNumbers) -> Plane {
        var plane = Plane.empty(side)
        let (a, b) = (random.between(22, 40), random.between(22, 40))
        let nib = random.between(3, 9)
        let (middle, tilt) = (Float(side) / 2, random.between(-5, 5))
        let corners = [
            PenPoint(middle - a, middle - b + tilt), PenPoint(middle + a, middle - b - tilt),
            PenPoint(middle + a, middle + b - tilt), PenPoint(middle - a, middle + b + tilt),
        ]
        plane.draw(corners + [corners[0]], nib: nib)
        for _ in 0..<random.next() % 3 { plane.draw([point(&random), point(&random)], nib: nib) }
        return plane
    }

    private static func texture(_ random: inout RandomNumbers) -> Plane {
        var plane = Plane.empty(side)
        let angle = random.between(0, .pi)
        let (c, s) = (cosf(angle), sinf(angle))
        let (pitch, share) = (random.between(6, 30), random.between(0.2, 0.7))
        let isChecked = random.unit() < 0.5
        for y in 0..<side {
            for x in 0..<side {
                let (u, v) = (c * Float(x) + s * Float(y), c * Float(y) - s * Float(x))
                let a = (u / pitch - (u / pitch).rounded(.down)) < share
                let b = (v / pitch - (v / pitch).rounded(.down)) < share
                plane[x, y] = (isChecked ? a != b : a) ? 1 : 0
            }
        }
        return plane
    }

    /// Cells at random, as in a code or a crossword.
    private static func grid(_ random: inout RandomNumbers) -> Plane {
        let cells = 3 + Int(random.next() % 18)
        let share = random.between(0.2, 0.7)
        let small = (0..<cells * cells).map { _ in random.unit() < share ? Float(1) : 0 }
        var plane = Plane.empty(side)
        for y in 0..<side {
            for x in 0..<side { plane[x, y] = small[y * cells / side * cells + x * cells / side] }
        }
        return plane
    }

    private static func severalDigits(_ random: inout RandomNumbers) -> Plane {
        let count = 2 + Int(random.next() % 3)
        var plane = Plane.empty(side)
        let width = Float(side - 12) / Float(count)
        let nib = random.between(2, 5)
        for place in 0..<count {
            let forms = DigitForms.all[Int(random.next() % 10)]
            for stroke in forms[Int(random.next() % UInt64(forms.count))] {
                plane.draw(
                    stroke.path.map {
                        PenPoint(
                            6 + width * (Float(place) + $0.x / 115),
                            Float(side) / 2 + ($0.y - 70) / 100 * width)
                    }, nib: nib)
            }
        }
        return plane
    }

    private static func branches(_ random: inout RandomNumbers) -> Plane {
        var plane = Plane.empty(side)
        var ends: [(PenPoint, Float, Float)] = [(PenPoint(Float(side) / 2, Float(side - 6)), -.pi / 2, 24)]
        for depth in 0..<5 {
            var next: [(PenPoint, Float, Float)] = []
            for (start, angle, length) in ends {
                let end = PenPoint(start.x + length * cosf(angle), start.y + length * sinf(angle))
                plane.draw([start, end], nib: Float(7 - depth))
                for _ in 0..<2 {
                    next.append((end, angle + random.normal() * 0.5, length * random.between(0.6, 0.85)))
                }
            }
            ends = next
        }
        return plane
    }
}

extension Plane {
    /// Fills a closed polygon, by counting its edges to the left of each pixel.
    mutating func fill(polygon: [PenPoint], with value: Float = 1) {
        let edges = Array(zip(polygon, Array(polygon.dropFirst()) + polygon.prefix(1)))
        for y in 0..<height {
            let crossed = edges.filter { ($0.0.y > Float(y)) != ($0.1.y > Float(y)) }.map { a, b in
                (b.x - a.x) * (Float(y) - a.y) / (b.y - a.y) + a.x
            }
            guard !crossed.isEmpty else { continue }
            for x in 0..<width where crossed.count(where: { Float(x) < $0 }) % 2 == 1 { self[x, y] = value }
        }
    }
}
