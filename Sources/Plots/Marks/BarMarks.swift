/// Bars, histograms and box plots.
extension PanelLayout {
    private var groups: Int { max(1, panel.marks.count { if case .bars = $0 { true } else { false } }) }

    /// The ends of a bar across its axis, in pixels.
    private func across(_ category: Double, _ group: Int, _ axis: AxisMapping) -> (Double, Double)? {
        let wide = 0.8 / Double(groups)
        let start = category - 0.4 + Double(group) * wide
        let gap = groups > 1 ? wide * 0.06 : 0
        guard let from = axis.place(start + gap), let to = axis.place(start + wide - gap) else { return nil }
        return (min(from, to), max(from, to))
    }

    mutating func draw(_ bars: PlotBars, group: Int) {
        for (index, value) in bars.values.enumerated() {
            guard let area = area(of: value, at: index, bars, group) else { continue }
            let paint = index < bars.paints.count ? bars.paints[index] : bars.paint
            commands.append(.rectangle(area, radius: 0, fill: paint, stroke: nil))
        }
    }

    private func area(of value: Double, at index: Int, _ bars: PlotBars, _ group: Int) -> DrawnArea? {
        let (values, places) = bars.isHorizontal ? (x, y) : (y, x)
        let base = values.place(0) ?? values.start
        guard let end = values.place(value), let (from, to) = across(Double(index), group, places) else {
            return nil
        }
        let (low, high) = (min(base, end), max(base, end))
        return bars.isHorizontal
            ? DrawnArea(low, from, high - low, to - from) : DrawnArea(from, low, to - from, high - low)
    }

    /// Labels stand beyond the bars' ends.
    mutating func drawLabels(of bars: PlotBars) {
        let marks = panel.marks.compactMap { if case .bars(let bars) = $0 { bars } else { nil } }
        let group = marks.firstIndex(of: bars) ?? 0
        for (index, label) in bars.labels.enumerated() where index < bars.values.count && !label.isEmpty {
            guard let area = area(of: bars.values[index], at: index, bars, group) else { continue }
            let size = min(FigureStyle.tickSize, max(7, (bars.isHorizontal ? area.height : area.width) * 0.9))
            let wide = FontMetrics.width(label, size: size)
            if bars.isHorizontal {
                text(
                    label, area.right + 4, area.middleY + size * 0.36, size: size, paint: .foreground,
                    maximum: wide + 2)
            } else if wide <= area.width * 1.3 + 4 {
                text(
                    label, area.middleX, area.y - 3, size: size, paint: .foreground, anchor: .middle,
                    maximum: wide + 2)
            }
        }
    }

    mutating func draw(_ histogram: PlotHistogram) {
        guard histogram.edges.count == histogram.counts.count + 1 else { return }
        let base = y.place(0) ?? y.start
        var outline: [PathElement] = []
        for (index, count) in histogram.counts.enumerated() {
            guard let from = x.place(histogram.edges[index]), let to = x.place(histogram.edges[index + 1]),
                let top = y.place(count)
            else { continue }
            if histogram.isOutline {
                if outline.isEmpty { outline.append(.move(PlotPoint(from, base))) }
                outline += [.line(PlotPoint(from, top)), .line(PlotPoint(to, top))]
                if index == histogram.counts.count - 1 { outline.append(.line(PlotPoint(to, base))) }
            } else if count != 0 {
                // A hair apart, so that bins can be counted.
                let gap = to - from > 3 ? 0.5 : 0
                let area = DrawnArea(
                    min(from, to) + gap / 2, min(top, base), (to - from).magnitude - gap,
                    (base - top).magnitude)
                commands.append(.rectangle(area, radius: 0, fill: histogram.paint, stroke: nil))
            }
        }
        if !outline.isEmpty { stroke(outline, DrawnStroke(histogram.paint, 1.6)) }
    }

    mutating func draw(_ box: PlotBox) {
        let (values, places) = box.isHorizontal ? (x, y) : (y, x)
        guard let from = places.place(box.position - 0.3), let to = places.place(box.position + 0.3),
            let middle = places.place(box.position)
        else { return }
        func at(_ value: Double, _ place: Double) -> PlotPoint? {
            values.place(value).map { box.isHorizontal ? PlotPoint($0, place) : PlotPoint(place, $0) }
        }
        for outlier in box.outliers {
            if let point = at(outlier, middle) {
                commands.append(.circle(point, radius: 2, fill: nil, stroke: DrawnStroke(box.paint, 1)))
            }
        }
        let half = (to - from) / 4
        let lines = [
            (at(box.lowWhisker, middle), at(box.lowQuartile, middle)),
            (at(box.highQuartile, middle), at(box.highWhisker, middle)),
            (at(box.lowWhisker, middle - half), at(box.lowWhisker, middle + half)),
            (at(box.highWhisker, middle - half), at(box.highWhisker, middle + half)),
        ]
        for case (let start?, let end?) in lines {
            stroke([.move(start), .line(end)], DrawnStroke(box.paint, 1.2))
        }
        guard let corner = at(box.lowQuartile, from), let other = at(box.highQuartile, to) else { return }
        let area = DrawnArea(
            min(corner.x, other.x), min(corner.y, other.y), (other.x - corner.x).magnitude,
            (other.y - corner.y).magnitude)
        commands.append(.rectangle(area, radius: 0, fill: .background, stroke: DrawnStroke(box.paint, 1.4)))
        if let start = at(box.median, from), let end = at(box.median, to) {
            stroke([.move(start), .line(end)], DrawnStroke(box.paint, 2.6))
        }
    }
}
