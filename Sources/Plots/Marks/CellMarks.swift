/// Heat maps.
extension PanelLayout {
    mutating func draw(_ cells: PlotCells) {
        let size = textSize(of: cells)
        for (index, value) in cells.values.enumerated() where cells.columns > 0 && !value.isNaN {
            let (row, column) = (Double(index / cells.columns), Double(index % cells.columns))
            guard let left = x.place(column - 0.5), let right = x.place(column + 0.5),
                let top = y.place(row - 0.5), let bottom = y.place(row + 0.5)
            else { continue }
            let (paint, ink) = paints(of: value, cells.scale)
            let area = DrawnArea(
                min(left, right), min(top, bottom), (right - left).magnitude, (bottom - top).magnitude)
            // Large cells have a gap between them; small ones would vanish in it.
            let gap = min(area.width, area.height) > 14 ? 1.0 : 0
            commands.append(
                .rectangle(
                    area.inset(left: gap / 2, top: gap / 2, right: gap / 2, bottom: gap / 2), radius: 0,
                    fill: paint,
                    stroke: nil))
            if let size, index < cells.texts.count, !cells.texts[index].isEmpty {
                text(
                    cells.texts[index], area.middleX, area.middleY + size * 0.36, size: size, paint: ink,
                    anchor: .middle, maximum: area.width)
            }
        }
    }

    private func paints(of value: Double, _ scale: PlotCells.ColourScale) -> (fill: Paint, text: Paint) {
        switch scale {
        case .sequential(let range):
            let span = range.upperBound - range.lowerBound
            // Few are seen beside none.
            let least = range.lowerBound == 0 && value > 0 ? 2 : 0
            let step = max(least, Paint.step(span > 0 ? (value - range.lowerBound) / span : 0))
            return (.ramp(step), .onRamp(step))
        case .diverging(let limit):
            let step = Paint.step(limit > 0 ? (value / limit + 1) / 2 : 0.5)
            return (.diverging(step), .onDiverging(step))
        }
    }

    /// The largest size at which every text fits into its cell; nil where that is not readable.
    private func textSize(of cells: PlotCells) -> Double? {
        guard !cells.texts.isEmpty, cells.columns > 0, cells.rows > 0 else { return nil }
        let wide = plot.width / Double(cells.columns)
        let high = plot.height / Double(cells.rows)
        let widest = cells.texts.map { FontMetrics.width($0, size: 1) }.max() ?? 0
        let size = min(FigureStyle.textSize, high * 0.62, widest > 0 ? (wide - 2) / widest : 0)
        return size >= 5.5 ? size : nil
    }

    /// A bar beside the plot with the colours of the scale and its ends.
    mutating func drawScale(of cells: PlotCells) {
        let bar = DrawnArea(plot.right + 12, plot.y, 10, min(plot.height, 160))
        let high = bar.height / Double(Paint.steps + 1)
        for step in 0...Paint.steps {
            let paint: Paint = if case .sequential = cells.scale { .ramp(step) } else { .diverging(step) }
            let top = bar.bottom - Double(step + 1) * high
            // Half a pixel over the next one, so that no seam shows.
            commands.append(
                .rectangle(
                    DrawnArea(bar.x, top, bar.width, high + (step == 0 ? 0 : 0.5)), radius: 0, fill: paint,
                    stroke: nil))
        }
        let (low, top) =
            switch cells.scale {
            case .sequential(let range): (range.lowerBound, range.upperBound)
            case .diverging(let limit): (-limit, limit)
            }
        for (value, at) in [(top, bar.y + 8), (low, bar.bottom)] {
            text(
                shortNumber(value), bar.right + 4, at, size: 9.5, paint: .muted,
                maximum: area.right - bar.right - 4)
        }
    }
}
