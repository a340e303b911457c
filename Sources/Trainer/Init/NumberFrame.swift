import Base
import Datasets

/// The texts on both sides of the first number in a text: `EUR` and nothing in `EUR 12.50`, nothing and `km` in `12,500 km`.
struct NumberFrame: Hashable {
    private(set) var before = "", after = ""
    /// True if a blank separates the number from what follows.
    private(set) var hasBlank = false
    /// True for a negative number in parentheses or with its sign behind it.
    private(set) var isAccounting = false
    /// True if the number begins with a zero that says nothing, as codes do.
    private(set) var isPadded = false

    init(before: String, after: String) { (self.before, self.after) = (before, after) }

    /// Nil for a text without a number.
    init?(_ field: ArraySlice<UInt8>) {
        var text = withoutBlanks(plainSigns(field))
        if text.count > 2, text.first == UInt8(ascii: "("), text.last == UInt8(ascii: ")") {
            (text, isAccounting) = (text.dropFirst().dropLast(), true)
        }
        guard var first = text.firstIndex(where: isDigit) else { return nil }
        if first > text.startIndex, text[first - 1] == UInt8(ascii: ".") {
            if first - 1 == text.startIndex || !isLetter(text[first - 2]) { first -= 1 }
        }
        let end = NumberFrame.end(of: text, from: first)
        let digits = text[first..<end]
        isPadded = digits.count > 1 && digits.first == 48 && isDigit(digits[digits.startIndex + 1])
        var (start, rest) = (withoutBlanks(text[..<first]), withoutBlanks(text[end...]))
        if let last = start.last, "-+".utf8.contains(last) { start = withoutBlanks(start.dropLast()) }
        if let sign = start.first, "-+".utf8.contains(sign) { start = withoutBlanks(start.dropFirst()) }
        if start.last == UInt8(ascii: "("), rest.first == UInt8(ascii: ")") {
            (start, rest) = (withoutBlanks(start.dropLast()), withoutBlanks(rest.dropFirst()))
            isAccounting = true
        } else if rest.elementsEqual("-".utf8) {
            (rest, isAccounting) = ([], true)
        }
        before = String(decoding: start, as: UTF8.self)
        after = String(decoding: rest, as: UTF8.self)
        hasBlank = end < text.endIndex && text[end] == 32
    }

    /// Returns where a number ends: behind digits, points and commas between digits, and signs before groups of three.
    private static func end(of text: ArraySlice<UInt8>, from first: Int) -> Int {
        var end = first
        func digits(from place: Int) -> Int { text[place...].prefix(while: isDigit).count }
        while end < text.endIndex {
            if isDigit(text[end]) {
                end += 1
            } else if ".,".utf8.contains(text[end]), digits(from: end + 1) > 0 {
                end += 1
            } else if "' ".utf8.contains(text[end]), digits(from: end + 1) == 3, end > first {
                end += 4
            } else {
                break
            }
        }
        return end
    }

    /// True if nothing stands beside the number.
    var isBare: Bool { before.isEmpty && after.isEmpty }

    /// The unit that is both sides, as a recipe has it.
    var unit: String {
        if before.isEmpty || after.isEmpty { return before + after }
        return before + NumberWriting.place + (after.first?.isLetter ?? false ? " " : "") + after
    }

    /// True if both sides may be a unit: a currency or a sign before the number, and no further number right behind it.
    var mayBeUnit: Bool {
        let isAmount =
            before.isEmpty || NumberFrame.currencies.contains(before)
            || !before.contains { $0.isLetter || $0.isNumber || $0.isWhitespace || "/:.'\"".contains($0) }
        let next = after.dropFirst().first { $0 != " " }
        let isMeasure =
            after.count <= 20
            && !("-:.".contains(after.prefix(1)) && (next?.isNumber ?? false) && !after.isEmpty)
        return !isBare && isAmount && isMeasure && !isPadded && !isPartOfDate && NumberWriting.isUnit(unit)
    }

    /// True for what follows the day in a date of any language: a month behind a point, or a year (`de marzo de 2015`).
    private var isPartOfDate: Bool {
        let words = after.split { !$0.isLetter && !$0.isNumber }
        return !words.isEmpty && after.first == "." || words.contains { FirstLine.isYear(String($0)) }
    }

    /// True for a currency before the number or letters behind it, which hardly any name of a column has.
    var isMeasure: Bool {
        mayBeUnit && (before.isEmpty || NumberFrame.currencies.contains(before))
            && (after.isEmpty || (after.first?.isLetter ?? false) || "°µ".contains(after.prefix(1)))
            && after.allSatisfy { $0.isLetter || "°µ²³/. ".contains($0) }
    }

    /// True if one side is a currency, and the other one empty.
    var isCurrency: Bool {
        let side = before + after
        return (before.isEmpty || after.isEmpty)
            && (NumberFrame.currencies.contains(side) || side != "%" && isKnownSign || side == "\u{20a9}")
    }

    /// True for a currency and a dash, as accounting writes 0: `$ -`.
    static func isDash(_ field: ArraySlice<UInt8>) -> Bool {
        let text = withoutBlanks(plainSigns(field))
        guard text.count <= 12, !text.contains(where: isDigit),
            let rest = AccountingDash.others(than: text)
        else { return false }
        let unit = String(decoding: withoutBlanks(rest), as: UTF8.self)
        return NumberFrame(before: unit, after: "").isCurrency
    }

    /// True for signs that are known as units, however few values a column has.
    var isKnownSign: Bool { ["$", "\u{20ac}", "\u{a3}", "\u{a5}", "\u{20b9}", "%"].contains(before + after) }

    private static let currencies: Set = [
        "A$", "AED", "ARS", "AU$", "AUD", "BDT", "BGN", "BRL", "C$", "CA$", "CAD", "CHF", "CLP", "CNY", "COP",
        "CZK",
        "DKK", "EGP", "EUR", "Fr", "Fr.", "GBP", "HK$", "HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KES",
        "KRW",
        "LKR", "MXN", "MYR", "NGN", "NOK", "NT$", "NZ$", "NZD", "PEN", "PHP", "PKR", "PLN", "R", "R$", "RM",
        "RON",
        "RUB", "Rp", "Rp.", "Rs", "Rs.", "S$", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "US$", "USD",
        "VND",
        "ZAR", "kr", "kr.",
    ]
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

private func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
