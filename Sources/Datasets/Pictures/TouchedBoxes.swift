extension InkPieces {
    /// The ink without the boxes of forms and the frames of drawing areas that a digit touches: thin lines along all sides of a piece,
    /// with thicker strokes within. Nil if there are none.
    var inkWithoutTouchedBoxes: Ink? {
        guard all.count < 400 else { return nil }
        var clean = ink.amounts
        var isChanged = false
        for index in all.indices {
            let box = all[index]
            guard min(box.width, box.height) >= 24, box.area * 100 <= box.width * box.height * 45 else {
                continue
            }
            let mask = mask(index)
            guard let content = mask.withoutBox else { continue }
            isChanged = true
            // The soft edges of the lines go with them.
            let lines = Plane(
                width: mask.width, height: mask.height,
                values: zip(mask.values, content.values).map { $0 - $1 })
            let near = lines.padded(by: 1, with: 0).maximum(radius: 1)
            for y in 0..<near.height {
                for x in 0..<near.width where near[x, y] > 0 {
                    let (column, row) = (box.left + x - 1, box.top + y - 1)
                    guard (0..<clean.width).contains(column), (0..<clean.height).contains(row) else {
                        continue
                    }
                    let isLine =
                        (0..<lines.width).contains(x - 1) && (0..<lines.height).contains(y - 1)
                        && lines[x - 1, y - 1] > 0
                    if isLine || clean[column, row] < Ink.threshold { clean[column, row] = 0 }
                }
            }
        }
        return isChanged ? Ink(ink, amounts: clean) : nil
    }
}

extension Plane {
    /// A mask without the lines of a box along its four sides; nil if there are none, or no thicker strokes of some size within.
    fileprivate var withoutBox: Plane? {
        var (rest, thickest) = (self, 0)
        for _ in 0..<4 {
            guard let (next, thickness) = rest.withoutTopLine else { return nil }
            thickest = max(thickest, thickness)
            // The next side becomes the top.
            rest = next.turned
        }
        let parts = Components(width: width, height: height, ink: rest.values) { rest.values[$0] > 0 }
        guard let content = parts.all.max(by: { $0.area < $1.area }), content.height * 100 >= height * 35,
            rest.strokeWidth >= 1.3 * Float(thickest)
        else { return nil }
        return rest
    }

    /// The plane turned by 90° to the left.
    private var turned: Plane {
        let turned = transposed
        let rows = (0..<turned.height).reversed().flatMap {
            turned.values[$0 * turned.width..<($0 + 1) * turned.width]
        }
        return Plane(width: turned.width, height: turned.height, values: rows)
    }

    /// The mask without the line that runs along nearly all of its top, and that line's thickness; nil without one.
    private var withoutTopLine: (Plane, Int)? {
        let depth = max(2, height * 4 / 100)
        var runs: [(x: Int, rows: Range<Int>)] = []
        for x in 0..<width {
            guard let first = (0..<depth).first(where: { self[x, $0] > 0 }) else { continue }
            runs.append((x, first..<((first..<height).first { self[x, $0] == 0 } ?? height)))
        }
        let thickness = runs.map(\.rows.count).sorted().dropFirst(runs.count / 2).first ?? 0
        guard runs.count * 100 >= width * 90, thickness * 10 <= min(width, height) else { return nil }
        var rest = self
        for (x, rows) in runs {
            // Where a stroke meets the line, only the line goes.
            for y in rows.prefix(rows.count <= 2 * thickness + 1 ? rows.count : thickness) { rest[x, y] = 0 }
        }
        return (rest, thickness)
    }
}
