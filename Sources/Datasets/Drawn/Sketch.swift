import Glibc
import Tensors

/// Lines and areas in a plane without a scale, y downwards. It is fitted into a picture when it is drawn.
struct Sketch {
    var lines: [[PenPoint]] = []
    var areas: [[PenPoint]] = []

    private var points: [PenPoint] { (lines + areas).flatMap { $0 } }

    /// Adds what `change` makes of each line and area.
    mutating func copy(_ change: (PenPoint) -> PenPoint) {
        lines += lines.map { $0.map(change) }
        areas += areas.map { $0.map(change) }
    }

    mutating func move(_ change: (PenPoint) -> PenPoint) {
        lines = lines.map { $0.map(change) }
        areas = areas.map { $0.map(change) }
    }

    /// True if it may be taken for a zero or a one: its points lie on an ellipse, with nothing else, or it is narrow and upright.
    var mayBeDigit: Bool {
        let box = Box(points)
        guard box.width > 0.3 * box.height else { return true }
        guard lines.count < 3, areas.isEmpty else { return false }
        let (a, b) = (max(box.width / 2, 1e-3), max(box.height / 2, 1e-3))
        let off = points.reduce(Float(0)) { sum, point in
            let (u, v) = ((point.x - box.left - a) / a, (point.y - box.top - b) / b)
            return sum + abs((u * u + v * v).squareRoot() - 1)
        }
        return off < 0.07 * Float(points.count)
    }

    /// Draws it into a square, with lines of the given width.
    func drawn(side: Int, nib: Float) -> Plane {
        var plane = Plane.empty(side)
        let box = Box(points)
        let room = Float(side) - 8 - nib
        let scale = room / max(box.width, box.height, 1e-3)
        let (left, top) = ((Float(side) - box.width * scale) / 2, (Float(side) - box.height * scale) / 2)
        func fitted(_ path: [PenPoint]) -> [PenPoint] {
            path.map { PenPoint(($0.x - box.left) * scale + left, ($0.y - box.top) * scale + top) }
        }
        for area in areas { plane.fill(polygon: fitted(area)) }
        for line in lines { plane.draw(fitted(line), nib: nib) }
        return plane
    }

    private struct Box {
        var left: Float = .infinity
        var top: Float = .infinity
        private var right: Float = -.infinity
        private var bottom: Float = -.infinity
        var width: Float { right - left }
        var height: Float { bottom - top }

        init(_ points: [PenPoint]) {
            for point in points {
                (left, right) = (min(left, point.x), max(right, point.x))
                (top, bottom) = (min(top, point.y), max(bottom, point.y))
            }
        }
    }
}
