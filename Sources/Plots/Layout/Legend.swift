extension Figure {
    /// The named marks of all panels, each name once.
    var automaticLegend: [LegendEntry] {
        var entries: [LegendEntry] = []
        var hasGaps = false
        func add(_ name: String, _ paint: Paint, _ symbol: LegendEntry.Symbol) {
            if !name.isEmpty, !entries.contains(where: { $0.name == name }) {
                entries.append(LegendEntry(name, paint, symbol))
            }
        }
        for mark in panels.flatMap(\.marks) {
            switch mark {
            case .line(let line):
                add(line.name, line.paint, line.isDashed ? .dashedLine : .line)
                hasGaps = hasGaps || line.points.contains { !$0.y.isFinite }
            case .points(let points): add(points.name, points.paint, .point)
            case .segments(let segments): add(segments.name, segments.paint, .line)
            case .bars(let bars): add(bars.name, bars.paint, .area)
            case .histogram(let histogram):
                add(histogram.name, histogram.paint, histogram.isOutline ? .line : .area)
            case .parallel(let plot):
                for item in plot.items { add(item.name, item.paint, item.isDashed ? .dashedLine : .line) }
            case .rule, .boxes, .cells, .image, .text, .graph: continue
            }
        }
        // One name alone says nothing that the axis does not say.
        if entries.count == 1, panels.count == 1, !hasGaps { entries = [] }
        if hasGaps { entries.append(LegendEntry("not a number", .muted, .cross)) }
        return entries
    }
}

/// Entries in rows above the panels, where they cover nothing.
struct Legend {
    var entries: [LegendEntry]
    var x, width: Double

    private static let symbolWidth = 22.0
    private static let rowHeight = 18.0
    private static let mostRows = 6

    func draw(_ y: inout Double) -> [DrawingCommand] {
        var commands: [DrawingCommand] = []
        let size = FigureStyle.tickSize + 0.5
        var (at, row, shown) = (x, 0, 0)
        for entry in entries {
            let name = FontMetrics.fitted(entry.name, to: min(240, width - Self.symbolWidth - 8), size: size)
            let wide = Self.symbolWidth + 6 + FontMetrics.width(name, size: size) + 16
            // Room for the number of those that are left out.
            let end = row == Self.mostRows - 1 && shown < entries.count - 1 ? x + width - 70 : x + width
            if at > x, at + wide - 16 > end {
                if row == Self.mostRows - 1 { break }
                (at, row) = (x, row + 1)
            }
            let middle = y + Double(row) * Self.rowHeight + Self.rowHeight / 2
            commands += symbol(entry, DrawnArea(at, middle - 5, Self.symbolWidth, 10))
            commands.append(
                .text(
                    DrawnText(
                        name, at: PlotPoint(at + Self.symbolWidth + 6, middle + 4), size: size,
                        paint: .foreground,
                        maximum: wide - Self.symbolWidth - 22)))
            at += wide
            shown += 1
        }
        if shown < entries.count {
            let middle = y + Double(row) * Self.rowHeight + Self.rowHeight / 2
            commands.append(
                .text(
                    DrawnText(
                        "+ \(entries.count - shown) more", at: PlotPoint(at, middle + 4), size: size,
                        paint: .muted,
                        maximum: 80)))
        }
        if !entries.isEmpty { y += Double(row + 1) * Self.rowHeight + 6 }
        return commands
    }

    private func symbol(_ entry: LegendEntry, _ area: DrawnArea) -> [DrawingCommand] {
        switch entry.symbol {
        case .line, .dashedLine:
            let dashes = entry.symbol == .dashedLine ? LineStyle.dashes : LineStyle.dashes(of: entry.paint)
            return [
                .path(
                    [.move(PlotPoint(area.x, area.middleY)), .line(PlotPoint(area.right, area.middleY))],
                    fill: nil,
                    stroke: DrawnStroke(entry.paint, 2, dashes: dashes))
            ]
        case .point:
            return [
                .circle(PlotPoint(area.middleX, area.middleY), radius: 3.5, fill: entry.paint, stroke: nil)
            ]
        case .ring:
            return [
                .circle(
                    PlotPoint(area.middleX, area.middleY), radius: 4, fill: .background,
                    stroke: DrawnStroke(entry.paint, 1.6))
            ]
        case .diamond:
            let (x, y) = (area.middleX, area.middleY)
            return [
                .path(
                    [
                        .move(PlotPoint(x, y - 5)), .line(PlotPoint(x + 5, y)), .line(PlotPoint(x, y + 5)),
                        .line(PlotPoint(x - 5, y)), .close,
                    ], fill: entry.paint, stroke: nil)
            ]
        case .cross:
            let (x, y) = (area.middleX, area.middleY)
            return [
                .path(
                    [
                        .move(PlotPoint(x - 3, y - 3)), .line(PlotPoint(x + 3, y + 3)),
                        .move(PlotPoint(x - 3, y + 3)),
                        .line(PlotPoint(x + 3, y - 3)),
                    ], fill: nil, stroke: DrawnStroke(entry.paint, 1.5))
            ]
        case .area:
            return [
                .rectangle(
                    DrawnArea(area.x + 6, area.y, 12, area.height), radius: 2, fill: entry.paint, stroke: nil)
            ]
        }
    }
}

enum LineStyle {
    static let dashes = [6.0, 4.0]
    private static let styles: [[Double]] = [[], [2, 2.5], [9, 3, 2, 3], [12, 4], [4, 2, 1, 2]]

    /// Beyond the eight colours, lines differ by their dashes.
    static func dashes(of paint: Paint) -> [Double] {
        if case .series(let number) = paint, number >= 0 { styles[number / 8 % styles.count] } else { [] }
    }
}
