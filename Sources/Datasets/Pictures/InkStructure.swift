/// How the strokes of one digit hang together: its holes, and what lies in them.
public struct InkStructure: Equatable, Sendable {
    /// The areas of the holes as shares of the box around the ink, the largest first. Smaller ones than `leastHole` are left out.
    public var holes: [Float] = []
    /// The pieces of ink that lie in a hole of another piece.
    public var enclosed: [Enclosed] = []
    /// The stem that leaves the largest hole's loop; nil without one.
    public var stem: Stem?
    /// True for a filled rectangle along the picture's sides, less than 4.5 times as high as wide.
    public var isBlock = false

    /// A piece of ink in a hole.
    public struct Enclosed: Equatable, Sendable {
        /// The size as a share of the whole box's size.
        public var width, height: Float
        /// The width by the height, in pixels.
        public var aspect: Float
        public var hasHole: Bool
    }

    /// What is left of the ink outside of a loop.
    public struct Stem: Equatable, Sendable {
        /// The distance of the loop's middle from the stem's end, in radii of the loop.
        public var length: Float
        /// The mean distance of the stem from the line between its end and the loop's middle, in radii: near 0 if the stem points at
        /// the middle, as a handle does; a digit's stem leaves its loop at a side.
        public var offset: Float
        /// The direction of the stem's end from the loop's middle: x to the right, y downwards.
        public var x, y: Float
    }

    static let leastHole: Float = 0.03
    /// Smaller pieces are specks: a share of the whole ink's area.
    private static let leastPiece: Float = 0.006

    /// Looks at the ink of one digit.
    init(_ ink: Plane) {
        let plane = ink.padded(by: 1, with: 0)
        let (w, h) = (plane.width, plane.height)
        let pieces = Components(width: w, height: h, ink: plane.values) {
            plane.values[$0] >= Ink.threshold
        }
        guard let first = pieces.all.first else { return }
        let grounds = Components(width: w, height: h, ink: plane.values, eightConnected: false) {
            plane.values[$0] < Ink.threshold
        }
        let box = pieces.all.dropFirst().reduce(into: first) { box, piece in
            (box.left, box.right) = (min(box.left, piece.left), max(box.right, piece.right))
            (box.top, box.bottom) = (min(box.top, piece.top), max(box.bottom, piece.bottom))
            box.area += piece.area
        }
        // The border that was added belongs to the ground around everything.
        let around = grounds.labels[0]
        let size = Float(box.width * box.height)
        isBlock = box.area * 100 >= box.width * box.height * 96 && box.width * 9 >= box.height * 2
        let large = grounds.all.indices.filter {
            Int32($0) != around && Float(grounds.all[$0].area) >= InkStructure.leastHole * size
        }.sorted { grounds.all[$0].area > grounds.all[$1].area }
        holes = large.map { Float(grounds.all[$0].area) / size }
        enclosed = enclosedPieces(pieces, grounds, around, box)
        if let largest = large.first { stem = Stem(pieces, grounds, Int32(largest)) }
    }

    /// The pieces that the outer ground does not touch.
    private func enclosedPieces(
        _ pieces: Components, _ grounds: Components, _ around: Int32, _ box: Component
    ) -> [Enclosed] {
        guard pieces.all.count > 1, grounds.all.count > 1 else { return [] }
        let w = pieces.width
        var isOuter = [Bool](repeating: false, count: pieces.all.count)
        // The grounds that each piece touches.
        var touched = [Set<Int32>](repeating: [], count: pieces.all.count)
        for place in pieces.labels.indices {
            let piece = pieces.labels[place]
            guard piece >= 0 else { continue }
            for next in [place - 1, place + 1, place - w, place + w] {
                let ground = grounds.labels[next]
                guard ground >= 0 else { continue }
                if ground == around { isOuter[Int(piece)] = true }
                touched[Int(piece)].insert(ground)
            }
        }
        return pieces.all.indices.compactMap { index in
            let piece = pieces.all[index]
            guard !isOuter[index], Float(piece.area) >= InkStructure.leastPiece * Float(box.area) else {
                return nil
            }
            return Enclosed(
                width: Float(piece.width) / Float(box.width), height: Float(piece.height) / Float(box.height),
                aspect: Float(piece.width) / Float(piece.height),
                // It lies in one ground; another one that it touches is within it.
                hasHole: touched[index].count > 1)
        }
    }
}

extension InkStructure.Stem {
    /// Nil if no ink lies outside of the loop around a hole.
    fileprivate init?(_ pieces: Components, _ grounds: Components, _ hole: Int32) {
        let (w, h) = (pieces.width, pieces.height)
        var (sumX, sumY): (Float, Float) = (0, 0)
        for place in grounds.labels.indices where grounds.labels[place] == hole {
            sumX += Float(place % w)
            sumY += Float(place / w)
        }
        let area = Float(grounds.all[Int(hole)].area)
        let (middleX, middleY) = (sumX / area, sumY / area)
        let radius = InkStructure.Stem.radius(pieces, middleX, middleY)
        // The ink outside of the loop, from its middle.
        var outside: [(x: Float, y: Float, distance: Float)] = []
        for place in 0..<w * h where pieces.labels[place] >= 0 {
            let (x, y) = (Float(place % w) - middleX, Float(place / w) - middleY)
            let distance = (x * x + y * y).squareRoot()
            if distance > 1.25 * radius { outside.append((x, y, distance)) }
        }
        guard outside.count > 3, let tip = outside.max(by: { $0.distance < $1.distance }) else { return nil }
        let end = outside.filter { $0.distance > 0.9 * tip.distance && $0.x * tip.x + $0.y * tip.y > 0 }
        let (endX, endY) = (end.reduce(0) { $0 + $1.x }, end.reduce(0) { $0 + $1.y })
        let norm = max((endX * endX + endY * endY).squareRoot(), 1e-6)
        (x, y) = (endX / norm, endY / norm)
        length = tip.distance / radius
        let (x, y) = (x, y)
        offset = outside.reduce(0) { $0 + abs($1.y * x - $1.x * y) } / Float(outside.count) / radius
    }

    /// The radius at which most rays from the middle leave the loop.
    private static func radius(_ pieces: Components, _ middleX: Float, _ middleY: Float) -> Float {
        let (w, h) = (pieces.width, pieces.height)
        let rays = 32
        let radii = (0..<rays).map { ray -> Float in
            let degrees = 360 * Double(ray) / Double(rays)
            let (c, s) = (Float(cosine(degrees)), Float(cosine(degrees - 90)))
            var (distance, isInside): (Float, Bool) = (0, false)
            while true {
                let (x, y) = (
                    Int((middleX + distance * c).rounded()), Int((middleY + distance * s).rounded())
                )
                guard x >= 0, y >= 0, x < w, y < h else { return distance }
                if pieces.labels[y * w + x] >= 0 {
                    isInside = true
                } else if isInside {
                    return distance
                }
                distance += 0.5
            }
        }
        return max(upperMedian(radii), 1)
    }
}
