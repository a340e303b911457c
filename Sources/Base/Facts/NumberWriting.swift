/// The way in which a column writes its numbers: the unit beside them, their form, and their signs.
public struct NumberWriting: Equatable, Sendable {
    /// The unit: a word on either side of the number, or both sides with `{}` for the number (`${}/hr`). Others behind the
    /// first mean the same.
    public var units: [String]
    public var form: NumberStyle?
    /// The column's own signs; nil for those of the table.
    public var signs: Signs?

    /// The signs within numbers.
    public struct Signs: Equatable, Sendable {
        /// A point or a comma.
        public var decimal: UInt8
        /// The sign between groups of three digits, if there is one.
        public var thousands: UInt8?

        public init(decimal: UInt8? = nil, thousands: UInt8? = nil) {
            let (point, comma) = (UInt8(ascii: "."), UInt8(ascii: ","))
            self.decimal = decimal ?? (thousands == point ? comma : point)
            self.thousands = thousands
        }
    }

    /// A form of numbers that are not written with digits and signs alone.
    public enum NumberStyle: String, Sendable, CaseIterable {
        /// 900K, 1.5M, 2 Mio.
        case magnitudes
        /// 2h 50m, 1:05:30: seconds.
        case duration
        /// 5'11", 6-2: inches.
        case feet
        /// 3544 - 3744: the middle.
        case range
        /// (1,234.50), 12-, −5: negative numbers.
        case accounting
    }

    public init(units: [String] = [], form: NumberStyle? = nil, signs: Signs? = nil) {
        (self.units, self.form, self.signs) = (units, form, signs)
    }

    /// The place of the number in a unit with two sides.
    public static let place = "{}"

    /// True for a unit that can be told from a number: not empty, and with one place for the number at most.
    public static func isUnit(_ unit: String) -> Bool {
        let sides = unit.split(separator: place, omittingEmptySubsequences: false)
        return sides.count <= 2 && sides.contains { side in side.contains { !$0.isWhitespace } }
            && unit.contains { !$0.isNumber && !".,-{} ".contains($0) }
    }

    /// The name of such a value in messages.
    public var valueName: String {
        let form = form.map { "a number in the form \($0.rawValue)" } ?? "a number"
        return form + (units.isEmpty ? "" : " in " + units.joined(separator: " or "))
            + (signs.map { " with the decimal sign \"\(Character(UnicodeScalar($0.decimal)))\"" } ?? "")
    }

    var json: JSON {
        var object: JSONObject = [:]
        if !units.isEmpty { object["units"] = .array(units.map { .string($0) }) }
        object["form"] = form.map { .string($0.rawValue) }
        object["decimal"] = signs.map { .string(String(UnicodeScalar($0.decimal))) }
        object["thousands"] = signs?.thousands.map { .string(String(UnicodeScalar($0))) }
        return .object(object)
    }

    /// Reads an untrusted file's JSON; nil if it says nothing.
    init?(json: JSON) {
        units = (json["units"]?.array?.compactMap(\.string) ?? []).filter(NumberWriting.isUnit)
        form = json["form"]?.string.flatMap(NumberStyle.init)
        var dialect = TableDialect()
        if let word = json["thousands"]?.string { try? dialect.setThousands(word) }
        if let word = json["decimal"]?.string, word == "," || word == "." {
            signs = Signs(decimal: word.utf8.first, thousands: dialect.thousands)
        }
        if units.isEmpty, form == nil, signs == nil { return nil }
    }
}
