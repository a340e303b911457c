import Base

/// Reads the numbers of a column with a unit or in a form of its own.
struct WrittenNumbers: Sendable {
    /// A unit, or one that is a multiple of it.
    private struct Unit {
        var name = ""
        var before: [UInt8] = [], after: [UInt8] = []
        /// True if the word may stand on either side.
        var isEither = false
        var multiply = 1.0, divide = 1.0
        var length: Int { before.count + after.count }
    }

    private let form: NumberWriting.NumberStyle?
    /// The longest first: mg before g.
    private let units: [Unit]
    let ownUnits: [String]

    init(_ writing: NumberWriting) {
        (form, ownUnits) = (writing.form, writing.units)
        var units: [Unit] = []
        for unit in writing.units {
            let sides = unit.split(separator: NumberWriting.place, omittingEmptySubsequences: false)
            if sides.count == 2 {
                units.append(Unit(name: unit, before: Self.side(sides[0]), after: Self.side(sides[1])))
            } else {
                units.append(Unit(name: unit, after: Self.side(unit[...]), isEither: true))
            }
        }
        if let first = writing.units.first {
            for other in UnitFamily.others(than: first) where !writing.units.contains(other.name) {
                units.append(
                    Unit(
                        name: other.name, after: Array(other.name.utf8), isEither: true,
                        multiply: other.multiply,
                        divide: other.divide))
            }
        }
        self.units = units.sorted { $0.length > $1.length }
    }

    private static func side(_ text: Substring) -> [UInt8] {
        Array(withoutBlanks(plainSigns(Array(text.utf8)[...])))
    }

    /// Returns the number of a field without blanks around it.
    ///
    /// - plain: Reads digits with the table's signs.
    /// - isMissing: True for a word that stands for a missing number: `null bhp`.
    func number(
        _ field: ArraySlice<UInt8>, plain: (ArraySlice<UInt8>) -> Double?,
        isMissing: (ArraySlice<UInt8>) -> Bool
    ) -> FieldReader.Number {
        let text = plainSigns(field)
        for unit in units {
            guard let rest = rest(of: text, unit) else { continue }
            if let number = value(rest, plain) { return .number(number * unit.multiply / unit.divide) }
            if form == .accounting, AccountingDash.matches(rest) { return .number(0) }
            if isMissing(rest) { return .missing }
        }
        if let number = value(text, plain) { return .number(number) }
        if form == .range, let (low, high) = Self.ends(text), let a = measure(low, plain),
            let b = measure(high, plain), a <= b
        {
            return .number(a + (b - a) / 2)
        }
        return .text
    }

    /// Returns what a field has where other columns have a number; empty for a form that has several.
    func digits(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if form == .duration || form == .feet { return [] }
        func plain(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
            var text = unsigned(text).text
            if form == .magnitudes { text = magnitude(text).rest }
            if form == .range { text = Self.ends(text)?.low ?? text }
            return text.last.map(FieldReader.isDigit) ?? false ? text : nil
        }
        let text = plainSigns(field)
        for unit in units {
            if let rest = rest(of: text, unit), let digits = plain(rest) { return digits }
        }
        return plain(text) ?? []
    }

    // MARK: Units

    /// Returns the unit of a field without blanks around it; empty for none.
    func unit(of field: ArraySlice<UInt8>) -> String {
        let found = units.first { unit in
            rest(of: field, unit)?.contains(where: FieldReader.isDigit) ?? false
        }
        return found?.name ?? ""
    }

    /// Returns a number with its unit, without a form.
    private func measure(_ text: ArraySlice<UInt8>, _ plain: (ArraySlice<UInt8>) -> Double?) -> Double? {
        for unit in units {
            if let rest = rest(of: text, unit), let number = signed(rest, plain) {
                return number * unit.multiply / unit.divide
            }
        }
        return signed(text, plain)
    }

    /// Returns a field without a unit, which a sign may precede; nil if it has another one or none.
    private func rest(of field: ArraySlice<UInt8>, _ unit: Unit) -> ArraySlice<UInt8>? {
        let (text, isNegative) = unsigned(field)
        guard text.count >= unit.length else { return nil }
        var rest: ArraySlice<UInt8>
        if unit.isEither {
            if text.suffix(unit.length).elementsEqual(unit.after) {
                rest = text.dropLast(unit.length)
                if rest.last.map(FieldReader.isLetter) ?? false,
                    unit.after.first.map(FieldReader.isLetter) ?? false
                {
                    // The end of a longer word, unless that is a magnitude: 5MEUR.
                    if form != .magnitudes { return nil }
                }
            } else if text.starts(with: unit.after) {
                rest = Self.behind(unit.after, text)
            } else {
                return nil
            }
        } else {
            guard text.starts(with: unit.before), text.suffix(unit.after.count).elementsEqual(unit.after)
            else { return nil }
            rest = Self.behind(unit.before, text.dropLast(unit.after.count))
        }
        rest = withoutBlanks(rest)
        return isNegative ? [UInt8(ascii: "-")] + rest : rest
    }

