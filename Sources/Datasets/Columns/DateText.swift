import Base

/// A date with or without a time of day, as tables write it: three numbers with signs between them, perhaps a time
/// behind them. Or a time of day alone, whose year is 0.
public struct DateText: Equatable, Sendable {
    public var year, month, day: Int
    public var hour = 0, minute = 0, second = 0
    public var hasTime = false

    /// The form of ISO 8601 in which dates enter a model: `2024-03-05 14:30:00`, or `14:30:00`.
    public var iso: String {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        if year == 0 { return two(hour) + ":" + two(minute) + ":" + two(second) }
        let years = String(year)
        let date =
            String(repeating: "0", count: max(0, 4 - years.count)) + years + "-" + two(month) + "-" + two(day)
        return hasTime ? date + " " + two(hour) + ":" + two(minute) + ":" + two(second) : date
    }

    /// Parses a date; nil for other text, and for days that do not exist.
    public init?(_ field: ArraySlice<UInt8>, order: TableDialect.DateOrder) {
        let field = withoutBlanks(field)
        if order == .timeOfDay {
            (year, month, day) = (0, 0, 0)
            guard time(field) else { return nil }
            return
        }
        if order == .yearFirst, let month = DateText.yearAndMonth(field) {
            (year, self.month, day) = (month.year, month.month, 1)
            return
        }
        var rest = DateText.numeric(field, order)
        guard let a = DateText.digits(&rest, 1...4), let sign = rest.popFirst(), "-/. ".utf8.contains(sign),
            case let named = DateText.month(&rest), let b = named ?? DateText.digits(&rest, 1...2),
            // A month in letters stands in the middle: the day is before it, or the year.
            named == nil || order != .monthFirst, let again = rest.popFirst(), "-/., ".utf8.contains(again)
        else { return nil }
        while rest.first == 32 { rest.removeFirst() }
        guard let c = DateText.digits(&rest, 1...4) else { return nil }
        switch order {
        case .yearFirst: (year, month, day) = (a.value, b.value, c.value)
        case .dayFirst: (year, month, day) = (c.value, b.value, a.value)
        case .monthFirst: (year, month, day) = (c.value, a.value, b.value)
        case .timeOfDay: return nil
        }
        let years = order == .yearFirst ? a.count : c.count
        guard years == 4 || years == 2 && order != .yearFirst else { return nil }
        // As in POSIX: 69 is 1969, 68 is 2068.
        if years == 2 { year += year < 69 ? 2000 : 1900 }
        if !rest.isEmpty {
            guard let gap = rest.popFirst(), gap == 32 || gap == UInt8(ascii: "T"), time(rest) else {
                return nil
            }
        }
        guard (1...12).contains(month), (1...daysInMonth(month, of: year)).contains(day),
            (1...9999).contains(year)
        else { return nil }
    }

    /// Reads a month, 2016-02 or 2016/02; its first day stands for it.
    private static func yearAndMonth(_ field: ArraySlice<UInt8>) -> (year: Int, month: Int)? {
        var rest = field
        guard field.count == 7, let year = digits(&rest, 4...4), year.value > 0, let sign = rest.popFirst(),
            "-/".utf8.contains(sign), let month = digits(&rest, 2...2), (1...12).contains(month.value)
        else { return nil }
        return (year.value, month.value)
    }

    /// Returns `2/22/2016` for `Feb 22, 2016` if the month is first; other texts as they are.
    private static func numeric(
        _ field: ArraySlice<UInt8>, _ order: TableDialect.DateOrder
    ) -> ArraySlice<UInt8> {
        var rest = field
        guard order == .monthFirst, let named = month(&rest),
            rest.first == 32 || rest.first == UInt8(ascii: ".")
        else { return field }
        rest = rest.drop { $0 == 32 || $0 == UInt8(ascii: ".") }
        let day = rest.prefix { (48...57).contains($0) }
        rest = rest.dropFirst(day.count).drop { $0 == 32 || $0 == UInt8(ascii: ",") }
        return Array("\(named.value)/".utf8) + day + [UInt8(ascii: "/")] + rest
    }

    private mutating func time(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        guard let hours = DateText.digits(&rest, 1...2), rest.popFirst() == UInt8(ascii: ":"),
            let minutes = DateText.digits(&rest, 2...2)
        else { return false }
        (hour, minute, hasTime) = (hours.value, minutes.value, true)
        if rest.first == UInt8(ascii: ":") {
            rest.removeFirst()
            guard let seconds = DateText.digits(&rest, 2...2) else { return false }
            second = seconds.value
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                rest = rest.drop { (48...57).contains($0) }
            }
        }
        let mark = String(decoding: rest, as: UTF8.self).lowercased()
        switch mark {
        case "", "z", "+00:00", " utc", "+00": break
        case " am", "am": if hour == 12 { hour = 0 }
        case " pm", "pm": if hour < 12 { hour += 12 }
        default: return false
        }
        return hour < 24 && minute < 60 && second < 61
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>, _ counts: ClosedRange<Int>) -> (
        value: Int, count: Int
    )? {
        let digits = rest.prefix { (48...57).contains($0) }
        guard counts.contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        return (digits.reduce(0) { $0 * 10 + Int($1 - 48) }, digits.count)
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Reads a month by its English name or its first three letters.
    private static func month(_ rest: inout ArraySlice<UInt8>) -> (value: Int, count: Int)? {
        let letters = rest.prefix { (65...90).contains($0) || (97...122).contains($0) }
        guard letters.count >= 3,
            let found = months.firstIndex(of: String(decoding: letters.prefix(3), as: UTF8.self).lowercased())
        else { return nil }
        rest = rest.dropFirst(letters.count)
        return (found + 1, letters.count)
    }
}
