import Foundation

/// One line of a chart: what happens in a second at each point.
struct Series {
    let name: String
    let points: [(label: String, value: Double)]
}

/// Panels of curves, three beside each other, as SVG. Points are as far apart as they were chosen: mostly powers of two
/// or ten.
func chart(_ panels: [(title: String, series: [Series])]) -> String {
    let (columns, width, height) = (3, 320, 250)
    let rows = (panels.count + columns - 1) / columns
    let size = (width: columns * width, height: max(rows, 1) * height)
    var svg = """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(size.width)" height="\(size.height)" \
        viewBox="0 0 \(size.width) \(size.height)" font-family="sans-serif" font-size="10" fill="#333">
        <rect width="100%" height="100%" fill="white"/>

        """
    for (index, panel) in panels.enumerated() {
        let (x, y) = (index % columns * width, index / columns * height)
        svg += "<g transform=\"translate(\(x),\(y))\">\n\(drawn(panel.title, panel.series))</g>\n"
    }
    return svg + "</svg>\n"
}

private let colors = ["#1f6fb2", "#c4581a", "#3f8f3f"]

/// One panel of 320 by 250: the title, a second's work from 0 up, the points' labels below.
private func drawn(_ title: String, _ series: [Series]) -> String {
    let (left, top, width, height) = (52.0, 44.0, 256.0, 150.0)
    let labels = series.first?.points.map(\.label) ?? []
    let highest = rounded(series.flatMap { $0.points.map(\.value) }.max() ?? 1)
    func x(_ index: Int) -> Double { left + width * (Double(index) + 0.5) / Double(max(labels.count, 1)) }
    func y(_ value: Double) -> Double { top + height * (1 - value / highest) }
    func text(_ x: Double, _ y: Double, _ what: String, _ more: String = "") -> String {
        let safe = what.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(
            of: "<", with: "&lt;")
        return "<text x=\"\(fixed(x))\" y=\"\(fixed(y))\" \(more)>\(safe)</text>\n"
    }
    var svg = text(left, 18, title, "font-size=\"12\" font-weight=\"bold\"")
    for step in 0...4 {
        let value = highest * Double(step) / 4
        svg +=
            "<line x1=\"\(fixed(left))\" x2=\"\(fixed(left + width))\" y1=\"\(fixed(y(value)))\" "
            + "y2=\"\(fixed(y(value)))\" stroke=\"#ddd\"/>\n"
            + text(left - 5, y(value) + 3, short(value) + (step == 4 ? "/s" : ""), "text-anchor=\"end\"")
    }
    for (index, label) in labels.enumerated() {
        let place = "\(fixed(x(index))),\(fixed(top + height + 12))"
        svg += text(
            x(index), top + height + 12, label, "text-anchor=\"end\" transform=\"rotate(-45 \(place))\"")
    }
    for (number, line) in series.enumerated() {
        let color = colors[number % colors.count]
        let points = line.points.enumerated().map { (x($0.offset), y($0.element.value)) }
        let path = points.map { "\(fixed($0.0)),\(fixed($0.1))" }.joined(separator: " ")
        svg += "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.5\"/>\n"
        for point in points {
            svg += "<circle cx=\"\(fixed(point.0))\" cy=\"\(fixed(point.1))\" r=\"2.5\" fill=\"\(color)\"/>\n"
        }
        if series.count > 1 {
            svg += text(left + Double(number) * 130, 33, line.name, "fill=\"\(color)\"")
        }
    }
    return svg
}

private func fixed(_ value: Double) -> String { String(format: "%.1f", value) }

/// The next number up of the form 1, 2, 4 or 8 times a power of ten.
private func rounded(_ value: Double) -> Double {
    let power = pow(10, floor(log10(max(value, 1e-9))))
    return ([1, 2, 4, 8].first { $0 * power >= value } ?? 10) * power
}

private func short(_ value: Double) -> String {
    switch value {
    case 1e6...: String(format: "%g M", value / 1e6)
    case 1e3...: String(format: "%g k", value / 1e3)
    default: String(format: "%g", value)
    }
}
