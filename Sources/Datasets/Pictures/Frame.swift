extension Plane {
    /// The picture without a frame: thin lines of one colour along at least three of its sides, or bars of one colour along two that meet,
    /// as a part of a window has that was cut out some pixels off.
    ///
    /// A frame must go before the paper is told from the ink by what lies along the sides.
    var withoutFrame: Plane {
        guard min(width, height) >= 12 else { return self }
        let span = (values.max() ?? 0) - (values.min() ?? 0)
        let least = max(12, 0.12 * span)
        let lines: [(Int) -> [Float]] = [
            { line in Array(values[line * width..<(line + 1) * width]) },
            { x in (0..<height).map { values[$0 * width + x] } },
            { line in Array(values[(height - 1 - line) * width..<(height - line) * width]) },
            { x in (0..<height).map { values[$0 * width + width - 1 - x] } },
        ]
        func depth(_ side: Int) -> Int { side % 2 == 0 ? height : width }
        func without(_ bars: [Int]) -> Plane {
            cropped(bars[1]..<width - bars[3], bars[0]..<height - bars[2])
        }
        let thin = (0..<4).map { frameWidth(max(2, depth($0) / 25), least, lines[$0]) }
        if thin.count(where: { $0 > 0 }) >= 3 { return without(thin) }
        let bars = (0..<4).map { side in
            let most = max(2, depth(side) / 8)
            let isBar = abs(upperMedian(lines[side](0)) - upperMedian(lines[side](most))) > least
            return isBar ? frameWidth(most, least, lines[side]) : 0
        }
        for side in 0..<4
        where bars[side] > 0 && bars[(side + 1) % 4] > 0 && bars.count(where: { $0 > 0 }) == 2 {
            let next = (side + 1) % 4
            let (shade, other) = (upperMedian(lines[side](0)), upperMedian(lines[next](0)))
            let (ground, same) = (upperMedian(lines[side](bars[side])), upperMedian(lines[next](bars[next])))
            if abs(shade - other) <= least * 0.6, abs(ground - same) <= least * 0.6 { return without(bars) }
        }
        return self
    }

    /// The number of lines of a frame at one side, of at most `most`: up to the last line of one colour whose next line has another.
    private func frameWidth(_ most: Int, _ least: Float, _ line: (Int) -> [Float]) -> Int {
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
