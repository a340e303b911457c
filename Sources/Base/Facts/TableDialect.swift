/// The dialect of a table (CSV), as far as the user gives it; the reader finds the rest in the file.
public struct TableDialect: Equatable, Sendable {
    /// `,`, `;`, a tab, `|`, or a blank for columns separated by runs of blanks. Nil: guessed from the first line.
    public var delimiter: UInt8?
    /// False if the first line has data. Nil: it names the columns, and is refused if all names are numbers.
    public var hasHeader: Bool?
    /// The columns' names, if the file has none.
    public var names: [String]?
    /// The columns among `names` that a table may lack, all at once: those to predict.
    public var optionalNames: [String] = []
    /// True if a line that is no UTF-8 is in Windows-1252, of which Latin-1 is the larger part.
    public var isLatin1 = false
    /// The byte from which on a line is a comment.
    public var comment: UInt8?
    /// The decimal sign, `,`; nil for a point.
    public var decimal: UInt8?
    /// The sign between groups of three digits: a point, a comma, a blank or an apostrophe.
    public var thousands: UInt8?
    /// Words for a missing value, in addition to those of pandas: `?`, `-`.
    public var missing: [String] = []
    /// True if a number may have a currency sign, a percent sign and blanks beside it.
    public var hasUnits = false
    /// Words that may stand beside a number, too: `km`, `EUR`.
    public var unitWords: [String] = []
    /// The way in which columns write their numbers, where it is not the table's. `hasUnits` and `unitWords` do not count there,
    /// nor `decimal` and `thousands` where the column has signs of its own.
    public var numbers: [String: NumberWriting] = [:]
    /// The order of the parts of dates in columns that are not in the form of ISO 8601.
    public var dates: [String: DateOrder] = [:]
    /// True if blanks around texts belong to them, as for pandas. Models of older files cut them.
    public var keepsBlanks = false
    /// True if blanks at the start of a field do not belong to it (pandas' `skipinitialspace`). Nil: not said, and not so.
    public var skipsInitialBlanks: Bool?
    /// The values of columns whose kind the model's input does not show: booleans that are numbers, and categories of
    /// numbers or of True and False, whose texts have pandas' spelling of a value of this kind.
    public var values: [String: LabelKind] = [:]
    /// The number of lines before the table; nil if nobody says it.
    public var skippedLines: Int?
    /// True if `skippedLines` was found in another table. A table may then begin in its first line, too.
    public var mayLackSkippedLines = false
    /// Columns that the line with the names has, which tells it from lines before the table; empty if they are unknown.
    public var requiredNames: [String] = []

    /// The order of a date's parts, of which the separators are any signs.
    public enum DateOrder: String, Sendable, CaseIterable {
        case dayFirst = "day_first"
        case monthFirst = "month_first"
        case yearFirst = "year_first"
        /// No date, but a time of day: 14:35, 14:35:10, 2:35 pm.
        case timeOfDay = "time"

        /// The name of such a value in messages.
        public var valueName: String { self == .timeOfDay ? "a time of day" : "a date (\(rawValue))" }
    }

    /// True if numbers are written as the scanner reads them.
    public var hasPlainNumbers: Bool {
        decimal == nil && thousands == nil && missing.isEmpty && !hasUnits && unitWords.isEmpty
    }

    /// The signs within numbers, but for columns that have others.
    public var signs: NumberWriting.Signs { NumberWriting.Signs(decimal: decimal, thousands: thousands) }

    /// True if a column's numbers are written so.
    public func hasPlainNumbers(in column: String) -> Bool { hasPlainNumbers && numbers[column] == nil }

    /// True if a column's numbers may have units beside them.
    public func takesUnits(in column: String) -> Bool {
        numbers[column].map { !$0.units.isEmpty } ?? (hasUnits || !unitWords.isEmpty)
    }

    public init() {}

    /// Sets the delimiter from a user's word: one of the signs, `tab`, `\t`, `space` or `blank`.
    public mutating func setDelimiter(_ word: String) throws(CellarError) {
        let words: [String: Character] = ["tab": "\t", "\\t": "\t", "space": " ", "blank": " "]
        let sign = words[word.lowercased()].map(String.init) ?? word
        guard TableDialect.delimiters.contains(where: { sign.utf8.elementsEqual([$0]) }) else {
            throw CellarError(
                .usage, "unknown delimiter \"\(word)\"; expected , ; | tab or blank.",
                remedy: "Convert the table to one of them.")
        }
        delimiter = sign.utf8.first
    }

    /// Sets the encoding from a user's word.
    public mutating func setEncoding(_ word: String) throws(CellarError) {
        switch word.lowercased() {
        case "utf-8", "utf8": isLatin1 = false
        case "latin-1", "latin1", "iso-8859-1", "windows-1252", "cp1252": isLatin1 = true
        default:
            throw CellarError(
                .usage, "unknown encoding \"\(word)\"; expected utf-8 or latin-1.",
                remedy: "Convert the table to UTF-8. UTF-16 with a byte order mark is found by itself.")
        }
    }

