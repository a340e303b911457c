extension Ink {
    /// The ink without the lines of ruled or squared paper.
    ///
    /// A line goes straight from one side of the picture to the other, nearly level or upright, and is thin. Where a stroke
    /// crosses it, the stroke stays.
    var withoutRuledLines: Ink {
        guard min(amounts.width, amounts.height) >= 80 else { return self }
        let level = amounts.withoutLevelLines()
        let upright = level.transposed.withoutLevelLines().transposed
        return Ink(self, amounts: upright)
    }
}

/// A line through a picture: y = start + slope · x.
private struct LevelLine {
    var start: Int
    var slope: Float
    /// The share of columns in which it has ink.
    var cover: Float
    /// The number of rows with ink in the median column.
    var thickness = 0

    func row(_ x: Int) -> Int { start + Int((slope * Float(x)).rounded()) }
}

extension Plane {
    private static let lineInk: Float = 0.25
    /// The share of columns that a line covers.
    private static let leastCover: Float = 0.6

    fileprivate func withoutLevelLines() -> Plane {
        var lines = levelLines()
        guard !lines.isEmpty else { return self }
        let stroke = strokeWidth
        for index in lines.indices {
            let runs = (0..<width).compactMap { x in run(x, near: lines[index].row(x)).map(\.count) }.sorted()
            lines[index].thickness = runs[runs.count * 4 / 10]
        }
        // What is thicker was drawn.
        lines.removeAll { $0.thickness > max(3, min(width, height) / 45) }
        // One line alone that is as thick as the strokes may be a stroke.
        if lines.count == 1, Float(lines[0].thickness) > 0.7 * stroke { return self }
        var out = self
        for line in lines {
            let most = line.thickness + max(1, line.thickness / 2)
            for x in 0..<width {
                guard let run = run(x, near: line.row(x)), run.count <= most else { continue }
                for y in run { out[x, y] = 0 }
            }
        }
        return out
    }

    /// The rows of ink in a column about a row.
    private func run(_ x: Int, near row: Int) -> ClosedRange<Int>? {
        guard
            let seed = [row, row - 1, row + 1, row - 2, row + 2].first(where: {
                $0 >= 0 && $0 < height && self[x, $0] >= Plane.lineInk
            })
        else { return nil }
        var (first, last) = (seed, seed)
        while first > 0, self[x, first - 1] >= Plane.lineInk { first -= 1 }
        while last + 1 < height, self[x, last + 1] >= Plane.lineInk { last += 1 }
        return first...last
    }

    /// Returns true if half of some columns have ink.
    private func hasInk(columns: Range<Int>) -> Bool {
        let inked = columns.count { x in (0..<height).contains { self[x, $0] >= Plane.lineInk } }
        return inked * 2 >= columns.count
    }

    /// Straight lines from side to side, by counting ink along sheared rows.
    private func levelLines() -> [LevelLine] {
        let step = max(1, width / 160)
        guard hasInk(columns: 0..<width / 6), hasInk(columns: width * 5 / 6..<width) else { return [] }
        // Ink up to one row above or below counts.
        var near = [UInt8](repeating: 0, count: width * height)
        for y in 0..<height {
            for x in 0..<width where self[x, y] >= Plane.lineInk {
                for row in max(y - 1, 0)...min(y + 1, height - 1) { near[row * width + x] = 1 }
            }
        }
        var found: [LevelLine] = []
        let reach = 24
        for turn in -reach...reach {
            let slope = Float(turn) / Float(reach) * 0.14
            let shift = slope * Float(width)
            for start in max(0, Int(-shift))..<max(max(0, Int(-shift)) + 1, min(height, height - Int(shift)))
            {
                var (count, first, last, all) = (0, 0, 0, 0)
                var (row, x) = (Float(start) + 0.5, 0)
                while x < width {
                    let y = Int(row)
                    if y >= 0, y < height, near[y * width + x] != 0 {
                        count += 1
                        if x * 6 < width { first += 1 } else if x * 6 >= width * 5 { last += 1 }
                    }
                    all += 1
                    x += step
                    row += slope * Float(step)
                    // Too little is left to become a line.
                    if all % 32 == 0, count + (width - x) / step < Int(Plane.leastCover * Float(width / step))
                    {
                        break
                    }
                }
                let cover = Float(count * step) / Float(width)
                guard cover >= Plane.leastCover, first * step * 12 >= width, last * step * 12 >= width else {
                    continue
                }
                found.append(LevelLine(start: start, slope: slope, cover: cover))
            }
        }
        // The best of those that lie on each other.
        found.sort { ($0.cover, -$0.start) > ($1.cover, -$1.start) }
        var chosen: [LevelLine] = []
        for line in found where chosen.count < 60 {
            let isNew = chosen.allSatisfy {
                min(
                    abs($0.row(0) - line.row(0)), abs($0.row(width / 2) - line.row(width / 2)),
                    abs($0.row(width) - line.row(width))) > 4
            }
            if isNew { chosen.append(line) }
        }
        return chosen
    }
}
