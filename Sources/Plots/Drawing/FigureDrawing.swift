/// A figure after its layout: shapes and texts at their places, in pixels from the upper left corner. The writers of files
/// need nothing else.
public struct FigureDrawing: Equatable, Sendable {
    public var title, summary: String
    public var width, height: Double
    public var commands: [DrawingCommand] = []

    init(title: String, summary: String, width: Double, height: Double) {
        (self.title, self.summary, self.width, self.height) = (title, summary, width, height)
    }
}

public enum DrawingCommand: Equatable, Sendable {
    case path([PathElement], fill: Paint?, stroke: DrawnStroke?)
    case rectangle(DrawnArea, radius: Double, fill: Paint?, stroke: DrawnStroke?)
    case circle(PlotPoint, radius: Double, fill: Paint?, stroke: DrawnStroke?)
    case text(DrawnText)
    case image(PixelImage, DrawnArea)
    /// Shows what follows, up to `unclip`, within the area only.
    case clip(DrawnArea)
    case unclip
}

public enum PathElement: Equatable, Sendable {
    case move(PlotPoint)
    case line(PlotPoint)
    case curve(PlotPoint, PlotPoint, PlotPoint)
    case close
}

public struct DrawnStroke: Equatable, Sendable {
    public var paint: Paint
    public var width: Double
    /// Lengths of dashes and gaps; none for a continuous line.
    public var dashes: [Double]

    init(_ paint: Paint, _ width: Double = 1, dashes: [Double] = []) {
        (self.paint, self.width, self.dashes) = (paint, width, dashes)
    }
}

public struct DrawnText: Equatable, Sendable {
    public var text: String
    /// The end of the baseline that the anchor says.
    public var at: PlotPoint
    public var size: Double
    public var paint: Paint
    public var anchor: TextAnchor = .start
    public var isBold = false
    /// The angle in degrees, clockwise.
    public var angle: Double = 0
    /// The width in the layout; a wider text is narrowed or cut.
    public var maximum: Double

    init(
        _ text: String, at: PlotPoint, size: Double, paint: Paint, anchor: TextAnchor = .start,
        isBold: Bool = false, angle: Double = 0, maximum: Double
    ) {
        (self.text, self.at, self.size, self.paint) = (text, at, size, paint)
        (self.anchor, self.isBold, self.angle, self.maximum) = (anchor, isBold, angle, maximum)
    }
}

public struct DrawnArea: Equatable, Sendable {
    public var x, y, width, height: Double

    init(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, max(0, width), max(0, height))
    }

    var right: Double { x + width }
    var bottom: Double { y + height }
    var middleX: Double { x + width / 2 }
    var middleY: Double { y + height / 2 }

    func inset(left: Double = 0, top: Double = 0, right: Double = 0, bottom: Double = 0) -> DrawnArea {
        DrawnArea(x + left, y + top, width - left - right, height - top - bottom)
    }
}
