/// Data as it appears in a panel.
public enum PlotMark: Equatable, Sendable {
    case line(PlotLine)
    case points(PlotPoints)
    case rule(PlotRule)
    case segments(PlotSegments)
    case bars(PlotBars)
    case histogram(PlotHistogram)
    case boxes([PlotBox])
    case cells(PlotCells)
    case image(PlotImage)
    case text(PlotText)
    /// Takes the whole panel; its axes are not drawn.
    case parallel(ParallelPlot)
    /// Takes the whole panel; its axes are not drawn.
    case graph(NodeGraph)
}

public struct PlotPoint: Equatable, Sendable {
    public var x, y: Double
    public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

/// A curve. It has a gap where a value is not a number, and a mark at the upper edge for each gap.
public struct PlotLine: Equatable, Sendable {
    /// The name in the legend; no entry if it is empty.
    public var name: String
    public var points: [PlotPoint]
    public var paint: Paint
    public var isDashed: Bool
    /// Steps: each value holds up to the next point.
    public var isStep: Bool
    public var hasMarkers: Bool
    public var width: Double

    public init(
        name: String = "", points: [PlotPoint], paint: Paint = .series(0), isDashed: Bool = false,
        isStep: Bool = false, hasMarkers: Bool = false, width: Double = 1.8
    ) {
        (self.name, self.points, self.paint, self.width) = (name, points, paint, width)
        (self.isDashed, self.isStep, self.hasMarkers) = (isDashed, isStep, hasMarkers)
    }

    /// A curve over 1, 2, 3 …, as for epochs.
    public init(name: String = "", values: [Double], from first: Int = 1, paint: Paint = .series(0)) {
        self.init(
            name: name, points: values.enumerated().map { PlotPoint(Double($0 + first), $1) }, paint: paint)
    }
}

public struct PlotPoints: Equatable, Sendable {
    public enum Shape: Equatable, Sendable { case circle, ring, cross, diamond, triangle }

    public var name: String
    public var points: [PlotPoint]
    public var paint: Paint
    public var shape: Shape
    public var radius: Double

    public init(
        name: String = "", points: [PlotPoint], paint: Paint = .series(0), shape: Shape = .circle,
        radius: Double = 3
    ) {
        (self.name, self.points, self.paint) = (name, points, paint)
        (self.shape, self.radius) = (shape, radius)
    }
}

/// A line across the whole panel at one value.
public struct PlotRule: Equatable, Sendable {
    public enum Course: Equatable, Sendable { case vertical, horizontal }

    public var direction: Course
    public var value: Double
    /// Written beside the line.
    public var label: String
    public var paint: Paint
    public var isDashed: Bool

    public init(
        _ direction: Course, at value: Double, label: String = "", paint: Paint = .muted,
        isDashed: Bool = true
    ) {
        (self.direction, self.value, self.label) = (direction, value, label)
        (self.paint, self.isDashed) = (paint, isDashed)
    }
}

/// Separate straight lines, as intervals or differences.
public struct PlotSegments: Equatable, Sendable {
    public struct Segment: Equatable, Sendable {
        public var start, end: PlotPoint
        public init(_ start: PlotPoint, _ end: PlotPoint) { (self.start, self.end) = (start, end) }
    }

    public var name: String
    public var segments: [Segment]
    public var paint: Paint
    public var width: Double
    /// Short lines across both ends.
    public var hasCaps: Bool

    public init(
        name: String = "", _ segments: [Segment], paint: Paint = .foreground, width: Double = 1.2,
        hasCaps: Bool = false
    ) {
        (self.name, self.segments, self.paint) = (name, segments, paint)
        (self.width, self.hasCaps) = (width, hasCaps)
    }
}

/// A bar for each category of one axis. The bars of several such marks in a panel stand side by side.
public struct PlotBars: Equatable, Sendable {
    public var name: String
    /// One for each category; NaN draws none.
    public var values: [Double]
    public var paint: Paint
    /// A colour for each category instead of one for all.
    public var paints: [Paint]
    /// Bars to the right, with the categories on the y axis.
    public var isHorizontal: Bool
    /// Written at the bars' ends, one for each category.
    public var labels: [String]

    public init(
        name: String = "", values: [Double], paint: Paint = .series(0), isHorizontal: Bool = false,
        labels: [String] = [], paints: [Paint] = []
    ) {
        (self.name, self.values, self.paint, self.paints) = (name, values, paint, paints)
        (self.isHorizontal, self.labels) = (isHorizontal, labels)
    }
}

/// Counts of values between edges. There is one edge more than there are counts.
public struct PlotHistogram: Equatable, Sendable {
    public var name: String
    public var edges: [Double]
    public var counts: [Double]
    public var paint: Paint
    /// Only the outline, so that several can lie over each other.
    public var isOutline: Bool

