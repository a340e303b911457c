import Glibc

extension Double {
    /// Formats the value with `digits` decimal places, rounded as in C and Python: `0.125.fixed(2)` is
    /// "0.12".
    public func fixed(_ digits: Int) -> String {
        printed("%.*f", digits)
    }

    /// Formats the value as `1.2346e-04`, as C and Python do.
    public func scientific(_ digits: Int) -> String {
        printed("%.*e", digits)
    }

    /// Formats a measured value, which may be in a unit of any size: with four decimal places, and with as many more as show four
    /// digits of small values.
    public var measured: String {
        let size = magnitude
        if !isFinite || size == 0 || size >= 0.01 { return fixed(4) }
        return size >= 1e-3 ? fixed(6) : scientific(4)
    }

    private func printed(_ format: String, _ digits: Int) -> String {
        // C prints the sign of a NaN, Python does not.
        if isNaN { return "nan" }
        let digits = Int32(clamping: Swift.max(0, Swift.min(digits, 1_000)))
        // The largest Double has 309 digits before the decimal point.
        var buffer = [CChar](repeating: 0, count: 320 + Int(digits))
        let length = unsafe withVaList([digits, self]) { arguments in
            unsafe vsnprintf(&buffer, buffer.count, format, arguments)
        }
        return String(decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
