/// A picture of data as a value: panels with axes and marks. `drawing(_:)` lays it out, `file(_:theme:)` writes it.
///
///     var panel = FigurePanel(x: PlotAxis("epoch", isIntegral: true), y: PlotAxis("loss"))
///     panel.marks.append(.line(PlotLine(name: "training", values: [0.9, 0.5, 0.4])))
///     let svg = try Figure(title: "mnist:1", panels: [panel]).file(.svg)
public struct Figure: Equatable, Sendable {
    public var title: String
    public var subtitle: String
    /// A description for people who cannot see the figure. Empty: the title alone.
    public var summary: String
    /// Laid out in rows of `columns` panels.
    public var panels: [FigurePanel]
    public var columns: Int
    /// The width in pixels of CSS (1/96 inch).
    public var width: Double
    /// Shown above the panels. By default the named marks of all panels, one entry a name.
    public var legend: [LegendEntry]?

    public init(
        title: String, subtitle: String = "", summary: String = "", panels: [FigurePanel], columns: Int = 1,
        width: Double = 640, legend: [LegendEntry]? = nil
    ) {
        (self.title, self.subtitle, self.summary, self.panels) = (title, subtitle, summary, panels)
        (self.columns, self.width, self.legend) = (columns, width, legend)
    }
}

/// Marks over one pair of axes.
public struct FigurePanel: Equatable, Sendable {
    public var title: String
    public var x, y: PlotAxis
    /// Drawn in this order, the last on top.
    public var marks: [PlotMark]
    /// The height with title and axes, in pixels. Nil takes what the marks need.
    public var height: Double?
    /// A row of its own.
    public var isWide: Bool

    public init(
        title: String = "", x: PlotAxis = PlotAxis(), y: PlotAxis = PlotAxis(), marks: [PlotMark] = [],
        height: Double? = nil, isWide: Bool = false
    ) {
        (self.title, self.x, self.y, self.marks) = (title, x, y, marks)
        (self.height, self.isWide) = (height, isWide)
    }
}

/// A name in the legend, and how its marks look.
public struct LegendEntry: Equatable, Sendable {
    public enum Symbol: Equatable, Sendable { case line, dashedLine, point, ring, diamond, cross, area }

    public var name: String
    public var paint: Paint
    public var symbol: Symbol

    public init(_ name: String, _ paint: Paint, _ symbol: Symbol = .line) {
        (self.name, self.paint, self.symbol) = (name, paint, symbol)
    }
}
