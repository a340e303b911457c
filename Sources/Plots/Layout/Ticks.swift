import Base

/// A value of an axis that is written beside it.
struct AxisTick: Equatable {
    var value: Double
    var label: String
}

extension AxisMapping {
    /// At most about `count` round values within the domain.
    func ticks(_ axis: PlotAxis, count: Int) -> [AxisTick] {
        isLogarithmic ? logarithmicTicks(count) : linearTicks(axis, count)
    }

    private func linearTicks(_ axis: PlotAxis, _ count: Int) -> [AxisTick] {
        let (low, high) = (domain.lowerBound, domain.upperBound)
        var step = roundStep(near: (high - low) / Double(max(count, 2)))
        if axis.isIntegral { step = max(step.rounded(), 1) }
        let slack = step * 1e-6
        var index = ((low - slack) / step).rounded(.up)
        var values: [Double] = []
        while index * step <= high + slack, values.count < 100 {
            values.append(index == 0 ? 0 : index * step)
            index += 1
        }
        // Epochs count from 1: the first one is written, and not 0.
        if axis.isIntegral, step > 1, low > -1, low <= 1 { values = [1] + values.filter { $0 > 1 } }
        let largest = values.map(\.magnitude).max() ?? 0
        return values.map { AxisTick(value: $0, label: label($0, step, largest, axis.format)) }
    }

    private func logarithmicTicks(_ count: Int) -> [AxisTick] {
        let (low, high) = (domain.lowerBound, domain.upperBound)
        let decades = high - low
        let factors: [Double] = decades < 1 ? [1, 2, 3, 5, 7] : decades < 2.5 ? [1, 2, 5] : [1]
        let stride = max(1, Int((decades / Double(max(count, 1))).rounded(.up)))
        var ticks: [AxisTick] = []
        for exponent in Int(low.rounded(.down))...Int(high.rounded(.up)) where exponent % stride == 0 {
            for factor in factors {
                let value = factor * power(10, Double(exponent))
                let place = decimalLogarithm(value)
                guard place >= low - 1e-9, place <= high + 1e-9, ticks.count < 100 else { continue }
                ticks.append(AxisTick(value: value, label: shortNumber(value)))
            }
        }
        return ticks
    }

    private func label(
        _ value: Double, _ step: Double, _ largest: Double, _ format: PlotAxis.Format
    ) -> String {
        let (value, step) = format == .percent ? (value * 100, step * 100) : (value, step)
        let unit = format == .percent ? " %" : ""
        if largest >= 1e7 || step < 1e-4 {
            let digits = max(0, Int(decimalLogarithm(max(largest, step) / step).rounded(.up)))
            return value == 0 ? "0" + unit : shortExponent(value.scientific(min(digits, 6))) + unit
        }
        let decimals = max(0, Int((-decimalLogarithm(step) - 1e-9).rounded(.up)))
        return grouped(value.fixed(decimals)) + unit
    }
}

/// The nearest of 1, 2, 5, 10, 20 … by its ratio to the value.
func roundStep(near value: Double) -> Double {
    guard value > 0, value.isFinite else { return 1 }
    let base = power(10, decimalLogarithm(value).rounded(.down))
    let share = value / base
    // The limits are the geometric means of neighbours.
    return base * (share < 1.4142 ? 1 : share < 3.1623 ? 2 : share < 7.0711 ? 5 : 10)
}

/// A number in at most about 6 characters, for marks and ends of axes.
public func shortNumber(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let size = value.magnitude
    if value == 0 { return "0" }
    if size >= 1e7 || size < 1e-4 { return shortExponent(value.scientific(1)) }
    if value == value.rounded() { return grouped(value.fixed(0)) }
    let decimals = max(0, 3 - max(0, Int(decimalLogarithm(size).rounded(.down)))) + (size < 0.01 ? 2 : 0)
    var text = value.fixed(decimals)
    if text.contains(".") {
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
    }
    return grouped(text)
}

/// `1.0e-05` as `1e-5`.
private func shortExponent(_ text: String) -> String {
    guard let mark = text.firstIndex(of: "e") else { return text }
    var digits = String(text[..<mark])
    if digits.contains(".") {
        while digits.hasSuffix("0") { digits.removeLast() }
        if digits.hasSuffix(".") { digits.removeLast() }
    }
    return digits + "e\(Int(text[text.index(after: mark)...].drop { $0 == "+" }) ?? 0)"
}

/// Commas between thousands: `60000` as `60,000`.
func grouped(_ text: String) -> String {
    let sign = text.hasPrefix("-") ? "-" : ""
    let parts = text.dropFirst(sign.count).split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, whole.count > 4 else { return text }
    var digits = ""
    for (index, digit) in whole.enumerated() {
        if index > 0, (whole.count - index) % 3 == 0 { digits.append(",") }
        digits.append(digit)
    }
    return sign + ([digits] + parts.dropFirst().map(String.init)).joined(separator: ".")
}
