extension RGBImage {
    /// The picture as one number a pixel: its luma, or where that hides the contrast, as with red ink on green of the same
    /// brightness, the place on the axis of colour along which the picture varies most.
    var contrastPlane: Plane {
        let count = width * height
        let jump = max(1, count / 40_000)
        var mean: (Double, Double, Double) = (0, 0, 0)
        var (rr, rg, rb, gg, gb, bb, n) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for place in stride(from: 0, to: count, by: jump) {
            let (r, g, b) = (
                Double(pixels[place * 3]), Double(pixels[place * 3 + 1]), Double(pixels[place * 3 + 2])
            )
            mean = (mean.0 + r, mean.1 + g, mean.2 + b)
            rr += r * r
            rg += r * g
            rb += r * b
            gg += g * g
            gb += g * b
            bb += b * b
            n += 1
        }
        mean = (mean.0 / n, mean.1 / n, mean.2 / n)
        rr = rr / n - mean.0 * mean.0
        rg = rg / n - mean.0 * mean.1
        rb = rb / n - mean.0 * mean.2
        gg = gg / n - mean.1 * mean.1
        gb = gb / n - mean.1 * mean.2
        bb = bb / n - mean.2 * mean.2
        func times(_ v: (Double, Double, Double)) -> (Double, Double, Double) {
            (
                rr * v.0 + rg * v.1 + rb * v.2, rg * v.0 + gg * v.1 + gb * v.2,
                rb * v.0 + gb * v.1 + bb * v.2
            )
        }
        // The covariance's first axis, by power iteration.
        var axis = (0.58, 0.6, 0.55)
        var largest = 0.0
        for _ in 0..<20 {
            let next = times(axis)
            largest = (next.0 * next.0 + next.1 * next.1 + next.2 * next.2).squareRoot()
            guard largest > 1e-9 else { break }
            axis = (next.0 / largest, next.1 / largest, next.2 / largest)
        }
        let weights = (0.299, 0.587, 0.114)
        let luma = times(weights)
        let variance = luma.0 * weights.0 + luma.1 * weights.1 + luma.2 * weights.2
        // A grey step of 1 is a step of √3 in the space of colours.
        if largest < 1 || 3 * variance >= 0.3 * largest {
            return Plane(
                width: width, height: height,
                values: (0..<count).map {
                    Float(lumaOf(pixels[$0 * 3], pixels[$0 * 3 + 1], pixels[$0 * 3 + 2]))
                })
        }
        let scale = Float(1 / 3.0.squareRoot())
        let (a, b, c) = (Float(axis.0) * scale, Float(axis.1) * scale, Float(axis.2) * scale)
        var values = [Float](repeating: 0, count: count)
        for place in 0..<count {
            values[place] =
                a * Float(pixels[place * 3]) + b * Float(pixels[place * 3 + 1]) + c
                * Float(pixels[place * 3 + 2])
        }
        return Plane(width: width, height: height, values: values)
    }
}
