/// Formats a number as Python's `json` and `repr` do: the fewest digits that read back as the same number,
/// with an exponent below 1e-4 and from 1e16. (Swift produces the same digits, but uses exponents from 2^54.)
public func pythonText(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
    // In this range Swift and Python agree, and most numbers of a training run are in it.
    if (1e-4..<1e15).contains(value.magnitude) { return value.description }
    let sign = value.sign == .minus ? "-" : ""
    guard value != 0 else { return sign + "0.0" }
    let (digits, exponent) = shortestDigits(value.magnitude)
    if exponent < -4 || exponent >= 16 {
        let power = String(exponent.magnitude)
        return sign + digits.prefix(1) + (digits.count > 1 ? "." : "") + digits.dropFirst()
            + (exponent < 0 ? "e-" : "e+") + (power.count < 2 ? "0" : "") + power
    }
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
    let padding = String(repeating: "0", count: max(0, exponent + 1 - digits.count))
    let fraction = digits.dropFirst(exponent + 1)
    return sign + digits.prefix(exponent + 1) + padding + "." + (fraction.isEmpty ? "0" : fraction)
}

/// The significant digits d1 d2 d3 … and the exponent in d1.d2d3… · 10^exponent.
private func shortestDigits(_ value: Double) -> (digits: String, exponent: Int) {
    let parts = value.description.split(separator: "e")
    let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let all = halves.joined()
    let significant = all.drop { $0 == "0" }
    let leading = all.count - significant.count
    let exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + halves[0].count - 1 - leading
    let end = significant.lastIndex { $0 != "0" } ?? significant.startIndex
    return (String(significant[...end]), exponent)
}
