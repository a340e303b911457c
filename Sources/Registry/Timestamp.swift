import Base
import Foundation

/// Dates in ISO 8601, UTC, to the second, such as `2026-11-22T12:30:05Z`, as in facts.
public enum Timestamp {
    static func now() -> String { Date().ISO8601Format() }

    /// Milliseconds since 1970.
    public static func milliseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return max(1, Int(time.tv_sec) * 1_000 + Int(time.tv_nsec) / 1_000_000)
    }

    /// Milliseconds since 1970 of a date such as `2026-11-22T12:30:05Z`; nil for another form.
    public static func milliseconds(_ text: String) -> Int? {
        guard isPlausible(text), let date = try? Date(text, strategy: .iso8601) else { return nil }
        return Int(date.timeIntervalSince1970 * 1_000)
    }

    /// Whether the text is a date of the form that is used here.
    static func isPlausible(_ text: String) -> Bool {
        let form = Array("0000-00-00T00:00:00Z".utf8)
        return text.utf8.count == form.count
            && zip(text.utf8, form).allSatisfy { $1 == 48 ? (48...57).contains($0) : $0 == $1 }
    }

    /// Whether there is such a day.
    static func isDay(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        (1...12).contains(month) && (1...daysInMonth(month, of: year)).contains(day)
    }

    /// Whether the text is a date of that form that can be.
    static func isDate(_ text: String) -> Bool {
        guard isPlausible(text) else { return false }
        let digits = Array(text.utf8)
        func number(_ at: Int) -> Int { Int(digits[at] - 48) * 10 + Int(digits[at + 1] - 48) }
        return isDay(number(0) * 100 + number(2), number(5), number(8)) && number(11) < 24
            && number(14) < 60 && number(17) <= 60
    }

    /// The time a day after `time`; the end of all dates if `time` is none.
    static func nextDay(after time: String) -> String {
        guard let start = milliseconds(time) else { return "9999-12-31T23:59:59Z" }
        return of(secondsSince1970: start / 1_000 + 86_400)
    }

    static func of(secondsSince1970 seconds: Int) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).ISO8601Format()
    }

    /// Parses the date in the name of a model file, such as `Model_2026_11_22_12_30_05_.h5`.
    static func inFileName(_ name: String) -> String? {
        guard name.hasPrefix("Model_") else { return nil }
        let parts = name.dropFirst(6).split(separator: "_", omittingEmptySubsequences: false).prefix(6)
        guard parts.count == 6, zip(parts, [4, 2, 2, 2, 2, 2]).allSatisfy({ $0.count == $1 }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let all = Array(parts)
        return "\(all[0])-\(all[1])-\(all[2])T\(all[3]):\(all[4]):\(all[5])Z"
    }

    /// Returns the possible file names for a model of that date, in order of preference:
    /// `Model_2026_11_22_12_30_05_.h5`, `Model_2026_11_22_12_30_05_2_.h5` and so on.
    static func fileNames(created: String, extension suffix: String) -> some Sequence<String> {
        var digits = created.utf8.filter { (48...57).contains($0) }.prefix(14).map {
            Character(UnicodeScalar($0))
        }
        if digits.count < 14 { digits = now().filter(\.isNumber) }
        let ends = [4, 6, 8, 10, 12, 14]
        var (stem, from) = ("Model_", 0)
        for end in ends {
            stem += String(digits[from..<end]) + "_"
            from = end
        }
        return (1...100_000).lazy.map { $0 == 1 ? "\(stem).\(suffix)" : "\(stem)\($0)_.\(suffix)" }
    }
}
