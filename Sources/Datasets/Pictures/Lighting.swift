extension GrayImage {
    /// The picture with uneven lighting corrected, if its border shows a smooth gradient, as in a
    /// photographed sheet; otherwise the picture itself.
    ///
    /// A quadratic surface is fitted to a strip along the border, which is mostly background. On a light
    /// background the picture is divided by the surface, because light multiplies the shade; on a dark one
    /// the surface is subtracted.
    var evenlyLit: GrayImage {
        guard min(width, height) >= 32, let surface = Surface(borderOf: self) else { return self }
        var shades = [Double](repeating: 0, count: pixels.count)
        for y in 0..<height {
            for x in 0..<width { shades[y * width + x] = surface.value(Double(x), Double(y)) }
        }
        let mean = shades.reduce(0, +) / Double(shades.count)
        guard let darkest = shades.min(), mean < 128 || darkest > 16 else { return self }
        let lit = zip(pixels, shades).map { pixel, shade in
            let even = mean >= 128 ? Double(pixel) / shade * mean : Double(pixel) - shade + mean
            return UInt8(min(max(even.rounded(), 0), 255))
        }
        return GrayImage(width: width, height: height, pixels: lit)
    }
}

/// The terms of a quadratic polynomial in x and y, or their weights.
private typealias Terms = InlineArray<6, Double>

/// A pixel position and its shade.
private typealias Point = (x: Double, y: Double, shade: Double)

/// A quadratic polynomial in x and y that gives the shade of the background.
private struct Surface {
    private var weights = Terms(repeating: 0)
    private let width, height: Double

    /// Returns nil if the border does not fit such a surface, or hardly varies.
    init?(borderOf image: GrayImage) {
        (width, height) = (Double(image.width), Double(image.height))
        let strip = max(1, min(image.width, image.height) / 20)
        var points: [Point] = []
        for y in 0..<image.height {
            let inside = y >= strip && y < image.height - strip
            for x in 0..<image.width where !inside || x < strip || x >= image.width - strip {
                points.append((Double(x), Double(y), Double(image.pixels[y * image.width + x])))
            }
        }
        let all = points.count
        // Ink at the border is an outlier: remove it and fit again.
        for _ in 0..<3 {
            guard let fitted = fit(points) else { return nil }
            weights = fitted
            let errors = points.map { abs($0.shade - value($0.x, $0.y)) }
            let usual = max(1, errors.sorted()[errors.count / 2] * 1.4826)
            points = zip(points, errors).filter { $0.1 <= 3 * usual }.map(\.0)
        }
        let mean = points.reduce(0) { $0 + $1.shade } / Double(points.count)
        let spread = points.reduce(0) { $0 + ($1.shade - mean) * ($1.shade - mean) }
        let rest = points.reduce(0) { sum, point in
            let error = point.shade - value(point.x, point.y)
            return sum + error * error
        }
        let deviation = (spread / Double(points.count)).squareRoot()
        guard points.count > all * 6 / 10, deviation > 4, rest < 0.4 * spread else { return nil }
    }

    func value(_ x: Double, _ y: Double) -> Double {
        let terms = terms(x, y)
        var sum = 0.0
        for i in terms.indices { sum += terms[i] * weights[i] }
        return sum
    }

    private func terms(_ x: Double, _ y: Double) -> Terms {
        let (x, y) = (x / width - 0.5, y / height - 0.5)
        return [1, x, y, x * x, x * y, y * y]
    }

    /// Fits the weights by least squares. Returns nil if the system is singular.
    private func fit(_ points: [Point]) -> Terms? {
        // The normal equations, with the right-hand side as the last column.
        var rows = InlineArray<6, InlineArray<7, Double>>(repeating: InlineArray(repeating: 0))
        for point in points {
            let terms = terms(point.x, point.y)
            for i in terms.indices {
                for j in i..<6 { rows[i][j] += terms[i] * terms[j] }
                rows[i][6] += terms[i] * point.shade
            }
        }
        for i in rows.indices { for j in 0..<i { rows[i][j] = rows[j][i] } }
        for pivot in rows.indices {
            var best = pivot
            for row in pivot..<6 where abs(rows[row][pivot]) >= abs(rows[best][pivot]) { best = row }
            rows.swapAt(pivot, best)
            guard abs(rows[pivot][pivot]) > 1e-9 else { return nil }
            for row in rows.indices where row != pivot {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                for column in pivot...6 { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        var weights = Terms(repeating: 0)
        for row in rows.indices { weights[row] = rows[row][6] / rows[row][row] }
        return weights
    }
}
