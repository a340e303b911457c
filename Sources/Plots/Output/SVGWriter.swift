import Base

extension FigureDrawing {
    /// The drawing as an SVG file. The same drawing gives the same bytes on every machine.
    public func svg(_ theme: Theme = .light) -> String {
        var writer = SVGWriter { theme.colour(of: $0).hex }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + writer.document(self, hasBackground: true)
    }

    /// The drawing as an element of an HTML page, in the colours of the page's style: it follows the reader's choice of light
    /// or dark.
    public var pageSVG: String {
        var writer = SVGWriter { paint in
            if case .rgb = paint { Theme.light.colour(of: paint).hex } else { "var(--\(paint.variable))" }
        }
        return writer.document(self, hasBackground: false)
    }
}

extension Paint {
    /// The name of the paint's CSS variable.
    var variable: String {
        switch self {
        case .foreground: "fg"
        case .muted: "muted"
        case .grid: "grid"
        case .background: "bg"
        case .series(let number): "s\((number % 8 + 8) % 8)"
        case .ramp(let step): "r\(step)"
        case .onRamp(let step): "R\(step)"
        case .diverging(let step): "d\(step)"
        case .onDiverging(let step): "D\(step)"
        case .rgb: "fg"
        }
    }

    static var named: [Paint] {
        [.foreground, .muted, .grid, .background] + (0..<8).map { .series($0) }
            + (0...steps).flatMap { [.ramp($0), .onRamp($0), .diverging($0), .onDiverging($0)] }
    }
}

extension Theme {
    /// The CSS declarations of all paints.
    var variables: String {
        Paint.named.map { "--\($0.variable):\(colour(of: $0).hex)" }.joined(separator: ";")
    }
}

private struct SVGWriter {
    let colour: (Paint) -> String
    var text = ""

    init(colour: @escaping (Paint) -> String) { self.colour = colour }

    mutating func document(_ drawing: FigureDrawing, hasBackground: Bool) -> String {
        let (width, height) = (number(drawing.width), number(drawing.height))
        text =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
            + "viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"\(xmlEscaped(drawing.title))\" "
            + "font-family=\"DejaVu Sans, Verdana, sans-serif\">\n"
            + "<title>\(xmlEscaped(drawing.title))</title>\n<desc>\(xmlEscaped(drawing.summary))</desc>\n"
        if hasBackground {
            text += "<rect width=\"\(width)\" height=\"\(height)\" fill=\"\(colour(.background))\"/>\n"
        }
        for command in drawing.commands { write(command) }
        text += "</svg>\n"
        return text
    }

    private mutating func write(_ command: DrawingCommand) {
        switch command {
        case .path(let elements, let fill, let stroke):
            text += "<path d=\"\(path(elements))\"\(paints(fill, stroke))/>\n"
        case .rectangle(let area, let radius, let fill, let stroke):
            let corner = radius > 0 ? " rx=\"\(number(radius))\"" : ""
            text += "<rect\(place(area))\(corner)\(paints(fill, stroke))/>\n"
        case .circle(let at, let radius, let fill, let stroke):
            text +=
                "<circle cx=\"\(number(at.x))\" cy=\"\(number(at.y))\" r=\"\(number(radius))\"\(paints(fill, stroke))/>\n"
        case .text(let label): write(label)
        case .image(let pixels, let area):
            text +=
                "<image\(place(area)) preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
                + "href=\"data:image/png;base64,\(base64(plainPNG(pixels)))\"/>\n"
        case .clip(let area):
            // A nested element clips without an id, which could be the same as another figure's on the page.
            text +=
                "<svg\(place(area)) viewBox=\"\(number(area.x)) \(number(area.y)) \(number(area.width)) "
                + "\(number(area.height))\">\n"
        case .unclip: text += "</svg>\n"
        }
    }

    private mutating func write(_ label: DrawnText) {
        let (x, y) = (number(label.at.x), number(label.at.y))
        var attributes =
            " x=\"\(x)\" y=\"\(y)\" font-size=\"\(number(label.size))\" fill=\"\(colour(label.paint))\""
        switch label.anchor {
        case .start: break
        case .middle: attributes += " text-anchor=\"middle\""
        case .end: attributes += " text-anchor=\"end\""
        }
        if label.isBold { attributes += " font-weight=\"bold\"" }
        if label.angle != 0 { attributes += " transform=\"rotate(\(number(label.angle)) \(x) \(y))\"" }
        text += "<text\(attributes)>\(xmlEscaped(label.text))</text>\n"
    }

    private func place(_ area: DrawnArea) -> String {
        " x=\"\(number(area.x))\" y=\"\(number(area.y))\" width=\"\(number(area.width))\" "
            + "height=\"\(number(area.height))\""
    }

    private func paints(_ fill: Paint?, _ stroke: DrawnStroke?) -> String {
        var attributes = " fill=\"\(fill.map(colour) ?? "none")\""
        if let stroke {
            attributes += " stroke=\"\(colour(stroke.paint))\" stroke-width=\"\(number(stroke.width))\""
            if !stroke.dashes.isEmpty {
                attributes += " stroke-dasharray=\"\(stroke.dashes.map(number).joined(separator: " "))\""
            }
            attributes += fill == nil ? " stroke-linejoin=\"round\"" : ""
        }
        return attributes
    }

    private func path(_ elements: [PathElement]) -> String {
        func place(_ point: PlotPoint) -> String { "\(number(point.x)) \(number(point.y))" }
        return elements.map { element in
            switch element {
            case .move(let to): "M\(place(to))"
            case .line(let to): "L\(place(to))"
            case .curve(let first, let second, let to): "C\(place(first)) \(place(second)) \(place(to))"
            case .close: "Z"
            }
        }.joined()
    }

    /// At most two decimals, without zeros at the end.
    private func number(_ value: Double) -> String {
        guard value.magnitude < 1e12 else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let (whole, part) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let decimals =
            part == 0 ? "" : part % 10 == 0 ? ".\(part / 10)" : part < 10 ? ".0\(part)" : ".\(part)"
        return (hundredths < 0 ? "-" : "") + "\(whole)" + decimals
    }
}

/// The text with entities for what XML and HTML give a meaning, and without characters that they do not allow.
public func xmlEscaped(_ text: String) -> String {
    var escaped = ""
    for scalar in printable(text).unicodeScalars {
        switch scalar {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "\"": escaped += "&quot;"
        case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
        default: escaped.unicodeScalars.append(scalar)
        }
    }
    return escaped
}
