import Plots

/// A picture, and a heat map for each way to tell which of its pixels decide.
public func explanationFigure(
    _ picture: PixelImage, title: String, maps: [(name: String, values: [Float])]
) -> Figure {
    let image = PlotImage(
        picture, width: Double(picture.columns), height: Double(picture.rows), caption: "what the network saw"
    )
    var panels = [FigurePanel(x: .hidden, y: .hidden, marks: [.image(image)])]
    for (name, values) in maps {
        let limit = values.reduce(Float(0)) { max($0, abs($1)) }
        let cells = PlotCells(
            columns: picture.columns, values: values.map(Double.init),
            scale: .diverging(limit > 0 ? Double(limit) : 1), hasScale: false)
        panels.append(
            FigurePanel(
                title: name, x: PlotAxis(isHidden: true), y: PlotAxis(isHidden: true, isReversed: true),
                marks: [.cells(cells)]))
    }
    return Figure(
        title: title, subtitle: "blue speaks for the answer, orange against it",
        summary: "\(title): which pixels decided.", panels: panels, columns: panels.count,
        width: Double(panels.count) * 240)
}

/// Bars for the columns that matter most.
public func importanceFigure(
    _ columns: [(name: String, value: Double, error: Double)], title: String, subtitle: String, label: String
) -> Figure {
    let shown = columns.sorted { abs($0.value) > abs($1.value) }.prefix(20)
    let bars = PlotBars(values: shown.map(\.value), isHorizontal: true)
    let errors = shown.enumerated().filter { $0.element.error > 0 }.map { place, column in
        PlotSegments.Segment(
            PlotPoint(column.value - column.error, Double(place)),
            PlotPoint(column.value + column.error, Double(place)))
    }
    let panel = FigurePanel(
        x: PlotAxis(label, includesZero: true), y: .categories(shown.map(\.name), isReversed: true),
        marks: [.bars(bars)] + (errors.isEmpty ? [] : [.segments(PlotSegments(errors, hasCaps: true))]))
    return Figure(
        title: title, subtitle: subtitle,
        summary: "\(title): " + shown.prefix(5).map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            + ".",
        panels: [panel])
}