    /// Returns what stands behind a unit. The point of an abbreviation belongs to the unit: Rs.500 is 500.
    private static func behind(_ unit: [UInt8], _ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let rest = text.dropFirst(unit.count)
        let isWord = unit.last.map(FieldReader.isLetter) ?? false
        return isWord && rest.first == UInt8(ascii: ".") ? rest.dropFirst() : rest
    }

    // MARK: Forms

    private func value(_ text: ArraySlice<UInt8>, _ plain: (ArraySlice<UInt8>) -> Double?) -> Double? {
        switch form {
        case nil, .accounting: return signed(text, plain)
        case .magnitudes:
            let (digits, isNegative) = unsigned(text)
            let (rest, power) = magnitude(digits)
            return unsigned(rest, isNegative, plain).map { $0 * power }
        case .range:
            if let number = signed(text, plain) { return number }
            guard let (low, high) = Self.ends(text), let a = signed(low, plain), let b = signed(high, plain),
                a <= b
            else { return nil }
            return a + (b - a) / 2
        case .duration: return Duration(text)?.seconds
        case .feet: return Self.inches(text)
        }
    }

    private func magnitude(_ text: ArraySlice<UInt8>) -> (rest: ArraySlice<UInt8>, power: Double) {
        for (word, power) in UnitFamily.magnitudes where text.count > word.count {
            guard text.suffix(word.count).elementsEqual(word) else { continue }
            let rest = withoutBlanks(text.dropLast(word.count))
            if rest.last.map(FieldReader.isDigit) ?? false { return (rest, power) }
        }
        return (text, 1)
    }

    private func signed(_ text: ArraySlice<UInt8>, _ plain: (ArraySlice<UInt8>) -> Double?) -> Double? {
        let (digits, isNegative) = unsigned(text)
        return unsigned(digits, isNegative, plain)
    }

    /// Reads what is left of a number without its sign. A number has one sign: `--5` is none.
    private func unsigned(
        _ digits: ArraySlice<UInt8>, _ isNegative: Bool, _ plain: (ArraySlice<UInt8>) -> Double?
    ) -> Double? {
        guard let first = digits.first,
            FieldReader.isDigit(first) || ".,".utf8.contains(first)
                || first == UInt8(ascii: "+") && !isNegative
        else { return nil }
        return plain(digits).map { isNegative ? -$0 : $0 }
    }

    /// Returns a number's text without its sign: a minus on either side, or parentheses.
    private func unsigned(_ text: ArraySlice<UInt8>) -> (text: ArraySlice<UInt8>, isNegative: Bool) {
        if text.count > 2, text.first == UInt8(ascii: "("), text.last == UInt8(ascii: ")") {
            let inner = withoutBlanks(text.dropFirst().dropLast())
            // A sign in parentheses is the number's own.
            return "+-".utf8.contains(inner.first ?? 0) ? unsigned(inner) : (inner, true)
        }
        if text.count > 1, text.first == UInt8(ascii: "-") { return (withoutBlanks(text.dropFirst()), true) }
        if form == .accounting, text.count > 1, text.last == UInt8(ascii: "-") {
            return (withoutBlanks(text.dropLast()), true)
        }
        return (text, false)
    }

    /// The signs and words between the ends of a range.
    private static let between = ["\u{2013}", "\u{2014}", " to ", "~", "..", "-"].map { Array($0.utf8) }

    /// Returns the two ends of a range.
    private static func ends(_ text: ArraySlice<UInt8>) -> (low: ArraySlice<UInt8>, high: ArraySlice<UInt8>)?
    {
        guard let first = text.firstIndex(where: FieldReader.isDigit) else { return nil }
        for sign in between {
            for place in text[first...].indices where text[place...].starts(with: sign) {
                let (low, high) = (
                    withoutBlanks(text[..<place]), withoutBlanks(text[(place + sign.count)...])
                )
                guard high.contains(where: FieldReader.isDigit) else { break }
                return (low, high)
            }
        }
        return nil
    }

