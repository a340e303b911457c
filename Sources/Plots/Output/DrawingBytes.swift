/// The list of drawing commands that `cellar-draw` reads. `Sources/CairoDrawing/main.c` describes the format.
struct DrawingBytes {
    private let theme: Theme
    private(set) var bytes: [UInt8] = Array("cellar-draw 1\n".utf8)

    /// - Parameter scale: Pixels for each unit of the drawing.
    init(_ drawing: FigureDrawing, _ theme: Theme, isPDF: Bool, scale: Double) {
        self.theme = theme
        bytes.append(UInt8(ascii: isPDF ? "F" : "P"))
        add(scale, drawing.width, drawing.height)
        add(.background)
        add(drawing.title)
        for command in drawing.commands { add(command) }
        bytes.append(UInt8(ascii: "e"))
    }

    private mutating func add(_ command: DrawingCommand) {
        switch command {
        case .path(let elements, let fill, let stroke): addPath(elements, fill, stroke)
        case .rectangle(let area, let radius, let fill, let stroke):
            addPath(outline(area, radius), fill, stroke)
        case .circle(let at, let radius, let fill, let stroke):
            bytes.append(UInt8(ascii: "c"))
            add(fill, stroke)
            add(at.x, at.y, radius)
        case .text(let label):
            bytes.append(UInt8(ascii: "t"))
            add(label.at.x, label.at.y, label.size, label.angle, label.maximum)
            let anchor: UInt8 =
                switch label.anchor {
                case .start: 0
                case .middle: 1
                case .end: 2
                }
            bytes.append(anchor)
            bytes.append(label.isBold ? 1 : 0)
            add(label.paint)
            add(label.text)
        case .image(let pixels, let area):
            bytes.append(UInt8(ascii: "i"))
            add(area)
            add(count: pixels.columns)
            add(count: pixels.rows)
            bytes += pixels.rgb
        case .clip(let area):
            bytes.append(UInt8(ascii: "k"))
            add(area)
        case .unclip: bytes.append(UInt8(ascii: "u"))
        }
    }

    private mutating func addPath(_ elements: [PathElement], _ fill: Paint?, _ stroke: DrawnStroke?) {
        bytes.append(UInt8(ascii: "p"))
        add(fill, stroke)
        add(count: elements.count)
        for element in elements {
            switch element {
            case .move(let to):
                bytes.append(UInt8(ascii: "M"))
                add(to.x, to.y)
            case .line(let to):
                bytes.append(UInt8(ascii: "L"))
                add(to.x, to.y)
            case .curve(let first, let second, let to):
                bytes.append(UInt8(ascii: "C"))
                add(first.x, first.y, second.x, second.y, to.x, to.y)
            case .close: bytes.append(UInt8(ascii: "Z"))
            }
        }
    }

    private func outline(_ area: DrawnArea, _ radius: Double) -> [PathElement] {
        let r = min(radius, area.width / 2, area.height / 2)
        // The distance of a cubic curve's control points that comes nearest to a quarter of a circle.
        let k = r * 0.4477
        let (left, top, right, bottom) = (area.x, area.y, area.right, area.bottom)
        guard r > 0 else {
            return [
                .move(PlotPoint(left, top)), .line(PlotPoint(right, top)), .line(PlotPoint(right, bottom)),
                .line(PlotPoint(left, bottom)), .close,
            ]
        }
        return [
            .move(PlotPoint(left + r, top)), .line(PlotPoint(right - r, top)),
            .curve(PlotPoint(right - k, top), PlotPoint(right, top + k), PlotPoint(right, top + r)),
            .line(PlotPoint(right, bottom - r)),
            .curve(PlotPoint(right, bottom - k), PlotPoint(right - k, bottom), PlotPoint(right - r, bottom)),
            .line(PlotPoint(left + r, bottom)),
            .curve(PlotPoint(left + k, bottom), PlotPoint(left, bottom - k), PlotPoint(left, bottom - r)),
            .line(PlotPoint(left, top + r)),
            .curve(PlotPoint(left, top + k), PlotPoint(left + k, top), PlotPoint(left + r, top)), .close,
        ]
    }

    private mutating func add(_ fill: Paint?, _ stroke: DrawnStroke?) {
        bytes.append(fill == nil ? 0 : 1)
        add(fill ?? .background)
        bytes.append(stroke == nil ? 0 : 1)
        add(stroke?.paint ?? .background)
        add(stroke?.width ?? 0)
        let dashes = (stroke?.dashes ?? []).prefix(8)
        bytes.append(UInt8(dashes.count))
        for dash in dashes { add(dash) }
    }

    private mutating func add(_ paint: Paint) {
        let colour = theme.colour(of: paint)
        bytes += [colour.red, colour.green, colour.blue, 255]
    }

    private mutating func add(_ area: DrawnArea) { add(area.x, area.y, area.width, area.height) }

    private mutating func add(_ values: Double...) {
        for value in values {
            let bits = value.bitPattern
            for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * byte))) }
        }
    }

    private mutating func add(count: Int) {
        for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: count >> (8 * byte))) }
    }

    private mutating func add(_ text: String) {
        // Pango ends a text at a NUL.
        let utf8 = text.utf8.filter { $0 != 0 }
        add(count: utf8.count)
        bytes += utf8
    }
}
