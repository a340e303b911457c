import Tensors

/// A point in a box of 100 × 140, x to the right and y downwards.
struct PenPoint: Equatable {
    var x, y: Float
    init(_ x: Float, _ y: Float) { (self.x, self.y) = (x, y) }
}

/// A line that a pen draws without being lifted.
struct PenStroke {
    var points: [PenPoint]
    /// True if the line is a curve through the points, else it has corners there.
    var isCurved: Bool

    static func curve(_ points: PenPoint...) -> PenStroke { PenStroke(points: points, isCurved: true) }
    static func line(_ points: PenPoint...) -> PenStroke { PenStroke(points: points, isCurved: false) }

    /// The line as short straight pieces: a cubic spline, or the points themselves.
    var path: [PenPoint] {
        guard isCurved, points.count > 2 else { return points }
        var path: [PenPoint] = []
        for index in 0..<points.count - 1 {
            let (a, b) = (points[max(index - 1, 0)], points[index])
            let (c, d) = (points[index + 1], points[min(index + 2, points.count - 1)])
            for step in 0..<10 {
                let t = Float(step) / 10
                func at(_ p: (PenPoint) -> Float) -> Float {
                    let slope = (p(c) - p(a)) / 2
                    let bow = p(a) - 2.5 * p(b) + 2 * p(c) - p(d) / 2
                    return p(b) + slope * t + bow * t * t + (1.5 * (p(b) - p(c)) + (p(d) - p(a)) / 2) * t * t
                        * t
                }
                path.append(PenPoint(at { $0.x }, at { $0.y }))
            }
        }
        path.append(points[points.count - 1])
        return path
    }
}

extension Plane {
    /// Draws a line of the given width, with round ends and soft edges.
    mutating func draw(_ path: [PenPoint], nib: Float) {
        for (a, b) in zip(path, path.count > 1 ? Array(path.dropFirst()) : path) {
            let reach = nib / 2 + 1
            let (left, right) = (
                max(0, Int(min(a.x, b.x) - reach)), min(width - 1, Int(max(a.x, b.x) + reach))
            )
            let (top, bottom) = (
                max(0, Int(min(a.y, b.y) - reach)), min(height - 1, Int(max(a.y, b.y) + reach))
            )
            guard left <= right, top <= bottom else { continue }
            let (dx, dy) = (b.x - a.x, b.y - a.y)
            let length = max(dx * dx + dy * dy, 1e-6)
            for y in top...bottom {
                for x in left...right {
                    let (u, v) = (Float(x) - a.x, Float(y) - a.y)
                    let t = min(max((u * dx + v * dy) / length, 0), 1)
                    let (p, q) = (u - t * dx, v - t * dy)
                    let cover = min(max(nib / 2 + 0.5 - (p * p + q * q).squareRoot(), 0), 1)
                    if cover > self[x, y] { self[x, y] = cover }
                }
            }
        }
    }
}
