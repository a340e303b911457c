import Base

/// Grid lines, axes and their texts.
extension PanelLayout {
    private var xTicks: [AxisTick] {
        panel.x.categories == nil ? x.ticks(panel.x, count: max(2, Int(plot.width / 75))) : []
    }

    private var yTicks: [AxisTick] {
        panel.y.categories == nil ? y.ticks(panel.y, count: max(2, Int(plot.height / 42))) : []
    }

    mutating func drawGrid() {
        guard !panel.hasCells else { return }
        if !panel.y.isHidden {
            for tick in yTicks {
                guard let at = y.place(tick.value) else { continue }
                stroke([.move(PlotPoint(plot.x, at)), .line(PlotPoint(plot.right, at))], DrawnStroke(.grid))
            }
        }
        if !panel.x.isHidden {
            for tick in xTicks {
                guard let at = x.place(tick.value) else { continue }
                stroke([.move(PlotPoint(at, plot.y)), .line(PlotPoint(at, plot.bottom))], DrawnStroke(.grid))
            }
        }
    }

    mutating func drawAxes() {
        if !panel.x.isHidden { drawXAxis() }
        if !panel.y.isHidden { drawYAxis() }
        for (rule, row) in ruleRows {
            guard let at = x.place(rule.value) else { continue }
            let size = FigureStyle.noteSize
            let wide = FontMetrics.width(rule.label, size: size)
            let base = plot.y - 4 - Double(row) * 13
            text(
                rule.label, ruleLabelStart(at, wide), base, size: size, paint: rule.paint, maximum: area.width
            )
        }
    }

    private mutating func drawXAxis() {
        let line = plot.bottom
        if !panel.hasCells {
            stroke([.move(PlotPoint(plot.x, line)), .line(PlotPoint(plot.right, line))], DrawnStroke(.muted))
        }
        var below = line + 20
        if panel.x.categories != nil {
            drawCategories()
            below = line + xLabels.height + 8
        } else {
            drawXTicks(line)
        }
        if !panel.x.label.isEmpty {
            text(
                panel.x.label, plot.middleX, below + 11, size: FigureStyle.tickSize, paint: .muted,
                anchor: .middle,
                maximum: min(plot.width + margins.left, area.width))
        }
    }

    private mutating func drawXTicks(_ line: Double) {
        var end = -Double.infinity
        for tick in xTicks.sorted(by: { (x.place($0.value) ?? 0) < (x.place($1.value) ?? 0) }) {
            guard let at = x.place(tick.value) else { continue }
            let wide = FontMetrics.width(tick.label, size: FigureStyle.tickSize)
            // At the ends a label may not leave the panel.
            let middle = max(area.x + wide / 2, min(at, area.right - wide / 2))
            guard middle - wide / 2 >= end + 4 else { continue }
            stroke([.move(PlotPoint(at, line)), .line(PlotPoint(at, line + 4))], DrawnStroke(.muted))
            text(
                tick.label, middle, line + 16, size: FigureStyle.tickSize, paint: .muted, anchor: .middle,
                maximum: wide + 8)
            end = middle + wide / 2
        }
    }

    private mutating func drawCategories() {
        for (index, name) in xLabels.texts.enumerated() where index % xLabels.every == 0 {
            guard let at = x.place(Double(index)) else { continue }
            let size = xLabels.size
            let maximum = FontMetrics.width(name, size: size) + 4
            switch xLabels.angle {
            case 0:
                text(
                    name, at, plot.bottom + size + 4, size: size, paint: .foreground, anchor: .middle,
                    maximum: maximum)
            case -45:
                commands.append(
                    .text(
                        DrawnText(
                            name, at: PlotPoint(at + size * 0.35, plot.bottom + size * 0.9), size: size,
                            paint: .foreground, anchor: .end, angle: -45, maximum: maximum)))
            default:
                commands.append(
                    .text(
                        DrawnText(
                            name, at: PlotPoint(at + size * 0.36, plot.bottom + 5), size: size,
                            paint: .foreground,
                            anchor: .end, angle: -90, maximum: maximum)))
            }
        }
    }

    private mutating func drawYAxis() {
        if let names = panel.y.categories {
            let spacing = plot.height / Double(max(names.count, 1))
            let size = max(7, min(FigureStyle.tickSize, spacing * 0.95))
            let every = max(1, Int((size / max(spacing, 0.01)).rounded(.up)))
            for (index, name) in names.enumerated() where index % every == 0 {
                guard let at = y.place(Double(index)) else { continue }
                text(
                    name, plot.x - 6, at + size * 0.36, size: size, paint: .foreground, anchor: .end,
                    maximum: margins.left - 8)
            }
        } else {
            for tick in yTicks {
                guard let at = y.place(tick.value) else { continue }
                text(
                    tick.label, plot.x - 6, at + 4, size: FigureStyle.tickSize, paint: .muted, anchor: .end,
                    maximum: margins.left - 4)
            }
        }
        if !panel.y.label.isEmpty {
            text(
                panel.y.label, area.x, area.y + (panel.title.isEmpty ? 0 : 22) + 10,
                size: FigureStyle.tickSize,
                paint: .muted, maximum: area.width)
        }
    }

    mutating func stroke(_ path: [PathElement], _ stroke: DrawnStroke) {
        commands.append(.path(path, fill: nil, stroke: stroke))
    }

    mutating func text(
        _ text: String, _ x: Double, _ y: Double, size: Double, paint: Paint, anchor: TextAnchor = .start,
        isBold: Bool = false, maximum: Double
    ) {
        let fitted = FontMetrics.fitted(text, to: maximum, size: size, isBold: isBold)
        guard !fitted.isEmpty else { return }
        commands.append(
            .text(
                DrawnText(
                    fitted, at: PlotPoint(x, y), size: size, paint: paint, anchor: anchor, isBold: isBold,
                    maximum: maximum)))
    }
}
