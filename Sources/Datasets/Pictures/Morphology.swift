extension Plane {
    /// The highest value within `radius` pixels in both directions.
    func maximum(radius: Int) -> Plane { sliding(radius, >).transposed.sliding(radius, >).transposed }

    /// The lowest value within `radius` pixels in both directions.
    func minimum(radius: Int) -> Plane { sliding(radius, <).transposed.sliding(radius, <).transposed }

    /// The best value within `radius` pixels to the left and right, by a queue of candidates: a constant time a pixel.
    private func sliding(_ radius: Int, _ isBetter: (Float, Float) -> Bool) -> Plane {
        guard radius > 0 else { return self }
        var out = values
        var queue = [Int](repeating: 0, count: width)
        for y in 0..<height {
            let start = y * width
            var (head, tail) = (0, 0)
            for x in 0..<width + radius {
                if x < width {
                    let value = values[start + x]
                    while tail > head, !isBetter(values[start + queue[tail - 1]], value) { tail -= 1 }
                    queue[tail] = x
                    tail += 1
                }
                let place = x - radius
                guard place >= 0 else { continue }
                if queue[head] < place - radius { head += 1 }
                out[start + place] = values[start + queue[head]]
            }
        }
        return Plane(width: width, height: height, values: out)
    }

    /// The mean within `radius` pixels in both directions; at the sides, of what there is.
    func smoothed(radius: Int) -> Plane { meanOfRows(radius).transposed.meanOfRows(radius).transposed }

    private func meanOfRows(_ radius: Int) -> Plane {
        guard radius > 0 else { return self }
        var out = values
        for y in 0..<height {
            let start = y * width
            var (sum, count) = (0.0, 0)
            for x in 0..<min(radius, width) {
                sum += Double(values[start + x])
                count += 1
            }
            for x in 0..<width {
                if x + radius < width {
                    sum += Double(values[start + x + radius])
                    count += 1
                }
                if x - radius - 1 >= 0 {
                    sum -= Double(values[start + x - radius - 1])
                    count -= 1
                }
                out[start + x] = Float(sum / Double(count))
            }
        }
        return Plane(width: width, height: height, values: out)
    }
}
