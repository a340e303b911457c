import Base
import Tensors

/// Statistics of a table's column, by which its kind is guessed.
public struct ColumnProfile: Sendable {
    public private(set) var rows = 0, missing = 0, numbers = 0, booleans = 0, whole = 0
    public private(set) var lowest = Double.infinity, highest = -Double.infinity
    /// The number of different values, with their counts; those of a column with more than `mostValues` are not kept.
    public private(set) var counts: [[UInt8]: Int] = [:]
    public private(set) var hasManyValues = false
    /// The number of texts that are dates, by their order.
    public private(set) var dates: [TableDialect.DateOrder: Int] = [:]
    /// The number of dates with points between their parts, and of those that another order reads as another day.
    private var dotted = 0, ambiguous = 0
    public private(set) var words = 0
    private var firstWord, firstBoolean: (row: Int, text: String)?
    /// The first value that is no number, with its row, from 1.
    public var firstText: (row: Int, text: String)? {
        guard isMixed, let firstBoolean, firstBoolean.row < firstWord?.row ?? .max else { return firstWord }
        return firstBoolean
    }
    public private(set) var rising = true
    private var last = -Double.infinity

    public static let mostValues = 200_000

    public init(_ fields: Texts, _ reader: FieldReader) {
        for index in 0..<fields.count { add(fields[index], reader) }
    }

    private mutating func add(_ field: ArraySlice<UInt8>, _ reader: FieldReader) {
        rows += 1
        let text = reader.text(field)
        guard !text.isEmpty else {
            missing += 1
            return
        }
        if !hasManyValues {
            counts[Array(text), default: 0] += 1
            hasManyValues = counts.count > ColumnProfile.mostValues
            if hasManyValues { counts = [:] }
        }
        switch reader.number(field) {
        case .number(let number):
            numbers += 1
            if number == number.rounded(), abs(number) < 0x1p53 { whole += 1 }
            (lowest, highest) = (min(lowest, number), max(highest, number))
            if number <= last { rising = false }
            last = number
        case .boolean:
            booleans += 1
            if firstBoolean == nil { firstBoolean = (rows, String(decoding: text, as: UTF8.self)) }
        case .missing: missing += 1
        case .text:
            if firstWord == nil { firstWord = (rows, String(decoding: text, as: UTF8.self)) }
            words += text.split { $0 == 32 }.count
            for order in TableDialect.DateOrder.allCases where dates[order] ?? 0 == textCount - 1 {
                if DateText(text, order: order) != nil { dates[order, default: 0] += 1 }
            }
            if dates[.monthFirst] == textCount, dates[.dayFirst] == textCount {
                if withoutBlanks(text).first(where: { !(48...57).contains($0) }) == UInt8(ascii: ".") {
                    dotted += 1
                }
                if DateText(text, order: .monthFirst) != DateText(text, order: .dayFirst) { ambiguous += 1 }
            }
        }
    }

    /// True if all numbers are whole.
    public var isWhole: Bool { textCount == 0 && booleans == 0 && whole == present }

    /// True for whole numbers that hardly repeat and are far more than the rows.
    public var mayBeIdentifiers: Bool {
        isWhole && present > 20 && distinct * 10 >= present * 9 && highest > 100 * Double(present)
    }

    public var present: Int { rows - missing }
    /// True if there are True or False among numbers, where they are words as others are.
    public var isMixed: Bool { booleans > 0 && numbers > 0 }
    public var textCount: Int { present - numbers - (isMixed ? 0 : booleans) }
    public var distinct: Int { hasManyValues ? ColumnProfile.mostValues + 1 : counts.count }

    /// True if the dates are others where the day is before the month.
    public var hasAmbiguousDates: Bool {
        ambiguous > 0 && textCount == present && dates[.monthFirst] == textCount
            && dates[.dayFirst] == textCount
    }

    /// The order in which all texts are dates; nil if there is none. Where the day and the month could be either, the day is
    /// first if points separate them, as in 01.02.2005, and else the month.
    public var dateOrder: TableDialect.DateOrder? {
        guard textCount > 0, textCount == present else { return nil }
        if dates[.dayFirst] == textCount, dotted == textCount { return .dayFirst }
        return [.yearFirst, .monthFirst, .dayFirst, .timeOfDay].first { dates[$0] == textCount }
    }

    /// Pairs of words for yes and no, in small letters.
    fileprivate static let pairs: [(no: String, yes: String)] = [
        ("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("off", "on"), ("nein", "ja"),
        ("non", "oui"),
        ("absent", "present"), ("negative", "positive"),
    ]

    /// The words for no and yes, if the column has no others. Each may be written in several cases.
    public var yesNo: YesNo? {
        guard !hasManyValues, (2...8).contains(counts.count), textCount == present else { return nil }
        let words = counts.keys.map { String(decoding: $0, as: UTF8.self) }.sorted()
        for pair in ColumnProfile.pairs {
            let no = words.filter { $0.lowercased() == pair.no }
            let yes = words.filter { $0.lowercased() == pair.yes }
            if !no.isEmpty, !yes.isEmpty, no.count + yes.count == words.count {
                return YesNo(no: no, yes: yes)
            }
        }
        return nil
    }
}

/// Two words for no and yes, as a column writes them.
public struct YesNo: Equatable, Sendable {
    public let no, yes: [String]

    /// All words that mean no, and all that mean yes: also in small and large letters, and with a large first one.
    public var all: (no: [String], yes: [String]) { (YesNo.cases(of: no), YesNo.cases(of: yes)) }

    /// The words that stand for true or false, in the cases in which tables write them.
    public static func words(for truth: Bool) -> [String] {
        let first = truth ? "True" : "False"
        return cases(of: [first]) + ColumnProfile.pairs.flatMap { cases(of: [truth ? $0.yes : $0.no]) }
    }

    private static func cases(of words: [String]) -> [String] {
        guard let small = words.first?.lowercased() else { return [] }
        let large = small.uppercased()
        var all: [String] = []
        for word in words + [small, large, String(large.prefix(1)) + small.dropFirst()]
        where !all.contains(word) { all.append(word) }
        return all
    }
}
