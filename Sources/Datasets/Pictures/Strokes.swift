extension Plane {
    /// For each pixel in the mask, the distance to the nearest pixel outside of it; 0 outside. Chamfer distances: at most 8 %
    /// too long.
    ///
    /// - endsAtSides: True if what lies beyond the picture's sides is outside.
    func distances(endsAtSides: Bool = true, where isIn: (Float) -> Bool) -> [Float] {
        let far = Float(width + height)
        let diagonal: Float = 1.4142135
        let w = width + 2
        var distance = [Float](repeating: endsAtSides ? 0 : far, count: w * (height + 2))
        for y in 0..<height {
            for x in 0..<width { distance[(y + 1) * w + x + 1] = isIn(values[y * width + x]) ? far : 0 }
        }
        for y in 1...height {
            for x in 1...width {
                let place = y * w + x
                guard distance[place] > 0 else { continue }
                let straight = min(distance[place - 1], distance[place - w]) + 1
                let slanting = min(distance[place - w - 1], distance[place - w + 1]) + diagonal
                distance[place] = min(distance[place], straight, slanting)
            }
        }
        var inner = [Float](repeating: 0, count: values.count)
        for y in (1...height).reversed() {
            for x in (1...width).reversed() {
                let place = y * w + x
                guard distance[place] > 0 else { continue }
                let straight = min(distance[place + 1], distance[place + w]) + 1
                let slanting = min(distance[place + w - 1], distance[place + w + 1]) + diagonal
                distance[place] = min(distance[place], straight, slanting)
                inner[(y - 1) * width + x - 1] = distance[place]
            }
        }
        return inner
    }

    /// The usual width of strokes in pixels.
    ///
    /// Across a stroke of width w, the distances to its edge are 1, 2, … up to w / 2, so that their mean is (w + 2) / 4.
    var strokeWidth: Float {
        let distances = distances { $0 >= Ink.edge }
        var (sum, count): (Float, Float) = (0, 0)
        for distance in distances where distance > 0 {
            sum += distance
            count += 1
        }
        return count == 0 ? 0 : max(1, 4 * sum / count - 2)
    }

    /// The strokes as a mask, wider by `change` on each side, or narrower where it is negative.
    func reshaped(by change: Float) -> Plane {
        if change >= 0 {
            let grown = padded(by: Int(change.rounded(.up)) + 1, with: 0)
            let outside = grown.distances(endsAtSides: false) { $0 < Ink.edge }
            // The centre of the first pixel outside is half a pixel away from the edge.
            let values = outside.map { min(max(change + 1 - $0, 0), 1) }
            return Plane(
                width: grown.width, height: grown.height,
                values: values.indices.map { outside[$0] == 0 ? 1 : values[$0] })
        }
        let inside = distances { $0 >= Ink.edge }
        return Plane(width: width, height: height, values: inside.map { min(max($0 + change, 0), 1) })
    }
}
