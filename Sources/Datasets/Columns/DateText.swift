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
        var field = withoutBlanks(plainSigns(field))
        (year, month, day) = (0, 0, 0)
        if order == .timeOfDay {
            guard time(field) else { return nil }
            return
        }
        if order != .yearFirst {
            DateText.dropWeekday(&field)
            DateText.dropBrackets(&field)
        }
        if let month = order == .yearFirst
            ? DateText.yearAndMonth(field) : DateText.monthAndYear(field, order)
        {
            (year, self.month, day) = (month.year, month.month, 1)
            return
        }
        if order == .yearFirst, let compact = DateText.compact(field) { field = compact }
        var rest = DateText.numeric(
            order == .monthFirst ? DateText.yearBehindTime(field) ?? field : field, order)
        guard let a = DateText.digits(&rest, 1...4), case () = DateText.dropOrdinal(&rest),
            let sign = rest.popFirst(), "-/. ".utf8.contains(sign),
            case () = DateText.dropBlank(&rest, behind: sign), case let named = DateText.month(&rest),
            let b = named ?? DateText.digits(&rest, 1...2),
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
            if rest.first == UInt8(ascii: ","), rest.dropFirst().first == 32 { rest.removeFirst() }
            // Web servers write 10/Oct/2015:13:55:36.
            guard let gap = rest.popFirst(),
                gap == 32 || gap == UInt8(ascii: "T") || gap == UInt8(ascii: ":") && named != nil, time(rest)
            else { return nil }
        }
        guard (1...12).contains(month), (1...daysInMonth(month, of: year)).contains(day),
            (1...9999).contains(year)
        else { return nil }
    }

    /// Drops what stands behind a day in English: 1st, 22nd.
    private static func dropOrdinal(_ rest: inout ArraySlice<UInt8>) {
        if ["st", "nd", "rd", "th"].contains(where: { rest.starts(with: $0.utf8) }) {
            rest = rest.dropFirst(2)
        }
    }

    /// Drops a blank behind the point of `5. March 2012`.
    private static func dropBlank(_ rest: inout ArraySlice<UInt8>, behind sign: UInt8) {
        if sign == UInt8(ascii: "."), rest.first == 32 { rest.removeFirst() }
    }

    /// Drops the brackets around dates of web servers.
    private static func dropBrackets(_ field: inout ArraySlice<UInt8>) {
        guard field.first == UInt8(ascii: "[") else { return }
        field.removeFirst()
        if field.last == UInt8(ascii: "]") { field.removeLast() }
    }

    /// Reads a month, 2016-02, 2016/02 or 2016-Feb; its first day stands for it.
    private static func yearAndMonth(_ field: ArraySlice<UInt8>) -> (year: Int, month: Int)? {
        var rest = field
        if field.last.map(FieldReader.isLetter) ?? false, let year = digits(&rest, 4...4), year.value > 0,
            let sign = rest.popFirst(), "-/ ".utf8.contains(sign), let month = month(&rest), rest.isEmpty
        {
            return (year.value, month.value)
        }
        rest = field
        guard field.count == 7, let year = digits(&rest, 4...4), year.value > 0, let sign = rest.popFirst(),
            "-/".utf8.contains(sign), let month = digits(&rest, 2...2), (1...12).contains(month.value)
        else { return nil }
        return (year.value, month.value)
    }

    /// Reads a month before its year: Dec-2018, December 2018, 12/2018.
    private static func monthAndYear(
        _ field: ArraySlice<UInt8>, _ order: TableDialect.DateOrder
    ) -> (year: Int, month: Int)? {
        guard order == .monthFirst, (6...15).contains(field.count) else { return nil }
        var rest = field
        guard let month = month(&rest) ?? digits(&rest, 1...2), (1...12).contains(month.value) else {
            return nil
        }
        let signs = rest.prefix { "-/., ".utf8.contains($0) }
        rest = rest.dropFirst(signs.count)
        guard (1...2).contains(signs.count), let year = digits(&rest, 4...4), rest.isEmpty,
            (1000...2999).contains(year.value)
        else {
            return nil
        }
        return (year.value, month.value)
    }

    /// Returns `2014-10-13T00:00:00` for `20141013T000000`.
    private static func compact(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let date = field.prefix(while: FieldReader.isDigit)
        guard date.count == 8, field.count > 9, let gap = field.dropFirst(8).first,
            gap == UInt8(ascii: "T") || gap == 32
        else { return nil }
        let rest = field.dropFirst(9)
        let time = rest.prefix(while: FieldReader.isDigit)
        let parts = [date.prefix(4), date.dropFirst(4).prefix(2), date.suffix(2)]
        var text = Array(parts.joined(separator: [UInt8(ascii: "-")]))
        text.append(gap)
        guard time.count == 4 || time.count == 6 else { return text[...] + rest }
        let clock = stride(from: 0, to: time.count, by: 2).map { time.dropFirst($0).prefix(2) }
        text += Array(clock.joined(separator: [UInt8(ascii: ":")]))
        text += rest.dropFirst(time.count)
        return text[...]
    }

    private static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    /// Drops the name of a day of the week in front of a date: `Mon, 06 Apr 2009`.
    private static func dropWeekday(_ field: inout ArraySlice<UInt8>) {
        guard field.first.map(FieldReader.isLetter) ?? false else { return }
        let letters = field.prefix(while: FieldReader.isLetter)
        let word = String(decoding: letters, as: UTF8.self).lowercased()
        let rest = field.dropFirst(letters.count)
        guard rest.first.map({ ",. ".utf8.contains($0) }) ?? false,
            weekdays.contains(where: {
                $0 == word || word.count >= 3 && word.count <= 5 && $0.hasPrefix(word)
            })
        else { return }
        field = rest.drop { ",. ".utf8.contains($0) }
    }

    /// Returns `Apr 06, 2009 22:19:45 PDT` for `Apr 06 22:19:45 PDT 2009`, as programs in C write dates; nil for another form.
    private static func yearBehindTime(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard field.first.map(FieldReader.isLetter) ?? false else { return nil }
        let words = field.split(separator: 32)
        guard (4...5).contains(words.count), words[1].count <= 2, words[2].contains(UInt8(ascii: ":")),
            let year = words.last, year.count == 4, year.allSatisfy(FieldReader.isDigit)
        else { return nil }
        var text = Array(words[0])
        text += [32]
        text += words[1]
        text += Array(", ".utf8)
        text += year
        for word in words[2..<(words.count - 1)] {
            text += [32]
            text += word
        }
        return text[...]
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
        rest = rest.dropFirst(day.count)
        dropOrdinal(&rest)
        rest = rest.drop { $0 == 32 || $0 == UInt8(ascii: ",") }
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
        var words = String(decoding: rest, as: UTF8.self).lowercased()[...]
        while words.first == " " { words.removeFirst() }
        for (mark, isAfternoon) in [("am", false), ("a.m.", false), ("pm", true), ("p.m.", true)]
        where words.hasPrefix(mark) {
            words = words.dropFirst(mark.count)
            if isAfternoon, hour < 12 { hour += 12 } else if !isAfternoon, hour == 12 { hour = 0 }
            while words.first == " " { words.removeFirst() }
            break
        }
        guard DateText.isZone(words) else { return false }
        return hour < 24 && minute < 60 && second < 61
    }

    private static let zones: Set = [
        "", "z", "utc", "gmt", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "akst", "akdt", "hst",
        "cet",
        "cest", "bst", "wet", "west", "eet", "eest", "msk", "ist", "jst", "kst", "sgt", "hkt", "aest", "aedt",
        "acst",
        "awst", "nzst", "nzdt", "brt", "art", "sast", "wib",
    ]

    /// The parts of the world with which the names of zones begin.
    private static let regions: Set = [
        "africa", "america", "antarctica", "arctic", "asia", "atlantic", "australia", "etc", "europe",
        "indian",
        "pacific", "us",
    ]

    /// True for Europe/Berlin and its like.
    private static func isRegion(_ text: Substring) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return (2...3).contains(parts.count) && regions.contains(String(parts[0]))
            && parts.dropFirst().allSatisfy { part in
                part.first?.isLetter ?? false
                    && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-+".contains($0)) }
            }
    }

    /// True for nothing, or a zone's name or distance from UTC, perhaps with its name in parentheses. Dates keep the time that is written.
    private static func isZone(_ text: Substring) -> Bool {
        if zones.contains(String(text)) || isRegion(text) { return true }
        // Java writes the name behind the distance: +01:00[Europe/Berlin].
        if text.last == "]", let place = text.firstIndex(of: "["),
            isRegion(text[place...].dropFirst().dropLast())
        {
            return isZone(text[..<place])
        }
        guard let sign = text.first, "+-".contains(sign) else { return false }
        let parts = text.dropFirst().split(separator: " ", maxSplits: 1)
        guard let distance = parts.first, parts.count == 1 || parts[1].first == "(" && parts[1].last == ")"
        else {
            return false
        }
        let digits = distance.filter { $0 != ":" }
        guard digits.count == 2 || digits.count == 4, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            distance.count == digits.count || distance.count == 5 && distance.dropFirst(2).first == ":"
        else { return false }
        return (Int(digits.prefix(2)) ?? 99) <= 14 && (Int(digits.suffix(digits.count - 2)) ?? 0) < 60
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

    /// True for the English name of a month or its first three letters.
    public static func isMonth(_ word: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: word, as: UTF8.self).lowercased()
        return months.contains(text) || names.contains(text)
    }

    private static let names: Set = [
        "january", "february", "march", "april", "june", "july", "august", "sept", "september", "october",
        "november", "december",
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