    public init(
        name: String = "", edges: [Double], counts: [Double], paint: Paint = .series(0),
        isOutline: Bool = false
    ) {
        (self.name, self.edges, self.counts) = (name, edges, counts)
        (self.paint, self.isOutline) = (paint, isOutline)
    }
}

/// Quartiles, whiskers and outliers at a position of the category axis.
public struct PlotBox: Equatable, Sendable {
    public var position: Double
    public var lowWhisker, lowQuartile, median, highQuartile, highWhisker: Double
    public var outliers: [Double]
    public var paint: Paint
    /// The values run along the x axis, with the categories on the y axis.
    public var isHorizontal: Bool

    public init(
        at position: Double, lowWhisker: Double, lowQuartile: Double, median: Double, highQuartile: Double,
        highWhisker: Double, outliers: [Double] = [], paint: Paint = .series(0), isHorizontal: Bool = false
    ) {
        (self.position, self.lowWhisker, self.lowQuartile) = (position, lowWhisker, lowQuartile)
        (self.median, self.highQuartile, self.highWhisker) = (median, highQuartile, highWhisker)
        (self.outliers, self.paint, self.isHorizontal) = (outliers, paint, isHorizontal)
    }
}

/// A heat map: cells at the positions 0 … columns-1 and 0 … rows-1, row 0 first.
public struct PlotCells: Equatable, Sendable {
    public enum ColourScale: Equatable, Sendable {
        /// A scale from a value without colour to one of full colour.
        case sequential(ClosedRange<Double>)
        /// A scale from -limit over 0 to limit.
        case diverging(Double)
    }

    public var columns: Int
    /// Row by row. NaN leaves the cell empty.
    public var values: [Double]
    /// Written into the cells, as far as they have room; as many as values, or none.
    public var texts: [String]
    public var scale: ColourScale
    /// Cells as high as wide.
    public var isSquare: Bool
    /// A bar that explains the colours.
    public var hasScale: Bool

    public init(
        columns: Int, values: [Double], texts: [String] = [], scale: ColourScale, isSquare: Bool = true,
        hasScale: Bool = true
    ) {
        (self.columns, self.values, self.texts) = (columns, values, texts)
        (self.scale, self.isSquare, self.hasScale) = (scale, isSquare, hasScale)
    }

    public var rows: Int { columns > 0 ? values.count / columns : 0 }
}

/// Pixels in the axes' coordinates. In a panel with hidden axes and nothing else, the picture takes the panel.
public struct PlotImage: Equatable, Sendable {
    public var pixels: PixelImage
    /// The corner with the smallest coordinates.
    public var x, y: Double
    public var width, height: Double
    /// Written below the picture.
    public var caption: String
    /// A frame of this colour around it.
    public var frame: Paint?

    public init(
        _ pixels: PixelImage, x: Double = 0, y: Double = 0, width: Double = 1, height: Double = 1,
        caption: String = "", frame: Paint? = nil
    ) {
        (self.pixels, self.x, self.y) = (pixels, x, y)
        (self.width, self.height, self.caption, self.frame) = (width, height, caption, frame)
    }
}

/// Pixels of 8 bits, row by row: 1 channel is grey, 3 are red, green, blue.
public struct PixelImage: Equatable, Sendable {
    public let columns, rows, channels: Int
    public let values: [UInt8]

    public init(columns: Int, rows: Int, channels: Int, values: [UInt8]) {
        precondition(channels == 1 || channels == 3, "an image of \(channels) channels")
        precondition(values.count == columns * rows * channels, "\(values.count) values for an image")
        (self.columns, self.rows, self.channels, self.values) = (columns, rows, channels, values)
    }

    /// The image with its longer side at most `side`, by averaging blocks of pixels.
    public func shrunk(toSide side: Int) -> PixelImage {
        let factor = (max(columns, rows) + side - 1) / max(side, 1)
        guard factor > 1 else { return self }
        let (wide, high) = ((columns + factor - 1) / factor, (rows + factor - 1) / factor)
        var sums = [Int](repeating: 0, count: wide * high * channels)
        for row in 0..<rows {
            for column in 0..<columns {
                for channel in 0..<channels {
                    let place = (row / factor * wide + column / factor) * channels + channel
                    sums[place] += Int(values[(row * columns + column) * channels + channel])
                }
            }
        }
        let means = sums.indices.map { index -> UInt8 in
            let (row, column) = (index / channels / wide, index / channels % wide)
            let count = min(factor, rows - row * factor) * min(factor, columns - column * factor)
            return UInt8((sums[index] + count / 2) / count)
        }
        return PixelImage(columns: wide, rows: high, channels: channels, values: means)
    }

    /// The values as red, green, blue.
    var rgb: [UInt8] { channels == 3 ? values : values.flatMap { [$0, $0, $0] } }
}

public struct PlotText: Equatable, Sendable {
    public var text: String
    public var at: PlotPoint
    public var paint: Paint
    public var anchor: TextAnchor
    public var isBold: Bool

    public init(
        _ text: String, at: PlotPoint, paint: Paint = .foreground, anchor: TextAnchor = .middle,
        isBold: Bool = false
    ) {
        (self.text, self.at, self.paint) = (text, at, paint)
        (self.anchor, self.isBold) = (anchor, isBold)
    }
}

public enum TextAnchor: Equatable, Sendable { case start, middle, end }