    /// Sets the comment sign from a user's word.
    public mutating func setComment(_ word: String) throws(CellarError) {
        guard let sign = word.utf8.first, word.utf8.count == 1, (0x21...0x7E).contains(sign),
            sign != UInt8(ascii: "\""),
            // C4.5 writes comments behind |.
            !TableDialect.delimiters.contains(sign) || sign == UInt8(ascii: "|") && delimiter != sign
        else {
            throw CellarError(
                .usage,
                "unknown comment sign \"\(word)\"; expected one ASCII sign that is no delimiter or quote.",
                remedy: "For example #.")
        }
        comment = sign
    }

    /// The supported delimiters, the most usual one first.
    public static let delimiters = [",", ";", "\t", "|", " "].map { UInt8(ascii: $0) }

    /// Returns this dialect, completed by what `other` says.
    public func completed(by other: TableDialect?) -> TableDialect {
        guard let other else { return self }
        var all = self
        all.delimiter = delimiter ?? other.delimiter
        all.isLatin1 = isLatin1 || other.isLatin1
        all.comment = comment ?? other.comment
        all.hasHeader = hasHeader ?? other.hasHeader
        if all.hasHeader == other.hasHeader {
            all.names = names ?? other.names
            all.optionalNames = other.optionalNames
        }
        all.decimal = decimal ?? other.decimal
        all.thousands = thousands ?? other.thousands
        if missing.isEmpty { all.missing = other.missing }
        all.hasUnits = hasUnits || other.hasUnits
        if unitWords.isEmpty { all.unitWords = other.unitWords }
        if numbers.isEmpty { all.numbers = other.numbers }
        if dates.isEmpty { all.dates = other.dates }
        if skippedLines == nil, let lines = other.skippedLines, lines > 0 {
            (all.skippedLines, all.mayLackSkippedLines) = (lines, true)
            all.requiredNames = other.requiredNames
        }
        return all
    }
}

extension TableDialect {
    public var json: JSON {
        var object: JSONObject = [:]
        object["delimiter"] = delimiter.map { .string(String(UnicodeScalar($0))) }
        if isLatin1 { object["encoding"] = "latin-1" }
        object["header"] = hasHeader.map { .bool($0) }
        object["names"] = names.map { .array($0.map { .string($0) }) }
        object["comment"] = comment.map { .string(String(UnicodeScalar($0))) }
        object["decimal"] = decimal.map { .string(String(UnicodeScalar($0))) }
        object["thousands"] = thousands.map { .string(String(UnicodeScalar($0))) }
        if !missing.isEmpty { object["missing"] = .array(missing.map { .string($0) }) }
        if hasUnits { object["units"] = true }
        if !unitWords.isEmpty { object["unit_words"] = .array(unitWords.map { .string($0) }) }
        if !numbers.isEmpty {
            object["numbers"] = .object(
                JSONObject(numbers.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }))
        }
        if !dates.isEmpty {
            object["dates"] = .object(
                JSONObject(dates.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.rawValue)) }))
        }
        if keepsBlanks { object["keep_blanks"] = true }
        if skipsInitialBlanks == true { object["skip_initial_space"] = true }
        if !values.isEmpty {
            object["values"] = .object(
                JSONObject(values.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.rawValue)) }))
        }
        if let skippedLines, skippedLines > 0 { object["skip_lines"] = .integer(skippedLines) }
        return .object(object)
    }

    /// Reads an untrusted file's JSON; what is invalid is as if it were missing.
    public init(json: JSON) {
        hasHeader = json["header"]?.bool
        names = json["names"]?.array?.compactMap(\.string)
        if let word = json["delimiter"]?.string { try? setDelimiter(word) }
        if let word = json["encoding"]?.string { try? setEncoding(word) }
        if let word = json["comment"]?.string { try? setComment(word) }
        if let word = json["decimal"]?.string { try? setDecimal(word) }
        if let word = json["thousands"]?.string { try? setThousands(word) }
        missing = json["missing"]?.array?.compactMap(\.string) ?? []
        hasUnits = json["units"]?.bool ?? false
        unitWords = json["unit_words"]?.array?.compactMap(\.string).filter { !$0.isEmpty } ?? []
        for (name, writing) in json["numbers"]?.object?.members ?? [] {
            numbers[name] = NumberWriting(json: writing)
        }
        for (name, order) in json["dates"]?.object?.members ?? [] {
            dates[name] = order.string.flatMap(DateOrder.init)
        }
        keepsBlanks = json["keep_blanks"]?.bool ?? false
        skipsInitialBlanks = json["skip_initial_space"]?.bool
        for (name, kind) in json["values"]?.object?.members ?? [] {
            values[name] = kind.string.flatMap(LabelKind.init)
        }
        if let lines = json["skip_lines"]?.int, (0...100_000).contains(lines) { skippedLines = lines }
    }

    /// Sets the decimal sign from a user's word.
    public mutating func setDecimal(_ word: String) throws(CellarError) {
        guard word == "," || word == "." else {
            throw CellarError(.usage, "decimal is \",\" or \".\".")
        }
        decimal = word == "," ? UInt8(ascii: ",") : nil
    }

    /// Sets the sign of thousands from a user's word.
    public mutating func setThousands(_ word: String) throws(CellarError) {
        guard let sign = word.utf8.first, word.utf8.count == 1, ".,' ".utf8.contains(sign) else {
            throw CellarError(
                .usage,
                "unknown sign of thousands \"\(word)\"; expected a point, a comma, a blank or an apostrophe.")
        }
        thousands = sign
    }
}
