import Base

extension Figure {
    /// Lays the figure out.
    public var drawing: FigureDrawing {
        var layout = FigureLayout(self)
        return layout.run()
    }
}

/// Sizes that all parts of a figure share.
enum FigureStyle {
    static let margin = 16.0
    static let gap = 20.0
    static let titleSize = 15.0
    static let panelTitleSize = 12.5
    static let textSize = 12.0
    static let tickSize = 11.0
    static let noteSize = 10.5
}

private struct FigureLayout {
    let figure: Figure
    var commands: [DrawingCommand] = []
    var y = FigureStyle.margin

    init(_ figure: Figure) { self.figure = figure }

    private var left: Double { FigureStyle.margin }
    private var width: Double { max(figure.width, 120) - 2 * FigureStyle.margin }

    mutating func run() -> FigureDrawing {
        header()
        commands += Legend(entries: figure.legend ?? figure.automaticLegend, x: left, width: width).draw(&y)
        panels()
        let summary = figure.summary.isEmpty ? figure.title : figure.summary
        var drawing = FigureDrawing(
            title: figure.title, summary: summary, width: max(figure.width, 120),
            height: (y + FigureStyle.margin).rounded(.up))
        drawing.commands = commands
        return drawing
    }

    private mutating func header() {
        if !figure.title.isEmpty {
            let size = FigureStyle.titleSize
            y += size
            let text = FontMetrics.fitted(figure.title, to: width, size: size, isBold: true)
            commands.append(
                .text(
                    DrawnText(
                        text, at: PlotPoint(left, y - 1), size: size, paint: .foreground, isBold: true,
                        maximum: width
                    )))
            y += 7
        }
        for line in wrappedText(figure.subtitle, to: width, size: FigureStyle.textSize).prefix(3) {
            y += FigureStyle.textSize + 2
            commands.append(
                .text(
                    DrawnText(
                        line, at: PlotPoint(left, y), size: FigureStyle.textSize, paint: .muted,
                        maximum: width)))
            y += 3
        }
        y += 4
    }

    private mutating func panels() {
        let columns = max(1, min(figure.columns, max(figure.panels.count, 1)))
        let wide = (width - Double(columns - 1) * FigureStyle.gap) / Double(columns)
        for (index, row) in rows(columns).enumerated() {
            let isAlone = columns == 1 || row.first?.isWide == true
            let panelWidth = isAlone ? width : wide
            let height = row.map { $0.naturalHeight(width: panelWidth, isAlone: isAlone) }.max() ?? 0
            y += index > 0 ? FigureStyle.gap : 0
            for (place, panel) in row.enumerated() {
                let x = left + Double(place) * (panelWidth + FigureStyle.gap)
                var layout = PanelLayout(panel, DrawnArea(x, y, panelWidth, height))
                commands += layout.run()
            }
            y += height
        }
    }

    private func rows(_ columns: Int) -> [[FigurePanel]] {
        var rows: [[FigurePanel]] = []
        for panel in figure.panels {
            if let last = rows.last, last.count < columns, !panel.isWide, last.first?.isWide == false {
                rows[rows.count - 1].append(panel)
            } else {
                rows.append([panel])
            }
        }
        return rows
    }
}

/// The words of a text in lines.
func wrappedText(_ text: String, to width: Double, size: Double, isBold: Bool = false) -> [String] {
    var lines: [String] = []
    for word in printable(text).split(separator: " ") {
        let longer = (lines.last.map { $0 + " " } ?? "") + word
        if !lines.isEmpty, FontMetrics.width(longer, size: size, isBold: isBold) <= width {
            lines[lines.count - 1] = longer
        } else {
            lines.append(FontMetrics.fitted(String(word), to: width, size: size, isBold: isBold))
        }
    }
    return lines
}

extension FigurePanel {
    func naturalHeight(width: Double, isAlone: Bool) -> Double {
        if let height { return height }
        let heading = title.isEmpty ? 0 : 22.0
        for mark in marks {
            switch mark {
            case .graph(let graph): return heading + GraphLayout(graph, width: width).height
            case .parallel: return heading + 300
            case .image(let image) where x.isHidden:
                let rows = Double(image.pixels.rows) / Double(max(image.pixels.columns, 1))
                return heading + min(width, 460) * rows + (image.caption.isEmpty ? 0 : 20)
            case .cells(let cells) where cells.isSquare && cells.columns > 0:
                // As wide as the panel, less what the axes' names take.
                let names = PanelLayout(self, DrawnArea(0, 0, width, 400)).margins
                let side = (width - names.left - names.right) / Double(cells.columns)
                return min(side, 64) * Double(cells.rows) + names.top + names.bottom
            case .bars(let bars) where bars.isHorizontal:
                let groups = Double(marks.count { if case .bars = $0 { true } else { false } })
                return heading + 50 + Double(max(bars.values.count, 1)) * max(18, 12 * groups)
            case .boxes(let boxes) where boxes.first?.isHorizontal == true:
                return heading + 50 + Double(max(y.categories?.count ?? boxes.count, 1)) * 26
            default: continue
            }
        }
        return isAlone ? 300 : 220
    }
}
