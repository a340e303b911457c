extension Plane {
    /// The picture without a frame: thin lines of one colour along at least three of its sides.
    ///
    /// A frame must go before the paper is told from the ink by what lies along the sides.
    var withoutFrame: Plane {
        guard min(width, height) >= 12 else { return self }
        let span = (values.max() ?? 0) - (values.min() ?? 0)
        let least = max(12, 0.12 * span)
        let top = frameWidth(of: height, least) { line in Array(values[line * width..<(line + 1) * width]) }
        let bottom = frameWidth(of: height, least) { line in
            Array(values[(height - 1 - line) * width..<(height - line) * width])
        }
        func column(_ x: Int) -> [Float] { (0..<height).map { values[$0 * width + x] } }
        let left = frameWidth(of: width, least) { column($0) }
        let right = frameWidth(of: width, least) { column(width - 1 - $0) }
        guard [top, bottom, left, right].count(where: { $0 > 0 }) >= 3 else { return self }
        return cropped(left..<width - right, top..<height - bottom)
    }

    /// The number of lines of a frame at one side: up to the last line of one colour whose next line has another.
    private func frameWidth(of side: Int, _ least: Float, _ line: (Int) -> [Float]) -> Int {
        let most = max(2, side / 25)
        var next = upperMedian(line(most))
        for index in (0..<most).reversed() {
            let values = line(index)
            let middle = upperMedian(values)
            let alike = values.count { abs($0 - middle) <= least * 0.6 }
            if abs(middle - next) > least, alike * 10 >= values.count * 9 { return index + 1 }
            next = middle
        }
        return 0
    }
}

/// The value in the middle, and of an even number of them the upper one: a value that there is.
func upperMedian(_ values: [Float]) -> Float {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
}
