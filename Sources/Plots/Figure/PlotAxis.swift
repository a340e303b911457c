/// The scale of a panel's axis, and what is written along it.
public struct PlotAxis: Equatable, Sendable {
    public enum AxisScale: Equatable, Sendable {
        case linear
        /// Base 10. Values that are not positive are left out.
        case logarithmic
        /// Names at the positions 0, 1, 2 …
        case categories([String])
    }
    public enum Format: Equatable, Sendable { case number, percent }

    public var label: String
    public var scale: AxisScale
    /// Nil takes the range of the marks.
    public var range: ClosedRange<Double>?
    /// Ticks at whole numbers only, as for epochs.
    public var isIntegral: Bool
    public var includesZero: Bool
    /// Without line, ticks and names.
    public var isHidden: Bool
    /// The smallest value at the right, or at the top.
    public var isReversed: Bool
    public var format: Format

    public init(
        _ label: String = "", scale: AxisScale = .linear, range: ClosedRange<Double>? = nil,
        isIntegral: Bool = false, includesZero: Bool = false, isHidden: Bool = false,
        isReversed: Bool = false, format: Format = .number
    ) {
        (self.label, self.scale, self.range, self.isIntegral) = (label, scale, range, isIntegral)
        (self.includesZero, self.isHidden, self.isReversed) = (includesZero, isHidden, isReversed)
        self.format = format
    }

    public static func categories(_ names: [String], label: String = "", isReversed: Bool = false) -> PlotAxis
    {
        PlotAxis(label, scale: .categories(names), isReversed: isReversed)
    }

    public static var hidden: PlotAxis { PlotAxis(isHidden: true) }

    var categories: [String]? {
        if case .categories(let names) = scale { names } else { nil }
    }
}
