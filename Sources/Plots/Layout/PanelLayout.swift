/// One panel's title, axes and marks within its area.
struct PanelLayout {
    let panel: FigurePanel
    let area: DrawnArea
    private(set) var x, y: AxisMapping
    /// Nothing that the axes could show.
    private let isEmpty: Bool
    private(set) var margins = Margins()
    private(set) var xLabels = CategoryLabels.none
    private(set) var ruleRows: [(rule: PlotRule, row: Int)] = []
    /// The area of the marks.
    private(set) var plot: DrawnArea
    var commands: [DrawingCommand] = []

    struct Margins {
        var left = 0.0
        var top = 0.0
        var right = 0.0
        var bottom = 0.0
    }

    init(_ panel: FigurePanel, _ area: DrawnArea) {
        (self.panel, self.area, plot) = (panel, area, area)
        let extent = MarkExtent(panel.marks)
        isEmpty = !extent.x.contains { $0.isFinite } || !extent.y.contains { $0.isFinite }
        let isBare = panel.marks.contains { if case .image = $0 { true } else { false } }
        x = AxisMapping(
            panel.x, values: extent.x, padding: isBare || panel.hasBins ? 0 : 0.02,
            touchesZero: extent.touchesZeroX)
        y = AxisMapping(
            panel.y, values: extent.y, padding: isBare ? 0 : 0.05, touchesZero: extent.touchesZeroY)
        if panel.hasCells {
            // Cells fill their axes to the edge.
            if panel.x.categories == nil { x.domain = (extent.x.min() ?? 0)...(extent.x.max() ?? 1) }
            if panel.y.categories == nil { y.domain = (extent.y.min() ?? 0)...(extent.y.max() ?? 1) }
        }
        margins = findMargins()
        place()
    }

    mutating func run() -> [DrawingCommand] {
        drawTitle()
        for mark in panel.marks {
            if case .graph(let graph) = mark {
                let inner = area.inset(top: panel.title.isEmpty ? 0 : 22)
                return commands + GraphLayout(graph, width: inner.width).draw(at: PlotPoint(inner.x, inner.y))
            }
            if case .parallel(let parallel) = mark {
                return commands
                    + ParallelLayout(parallel, area.inset(top: panel.title.isEmpty ? 0 : 22)).draw()
            }
        }
        drawGrid()
        commands.append(.clip(plot))
        var bars = 0
        for mark in panel.marks { draw(mark, &bars) }
        commands.append(.unclip)
        for mark in panel.marks { drawBeyond(mark) }
        drawAxes()
        if isEmpty {
            text(
                "no values", plot.middleX, plot.middleY, size: FigureStyle.textSize, paint: .muted,
                anchor: .middle,
                maximum: plot.width)
        }
        return commands
    }

    private mutating func findMargins() -> Margins {
        var margins = Margins()
        margins.top = panel.title.isEmpty ? 0 : 22
        if !panel.y.label.isEmpty, !panel.y.isHidden { margins.top += 16 }
        margins.right = panel.x.isHidden ? 0 : 10
        let labels = panel.marks.compactMap { mark -> String? in
            if case .rule(let rule) = mark, rule.direction == .horizontal, !rule.label.isEmpty {
                rule.label
            } else {
                nil
            }
        }
        let widest = labels.map { FontMetrics.width($0, size: FigureStyle.noteSize) }.max() ?? 0
        if widest > 0 { margins.right = max(margins.right, min(widest, area.width * 0.25) + 6) }
        if panel.hasScale { margins.right += 46 }
        if case .bars(let bars)? = panel.marks.first, bars.isHorizontal, !bars.labels.isEmpty {
            let wide = bars.labels.map { FontMetrics.width($0, size: FigureStyle.tickSize) }.max() ?? 0
            margins.right = max(margins.right, wide + 10)
        }
        if case .bars(let bars)? = panel.marks.first, !bars.isHorizontal, !bars.labels.isEmpty {
            margins.top += 14
        }
        margins.left = leftMargin()
        let wide = area.width - margins.left - margins.right
        if !panel.x.isHidden {
            if let names = panel.x.categories {
                xLabels = CategoryLabels(
                    names, spacing: wide / Double(max(names.count, 1)), overhang: margins.left)
                margins.bottom = xLabels.height + 8
            } else {
                margins.bottom = 20
            }
            if !panel.x.label.isEmpty { margins.bottom += 17 }
        }
        if case .image(let image)? = panel.marks.first, !image.caption.isEmpty, panel.x.isHidden {
            margins.bottom += 20
        }
        x.start = area.x + margins.left
        x.end = x.start + wide
        ruleRows = rowsOfRules()
        margins.top += Double((ruleRows.map(\.row).max() ?? -1) + 1) * 13
        return margins
    }

