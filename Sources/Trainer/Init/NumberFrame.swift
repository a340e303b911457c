import Base
import Datasets
import Tensors

/// The texts on both sides of the number in a text that has one: `EUR` and nothing in `EUR 12.50`, nothing and `km` in `12,500 km`.
struct NumberFrame: Hashable {
    let before, after: String

    /// Nil for a text with no number, or several.
    init?(_ field: ArraySlice<UInt8>) {
        func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
        guard let first = field.firstIndex(where: isDigit), let last = field.lastIndex(where: isDigit) else {
            return nil
        }
        // Signs within a number: . , ' and blanks, and the bytes of ’ and of blanks that do not break a line.
        let within = Set(".,' ".utf8).union([0xC2, 0xA0, 0xE2, 0x80, 0x99, 0xAF])
        guard field[first...last].allSatisfy({ isDigit($0) || within.contains($0) }) else { return nil }
        func text(_ part: ArraySlice<UInt8>) -> String {
            String(decoding: part, as: UTF8.self).trimming { $0.isWhitespace }
        }
        before = text(field[..<first]).trimming { "+-.".contains($0) || $0.isWhitespace }
        after = text(field[(last + 1)...])
    }

    /// The words of the frame, if they are a unit: a currency before the number, or letters behind it.
    var unit: [String]? {
        let words = [before, after].filter { !$0.isEmpty }
        let isAmount = before.isEmpty || NumberFrame.currencies.contains(before)
        let isMeasure =
            after.isEmpty
            || after.count <= 12 && (after.first?.isLetter ?? false || "°µ".contains(after.prefix(1)))
                && after.allSatisfy { $0.isLetter || "°µ²³/. ".contains($0) }
        return !words.isEmpty && isAmount && isMeasure ? words : nil
    }

    /// The words beside the numbers of a column whose values all have the same, unless they are so few that they may be names.
    static func unit(of fields: Texts, _ reader: FieldReader) -> [String]? {
        var frame: NumberFrame?
        var values: Set<[UInt8]> = []
        for row in 0..<fields.count where !reader.isMissing(fields[row]) {
            guard let found = NumberFrame(fields[row]), found == frame ?? found else { return nil }
            if frame == nil, found.unit == nil { return nil }
            frame = found
            if values.count <= mostNames { values.insert(Array(fields[row])) }
        }
        return values.count > mostNames ? frame?.unit : nil
    }

    private static let mostNames = 12

    private static let currencies: Set = [
        "AED", "ARS", "AUD", "BDT", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP",
        "EUR", "Fr", "Fr.", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KES", "KRW", "LKR", "MXN",
        "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "R$", "RON", "RUB", "Rs", "Rs.", "SAR",
        "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "US$", "USD", "VND", "ZAR", "kr", "kr.",
    ]

    /// True if most values are a number, alone or beside a unit, or consist of digits and signs.
    static func areMost(_ fields: Texts, _ reader: FieldReader) -> Bool {
        let present = (0..<min(fields.count, 500)).filter { !reader.isMissing(fields[$0]) }
        let numbers = present.count { row in
            let hasLetters = fields[row].contains { (65...90).contains($0) || (97...122).contains($0) }
            return fields[row].contains { (48...57).contains($0) }
                && (!hasLetters || NumberFrame(fields[row])?.unit != nil)
        }
        return numbers * 10 > present.count * 8
    }
}

extension String {
    /// Returns the text without such characters at its ends.
    fileprivate func trimming(_ isCut: (Character) -> Bool) -> String {
        var text = self[...]
        while let first = text.first, isCut(first) { text.removeFirst() }
        while let last = text.last, isCut(last) { text.removeLast() }
        return String(text)
    }
}
