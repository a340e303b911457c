/// Draws marks within the plot, in the order of the panel.
extension PanelLayout {
    /// - Parameter bars: The number of bar marks drawn so far.
    mutating func draw(_ mark: PlotMark, _ bars: inout Int) {
        switch mark {
        case .line(let line): draw(line)
        case .points(let points): for point in points.points { draw(points, at: point) }
        case .rule(let rule): draw(rule)
        case .segments(let segments): draw(segments)
        case .bars(let mark):
            draw(mark, group: bars)
            bars += 1
        case .histogram(let histogram): draw(histogram)
        case .boxes(let boxes): for box in boxes { draw(box) }
        case .cells(let cells): draw(cells)
        case .image(let image): draw(image)
        case .text(let label):
            guard let at = point(label.at) else { return }
            text(
                label.text, at.x, at.y + 4, size: FigureStyle.tickSize, paint: label.paint,
                anchor: label.anchor,
                isBold: label.isBold, maximum: plot.width)
        case .parallel, .graph: return
        }
    }

    /// Draws what stands outside of the plot: labels of horizontal rules, the scale of colours, the caption of a picture.
    mutating func drawBeyond(_ mark: PlotMark) {
        switch mark {
        case .rule(let rule) where rule.direction == .horizontal && !rule.label.isEmpty:
            guard let at = y.place(rule.value) else { return }
            text(
                rule.label, plot.right + 4, at + 4, size: FigureStyle.noteSize, paint: rule.paint,
                maximum: area.right - plot.right - 4)
        case .cells(let cells) where cells.hasScale: drawScale(of: cells)
        case .bars(let bars): drawLabels(of: bars)
        case .image(let image) where !image.caption.isEmpty && panel.x.isHidden:
            text(
                image.caption, plot.middleX, plot.bottom + 15, size: FigureStyle.tickSize, paint: .foreground,
                anchor: .middle, maximum: area.width)
        default: return
        }
    }

    func point(_ point: PlotPoint) -> PlotPoint? {
        guard let x = x.place(point.x), let y = y.place(point.y) else { return nil }
        return PlotPoint(x, y)
    }

    private mutating func draw(_ rule: PlotRule) {
        let stroke = DrawnStroke(rule.paint, 1.2, dashes: rule.isDashed ? [4, 3] : [])
        if rule.direction == .vertical, let at = x.place(rule.value) {
            self.stroke([.move(PlotPoint(at, plot.y)), .line(PlotPoint(at, plot.bottom))], stroke)
        } else if rule.direction == .horizontal, let at = y.place(rule.value) {
            self.stroke([.move(PlotPoint(plot.x, at)), .line(PlotPoint(plot.right, at))], stroke)
        }
    }

    private mutating func draw(_ segments: PlotSegments) {
        for segment in segments.segments {
            guard let start = point(segment.start), let end = point(segment.end) else { continue }
            var path: [PathElement] = [.move(start), .line(end)]
            if segments.hasCaps {
                let isUpright = (end.x - start.x).magnitude < (end.y - start.y).magnitude
                let (dx, dy) = isUpright ? (4.0, 0.0) : (0.0, 4.0)
                for place in [start, end] {
                    path += [
                        .move(PlotPoint(place.x - dx, place.y - dy)),
                        .line(PlotPoint(place.x + dx, place.y + dy)),
                    ]
                }
            }
            stroke(path, DrawnStroke(segments.paint, segments.width))
        }
    }

    private mutating func draw(_ image: PlotImage) {
        guard let start = point(PlotPoint(image.x, image.y)),
            let end = point(PlotPoint(image.x + image.width, image.y + image.height))
        else { return }
        let place = DrawnArea(
            min(start.x, end.x), min(start.y, end.y), (end.x - start.x).magnitude, (end.y - start.y).magnitude
        )
        commands.append(.image(image.pixels, place))
        if let frame = image.frame {
            let inner = place.inset(left: 0.75, top: 0.75, right: 0.75, bottom: 0.75)
            commands.append(.rectangle(inner, radius: 0, fill: nil, stroke: DrawnStroke(frame, 1.5)))
        }
    }
}
