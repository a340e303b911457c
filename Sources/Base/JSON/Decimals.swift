import Glibc

extension Double {
    /// The value with so many digits after the point, rounded as C and Python do: `0.125.fixed(2)` is "0.12".
    public func fixed(_ digits: Int) -> String {
        printed("%.*f", digits)
    }

    /// The value as `1.2346e-04`, as C and Python write it.
    public func scientific(_ digits: Int) -> String {
        printed("%.*e", digits)
    }

    private func printed(_ format: String, _ digits: Int) -> String {
        // C would print the sign of a NaN, Python does not.
        if isNaN { return "nan" }
        let digits = Int32(clamping: Swift.max(0, Swift.min(digits, 1_000)))
        // The largest Double has 309 digits before its point.
        var buffer = [CChar](repeating: 0, count: 320 + Int(digits))
        let length = unsafe withVaList([digits, self]) { arguments in
            unsafe vsnprintf(&buffer, buffer.count, format, arguments)
        }
        return String(decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
