/// Curves and points.
extension PanelLayout {
    mutating func draw(_ line: PlotLine) {
        var path: [PathElement] = []
        var alone: [PlotPoint] = []
        var gaps: [Double] = []
        var run: [PlotPoint] = []
        func finish() {
            if run.count == 1 { alone.append(run[0]) }
            for (index, point) in simplified(run).enumerated() {
                path.append(index == 0 ? .move(point) : .line(point))
            }
            run = []
        }
        for value in line.points {
            guard let place = point(value) else {
                finish()
                if let at = x.place(value.x) { gaps.append(at) }
                continue
            }
            if line.isStep, let last = run.last { run.append(PlotPoint(place.x, last.y)) }
            run.append(place)
        }
        finish()
        let dashes = line.isDashed ? LineStyle.dashes : LineStyle.dashes(of: line.paint)
        if path.count > 1 { stroke(path, DrawnStroke(line.paint, line.width, dashes: dashes)) }
        let markers = line.hasMarkers ? line.points.compactMap(point) : alone
        for at in markers { commands.append(.circle(at, radius: 3, fill: line.paint, stroke: nil)) }
        var last = -Double.infinity
        for at in gaps where at - last >= 6 {
            stroke(cross(PlotPoint(at, plot.y + 7), 3), DrawnStroke(line.paint, 1.5))
            last = at
        }
    }

    /// Keeps the first, the lowest, the highest and the last of the points within a third of a pixel of x, which draw the same
    /// line.
    private func simplified(_ points: [PlotPoint]) -> [PlotPoint] {
        guard points.count > 2_000 else { return points }
        var kept: [PlotPoint] = []
        var start = 0
        while start < points.count {
            var end = start
            var (low, high) = (start, start)
            while end < points.count, (points[end].x - points[start].x).magnitude < 0.33 {
                if points[end].y < points[low].y { low = end }
                if points[end].y > points[high].y { high = end }
                end += 1
            }
            kept += Set([start, low, high, end - 1]).sorted().map { points[$0] }
            start = end
        }
        return kept
    }

    mutating func draw(_ points: PlotPoints, at value: PlotPoint) {
        guard let at = point(value) else { return }
        let radius = points.radius
        switch points.shape {
        case .circle:
            commands.append(
                .circle(at, radius: radius, fill: points.paint, stroke: DrawnStroke(.background, 0.6)))
        case .ring:
            commands.append(
                .circle(at, radius: radius, fill: .background, stroke: DrawnStroke(points.paint, 1.6)))
        case .cross: stroke(cross(at, radius), DrawnStroke(points.paint, 1.6))
        case .diamond:
            let corners = [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]
            fill(polygon(corners, at, radius), points.paint)
        case .triangle: fill(polygon([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)], at, radius), points.paint)
        }
    }

    private mutating func fill(_ path: [PathElement], _ paint: Paint) {
        commands.append(.path(path, fill: paint, stroke: DrawnStroke(.background, 0.6)))
    }

    private func polygon(_ corners: [(Double, Double)], _ at: PlotPoint, _ radius: Double) -> [PathElement] {
        corners.enumerated().map { index, corner in
            let place = PlotPoint(at.x + corner.0 * radius, at.y + corner.1 * radius)
            return index == 0 ? .move(place) : .line(place)
        } + [.close]
    }

    private func cross(_ at: PlotPoint, _ radius: Double) -> [PathElement] {
        [
            .move(PlotPoint(at.x - radius, at.y - radius)), .line(PlotPoint(at.x + radius, at.y + radius)),
            .move(PlotPoint(at.x - radius, at.y + radius)), .line(PlotPoint(at.x + radius, at.y - radius)),
        ]
    }
}
