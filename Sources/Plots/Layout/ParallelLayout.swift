/// Draws parallel coordinates.
struct ParallelLayout {
    private let plot: ParallelPlot
    private let area: DrawnArea
    private let axes: [ParallelAxis]

    init(_ plot: ParallelPlot, _ area: DrawnArea) {
        (self.plot, self.area) = (plot, area)
        let inner = area.inset(top: 44, bottom: 22)
        axes = plot.dimensions.map { ParallelAxis($0, inner) }
    }

    private var spacing: Double { axes.isEmpty ? area.width : area.width / Double(axes.count) }

    private func x(_ index: Int) -> Double { area.x + (Double(index) + 0.5) * spacing }

    func draw() -> [DrawingCommand] {
        var commands: [DrawingCommand] = []
        for index in axes.indices {
            let path: [PathElement] = [
                .move(PlotPoint(x(index), axes[index].top)), .line(PlotPoint(x(index), axes[index].bottom)),
            ]
            commands.append(.path(path, fill: nil, stroke: DrawnStroke(.muted, 1)))
        }
        for (item, style) in plot.items.enumerated() {
            let points = axes.indices.map { PlotPoint(x($0), axes[$0].places[item]) }
            let path = points.enumerated().map { $0 == 0 ? PathElement.move($1) : .line($1) }
            let dashes = style.isDashed ? LineStyle.dashes : LineStyle.dashes(of: style.paint)
            commands.append(.path(path, fill: nil, stroke: DrawnStroke(style.paint, 1.8, dashes: dashes)))
            commands += points.map { .circle($0, radius: 3, fill: style.paint, stroke: nil) }
        }
        for (index, axis) in axes.enumerated() { commands += texts(axis, at: index) }
        return commands
    }

    private func texts(_ axis: ParallelAxis, at index: Int) -> [DrawingCommand] {
        var commands: [DrawingCommand] = []
        // Two rows of names where the axes are close.
        let isLow = spacing >= 90 || index % 2 == 1
        let room = spacing >= 90 ? spacing - 8 : 2 * spacing - 8
        let size = FigureStyle.tickSize
        func add(
            _ text: String, _ x: Double, _ y: Double, _ paint: Paint, _ anchor: TextAnchor, _ room: Double,
            isBold: Bool = false
        ) {
            let fitted = FontMetrics.fitted(text, to: room, size: size, isBold: isBold)
            commands.append(
                .text(
                    DrawnText(
                        fitted, at: PlotPoint(x, y), size: size, paint: paint, anchor: anchor, isBold: isBold,
                        maximum: room)))
        }
        // A name in the first or last column may not leave the panel.
        let wide = FontMetrics.width(axis.name, size: size, isBold: true)
        let half = min(wide, room) / 2
        let middle = max(area.x + half, min(x(index), area.right - half))
        add(axis.name, middle, area.y + (isLow ? 26 : 11), .foreground, .middle, room, isBold: true)
        for label in axis.labels {
            switch label.side {
            case .end(let isTop):
                add(
                    label.text, x(index), isTop ? axis.top - 7 : axis.bottom + 15,
                    .muted, .middle, spacing - 4)
            case .beside:
                let fitted = FontMetrics.fitted(label.text, to: spacing - 16, size: size)
                let wide = FontMetrics.width(fitted, size: size)
                commands.append(
                    .rectangle(
                        DrawnArea(x(index) + 6, label.at - 8, wide + 4, 15), radius: 3, fill: .background,
                        stroke: nil))
                add(fitted, x(index) + 8, label.at + 4, .foreground, .start, spacing - 14)
            }
        }
        return commands
    }
}

/// The positions of all items on one axis.
struct ParallelAxis {
    enum Side { case end(isTop: Bool), beside }

    let name: String
    let top, bottom: Double
    private(set) var places: [Double] = []
    private(set) var labels: [(text: String, at: Double, side: Side)] = []

    init(_ dimension: ParallelPlot.Dimension, _ area: DrawnArea) {
        name = dimension.name
        top = area.y + 8
        bottom = area.bottom
        switch dimension.values {
        case .numbers(let values, let isLogarithmic): place(values, isLogarithmic)
        case .names(let names): place(names)
        }
    }

    private mutating func place(_ values: [Double], _ isLogarithmic: Bool) {
        let usable = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
        // Items without a value meet at the foot of the axis, below all others.
        let isComplete = usable.count == values.count
        let foot = isComplete ? bottom : bottom - 26
        let (low, high) = (usable.min() ?? 0, usable.max() ?? 0)
        var axis = AxisMapping(
            PlotAxis(scale: isLogarithmic ? .logarithmic : .linear), values: usable, padding: 0,
            touchesZero: false)
        (axis.start, axis.end) = (foot, top)
        places = values.map { axis.place($0) ?? bottom }
        if !usable.isEmpty {
            if low == high {
                labels.append((shortNumber(low), (foot + top) / 2, .beside))
            } else {
                labels.append((shortNumber(high), top, .end(isTop: true)))
                labels.append((shortNumber(low), foot, isComplete ? .end(isTop: false) : .beside))
            }
        }
        if !isComplete { labels.append(("none", bottom, .beside)) }
    }

    private mutating func place(_ names: [String?]) {
        var distinct: [String] = []
        for case let name? in names where !distinct.contains(name) { distinct.append(name) }
        distinct.sort()
        let isComplete = !names.contains(nil)
        let count = distinct.count + (isComplete ? 0 : 1)
        func place(_ index: Int) -> Double {
            count < 2 ? (top + bottom) / 2 : bottom - (bottom - top) * Double(index) / Double(count - 1)
        }
        let shift = isComplete ? 0 : 1
        places = names.map { name in
            place(name.flatMap { distinct.firstIndex(of: $0) }.map { $0 + shift } ?? 0)
        }
        let all = (isComplete ? [] : ["none"]) + distinct
        let every = max(1, Int((16 * Double(count) / (bottom - top)).rounded(.up)))
        for (index, text) in all.enumerated() where index % every == 0 {
            labels.append((text, place(index), .beside))
        }
    }
}
