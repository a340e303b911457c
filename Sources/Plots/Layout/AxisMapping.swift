/// The positions of an axis' values in pixels.
struct AxisMapping: Equatable {
    /// The range of the values, or of their logarithms.
    var domain: ClosedRange<Double>
    var isLogarithmic = false
    /// The positions of the domain's ends.
    var start = 0.0
    var end = 1.0

    /// Values beyond this overflow when they are subtracted; they are treated as not a number.
    static let largest = 1e300

    /// The position of a value; nil for one that the axis cannot show.
    func place(_ value: Double) -> Double? {
        guard value.magnitude <= Self.largest, !isLogarithmic || value > 0 else { return nil }
        let inner = isLogarithmic ? decimalLogarithm(value) : value
        return start + (inner - domain.lowerBound) / (domain.upperBound - domain.lowerBound) * (end - start)
    }

    /// Chooses the domain for the values of the marks.
    init(_ axis: PlotAxis, values: [Double], padding: Double, touchesZero: Bool) {
        if let names = axis.categories {
            domain = -0.5...(Double(max(names.count, 1)) - 0.5)
            return
        }
        isLogarithmic = axis.scale == .logarithmic
        if let range = axis.range, range.upperBound > range.lowerBound, !isLogarithmic {
            domain = range
            return
        }
        let isLogarithmic = isLogarithmic
        let usable = values.lazy.filter { $0.magnitude <= Self.largest && (!isLogarithmic || $0 > 0) }
            .map { isLogarithmic ? decimalLogarithm($0) : $0 }
        guard var low = usable.min(), var high = usable.max() else {
            domain = isLogarithmic ? -1...0 : 0...1
            return
        }
        let startsAtZero = (axis.includesZero || touchesZero) && !isLogarithmic
        if startsAtZero { (low, high) = (min(low, 0), max(high, 0)) }
        if high - low <= max(low.magnitude, high.magnitude) * 1e-9 {
            // A single value, or one epoch.
            let around = axis.isIntegral || low == 0 ? 0.5 : isLogarithmic ? 0.5 : low.magnitude * 0.05
            (low, high) = (low - around, high + around)
        } else {
            let room = (high - low) * padding
            low -= startsAtZero && low == 0 ? 0 : room
            high += startsAtZero && high == 0 ? 0 : room
        }
        domain = low...max(high, low.nextUp)
    }
}