    private func leftMargin() -> Double {
        if panel.y.isHidden { return 0 }
        if let names = panel.y.categories {
            let widest = names.map { FontMetrics.width($0, size: FigureStyle.tickSize) }.max() ?? 0
            return min(widest, area.width * 0.36) + 10
        }
        let ticks = y.ticks(panel.y, count: 6)
        return (ticks.map { FontMetrics.width($0.label, size: FigureStyle.tickSize) }.max() ?? 0) + 10
    }

    /// The labels of vertical rules stand above the plot, in as many rows as they need.
    private func rowsOfRules() -> [(rule: PlotRule, row: Int)] {
        var ends: [Double] = []
        var rows: [(rule: PlotRule, row: Int)] = []
        let rules = panel.marks.compactMap { mark -> PlotRule? in
            if case .rule(let rule) = mark, rule.direction == .vertical, !rule.label.isEmpty {
                rule
            } else {
                nil
            }
        }
        for rule in rules.sorted(by: { $0.value < $1.value }) {
            let at = max(0, (x.place(rule.value) ?? x.start))
            let wide = FontMetrics.width(rule.label, size: FigureStyle.noteSize)
            let start = ruleLabelStart(at, wide)
            let row = ends.firstIndex { $0 + 8 <= start } ?? ends.count
            if row == 4 { continue }
            if row == ends.count { ends.append(0) }
            ends[row] = start + wide
            rows.append((rule, row))
        }
        return rows
    }

    /// Beginning at the rule, moved to the left where the panel ends.
    func ruleLabelStart(_ at: Double, _ width: Double) -> Double {
        max(area.x, min(at - 2, area.right - width))
    }

    private mutating func place() {
        plot = area.inset(
            left: margins.left, top: margins.top, right: margins.right, bottom: margins.bottom)
        if let (columns, rows) = panel.aspect, columns > 0, rows > 0 {
            let side = min(plot.width / columns, plot.height / rows)
            let isBare = panel.x.isHidden && panel.y.isHidden
            plot = DrawnArea(
                isBare ? plot.x + (plot.width - side * columns) / 2 : plot.x, plot.y, side * columns,
                side * rows)
            // Narrower columns may need other labels; the margin stays what was measured.
            if let names = panel.x.categories {
                xLabels = CategoryLabels(
                    names, spacing: plot.width / Double(max(names.count, 1)), overhang: margins.left)
            }
        }
        (x.start, x.end) = panel.x.isReversed ? (plot.right, plot.x) : (plot.x, plot.right)
        (y.start, y.end) = panel.y.isReversed ? (plot.y, plot.bottom) : (plot.bottom, plot.y)
    }

    private mutating func drawTitle() {
        guard !panel.title.isEmpty else { return }
        let size = FigureStyle.panelTitleSize
        let isCentred = panel.x.isHidden && panel.aspect != nil
        let text = FontMetrics.fitted(panel.title, to: area.width, size: size, isBold: true)
        commands.append(
            .text(
                DrawnText(
                    text, at: PlotPoint(isCentred ? area.middleX : area.x, area.y + size), size: size,
                    paint: .foreground, anchor: isCentred ? .middle : .start, isBold: true,
                    maximum: area.width)))
    }
}

extension FigurePanel {
    fileprivate var hasBins: Bool { marks.contains { if case .histogram = $0 { true } else { false } } }

    var hasCells: Bool { marks.contains { if case .cells = $0 { true } else { false } } }

    fileprivate var hasScale: Bool {
        marks.contains { if case .cells(let cells) = $0 { cells.hasScale } else { false } }
    }

    /// The columns and rows of square units that the panel keeps in proportion.
    fileprivate var aspect: (Double, Double)? {
        for mark in marks {
            if case .cells(let cells) = mark, cells.isSquare {
                return (Double(cells.columns), Double(cells.rows))
            }
            if case .image(let image) = mark, x.isHidden, marks.count == 1 {
                return (Double(image.pixels.columns), Double(image.pixels.rows))
            }
        }
        return nil
    }
}
