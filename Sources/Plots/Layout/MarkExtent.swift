/// The values of a mark, from which the axes take their ranges.
struct MarkExtent {
    var x: [Double] = []
    var y: [Double] = []
    /// Bars stand on zero.
    var touchesZeroX = false
    var touchesZeroY = false

    init(_ marks: [PlotMark]) { for mark in marks { add(mark) } }

    private mutating func add(_ mark: PlotMark) {
        switch mark {
        case .line(let line): add(line.points)
        case .points(let points): add(points.points)
        case .segments(let segments): for segment in segments.segments { add([segment.start, segment.end]) }
        case .rule(let rule): rule.direction == .vertical ? x.append(rule.value) : y.append(rule.value)
        case .text(let text): add([text.at])
        case .bars(let bars):
            let places = [-0.5, Double(bars.values.count) - 0.5]
            if bars.isHorizontal {
                (x, y, touchesZeroX) = (x + bars.values, y + places, true)
            } else {
                (x, y, touchesZeroY) = (x + places, y + bars.values, true)
            }
        case .histogram(let histogram):
            x += histogram.edges
            y += histogram.counts
            touchesZeroY = true
        case .boxes(let boxes):
            for box in boxes {
                let values = [box.lowWhisker, box.highWhisker] + box.outliers
                let places = [box.position - 0.5, box.position + 0.5]
                if box.isHorizontal {
                    (x, y) = (x + values, y + places)
                } else {
                    (x, y) = (x + places, y + values)
                }
            }
        case .cells(let cells):
            x += [-0.5, Double(cells.columns) - 0.5]
            y += [-0.5, Double(cells.rows) - 0.5]
        case .image(let image):
            x += [image.x, image.x + image.width]
            y += [image.y, image.y + image.height]
        case .parallel, .graph: break
        }
    }

    private mutating func add(_ points: [PlotPoint]) {
        // A gap in a line is marked at its x.
        for point in points where point.x.isFinite {
            x.append(point.x)
            if point.y.isFinite { y.append(point.y) }
        }
    }
}