    /// Returns the inches of 5'11", 5 ft 11 in or 5-11.
    private static func inches(_ text: ArraySlice<UInt8>) -> Double? {
        var rest = text
        guard let feet = FieldReader.digits(&rest), feet.count <= 2 else { return nil }
        rest = withoutBlanks(rest)
        guard let sign = ["feet", "ft.", "ft", "'", "-"].map({ Array($0.utf8) }).first(where: rest.starts)
        else { return nil }
        rest = withoutBlanks(rest.dropFirst(sign.count))
        if rest.isEmpty { return sign == Array("-".utf8) ? nil : Double(feet.value * 12) }
        guard let inches = FieldReader.digits(&rest), inches.value < 12 else { return nil }
        let end = String(decoding: withoutBlanks(rest), as: UTF8.self)
        guard ["", "\"", "''", "in", "in.", "inches"].contains(end) else { return nil }
        return Double(feet.value * 12 + inches.value)
    }
}

/// A span of time: 2h 50m, 1 day 03:04:05, 73:06.
private struct Duration {
    var seconds = 0.0

    private static let units: [(names: [String], seconds: Double)] = [
        (["w", "week", "weeks"], 604_800), (["d", "day", "days"], 86_400),
        (["h", "hr", "hrs", "hour", "hours"], 3600), (["m", "min", "mins", "minute", "minutes"], 60),
        (["s", "sec", "secs", "second", "seconds"], 1),
    ]

    init?(_ text: ArraySlice<UInt8>) {
        var rest = text
        var last = Double.infinity
        while !rest.isEmpty {
            let before = rest
            guard let number = FieldReader.digits(&rest) else { return nil }
            if rest.first == UInt8(ascii: ":") {
                guard let clock = Duration.clock(before, isBehindDays: last < .infinity), last > 3600 else {
                    return nil
                }
                seconds += clock
                return
            }
            var value = Double(number.value)
            if rest.first == UInt8(ascii: "."), let fraction = Duration.fraction(&rest) { value += fraction }
            rest = withoutBlanks(rest)
            let letters = rest.prefix(while: FieldReader.isLetter)
            let word = String(decoding: letters, as: UTF8.self).lowercased()
            guard let unit = Duration.units.first(where: { $0.names.contains(word) }), unit.seconds < last
            else {
                return nil
            }
            (seconds, last) = (seconds + value * unit.seconds, unit.seconds)
            rest = withoutBlanks(
                rest.dropFirst(letters.count).drop { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ".") })
        }
        if last == .infinity { return nil }
    }

    /// Reads hours, minutes and seconds, or two of them, of which the first may be as large as it likes.
    private static func clock(_ text: ArraySlice<UInt8>, isBehindDays: Bool) -> Double? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), !isBehindDays || parts.count == 3 else { return nil }
        var total = 0.0
        for (index, part) in parts.enumerated() {
            var rest = part
            guard let number = FieldReader.digits(&rest), index == 0 || number.count == 2 && number.value < 60
            else { return nil }
            total = total * 60 + Double(number.value)
            if index == parts.count - 1, rest.first == UInt8(ascii: "."), let fraction = fraction(&rest) {
                total += fraction
            }
            guard rest.isEmpty else { return nil }
        }
        return total
    }

    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Double? {
        let digits = rest.dropFirst().prefix(while: FieldReader.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(1 + digits.count)
        return Double("0." + String(decoding: digits, as: UTF8.self))
    }
}

extension FieldReader {
    public static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    public static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte)
    }

    /// Takes up to nine digits from the start of a text.
    fileprivate static func digits(_ rest: inout ArraySlice<UInt8>) -> (value: Int, count: Int)? {
        let digits = rest.prefix(while: isDigit)
        guard (1...9).contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        return (digits.reduce(0) { $0 * 10 + Int($1 - 48) }, digits.count)
    }
}

/// Returns a field with plain blanks, apostrophes and minus signs.
public func plainSigns(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    // 0xC2 and 0xE2 begin such signs and some units.
    guard field.contains(where: { $0 == 0xC2 || $0 == 0xE2 }) else { return field }
    let text = String(decoding: field, as: UTF8.self)
        .replacing("\u{a0}", with: " ").replacing("\u{202f}", with: " ")
        .replacing("\u{2019}", with: "'").replacing("\u{2212}", with: "-")
    return withoutBlanks(Array(text.utf8)[...])
}

/// The dashes that stand for 0 beside a currency in accounting: `$ -`, as Excel writes it, `$ --`, `$ –` and `$ —`.
public enum AccountingDash {
    private static let all = ["--", "-", "\u{2013}", "\u{2014}"].map { Array($0.utf8) }

    /// True for such a dash alone.
    public static func matches(_ text: ArraySlice<UInt8>) -> Bool {
        (1...3).contains(text.count) && all.contains { text.elementsEqual($0) }
    }

    /// Returns what stands beside such a dash at the start or the end of a text; nil if there is none.
    public static func others(than text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        for dash in all {
            if text.starts(with: dash) { return text.dropFirst(dash.count) }
            if text.suffix(dash.count).elementsEqual(dash) { return text.dropLast(dash.count) }
        }
        return nil
    }
}
