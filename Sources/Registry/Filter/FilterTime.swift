import Base

/// A point or span of time in a condition: `2026`, `2026-10`, `2026-10-01`, `2026-10-01T12` … `2026-10-01T12:00:00Z`.
///
/// Times in the index are texts of one form, so that their order is the order of texts. A shorter text is the whole span
/// that begins so: `created = '2026-10-01'` is that day, `created > '2026-10-01'` the days after it.
struct FilterTime {
    /// The text that all times of the span begin with.
    let start: String
    /// Greater than every time of the span, less than every later one.
    var end: String { start + "\u{10FFFF}" }

    /// Throws if the text, which a user gave as a date, is none.
    init(named text: String) throws(CellarError) {
        guard let time = FilterTime(text) else {
            throw CellarError(
                .usage,
                "expected a date such as 2026-11-01 or 2026-11-01T12:00:00Z, found \"\(text.prefix(40))\".")
        }
        self = time
    }

    /// Returns nil if the text is no time of that form.
    init?(_ text: String) {
        var text = text.uppercased()
        if let space = text.firstIndex(of: " ") { text.replaceSubrange(space...space, with: "T") }
        let isFull = text.count == 20 && text.hasSuffix("Z")
        let digits = Array((isFull ? String(text.dropLast()) : text).utf8)
        let form = Array("0000-00-00T00:00:00".utf8)
        guard [4, 7, 10, 13, 16, 19].contains(digits.count) else { return nil }
        for (found, wanted) in zip(digits, form) {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(found)
            guard wanted == UInt8(ascii: "0") ? isDigit : found == wanted else { return nil }
        }
        func number(_ start: Int, _ length: Int) -> Int? {
            start + length <= digits.count
                ? digits[start..<start + length].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } : nil
        }
        guard Timestamp.isDay(number(0, 4) ?? 0, number(5, 2) ?? 1, number(8, 2) ?? 1),
            (number(11, 2) ?? 0) < 24, (number(14, 2) ?? 0) < 60, (number(17, 2) ?? 0) <= 60
        else { return nil }
        start = text
    }
}
