import Base
import CNumbers
import Tensors

/// Reads fields of a table as numbers, texts and dates, as its dialect says.
public struct FieldReader: Sendable {
    private let dialect: TableDialect
    private let missing: [[UInt8]]
    /// True for the first bytes of words for a missing value.
    private let mayBeMissing: [Bool]
    /// The signs and words beside numbers, the longest first: km before m.
    private let units: [[UInt8]]
    /// The column's own way to write numbers.
    private let written: WrittenNumbers?
    private let signs: NumberWriting.Signs
    /// True if blanks belong to texts in every place, as for pandas: of blanks alone, and around words for missing values.
    private let isExact: Bool

    /// - column: The column whose fields are read, if it may have a way of its own to write numbers.
    /// - isExact: Texts are those of pandas, whatever the dialect says of blanks.
    public init(_ dialect: TableDialect, column: String? = nil, isExact: Bool = false) {
        (self.dialect, self.isExact) = (dialect, isExact)
        let writing = column.flatMap { dialect.numbers[$0] }
        (written, signs) = (writing.map { WrittenNumbers($0) }, writing?.signs ?? dialect.signs)
        // Fields are compared without blanks around them.
        missing = dialect.missing.map { Array(withoutBlanks(Array($0.utf8)[...])) }
        units = ((dialect.hasUnits ? FieldReader.signs : []) + dialect.unitWords).map { Array($0.utf8) }
            .sorted { $0.count > $1.count }
        var starts = (0...255).map { cn_begins_missing(CChar(truncatingIfNeeded: $0)) }
        for byte in missing.compactMap(\.first) { starts[Int(byte)] = true }
        mayBeMissing = starts
    }

    public enum Number: Equatable, Sendable {
        case number(Double)
        case boolean(Bool)
        case missing
        case text
    }

    /// True for an empty field, a word of pandas for a missing value, and the dialect's own words.
    public func isMissing(_ field: ArraySlice<UInt8>) -> Bool {
        let text = isExact ? field : withoutBlanks(field)
        if text.isEmpty || missing.contains(where: { text.elementsEqual($0) }) { return true }
        return unsafe text.withUnsafeBytes { bytes in
            unsafe cn_is_missing(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
    }

    /// Returns a field's text; empty for a missing value. Blanks belong to it unless the dialect says otherwise.
    public func text(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if isMissing(field) { return [] }
        guard dialect.keepsBlanks || isExact else { return withoutBlanks(field) }
        guard dialect.skipsInitialBlanks == true, field.first == 32 else { return field }
        // A quote behind the blanks opens a quoted field.
        return unquoted(field.drop { $0 == 32 })
    }

    /// Returns a field's text, with a number in the one spelling that columns of this kind have.
    public func text(_ field: ArraySlice<UInt8>, as kind: LabelKind) -> ArraySlice<UInt8> {
        let text = text(field)
        if text.isEmpty { return text }
        let number = dialect.hasPlainNumbers ? withoutBlanks(text) : cleaned(withoutBlanks(text))[...]
        if kind == .integers, FieldReader.isPlainInteger(number) { return number }
        return kind.spelling(number).map { Array($0.utf8)[...] } ?? text
    }

    /// True for a whole number in its usual spelling.
    private static func isPlainInteger(_ text: ArraySlice<UInt8>) -> Bool {
        let first = text.first ?? 0
        return (49...57).contains(first) && text.count <= 18 && text.allSatisfy { (48...57).contains($0) }
    }

    /// Returns the kind of a category of numbers.
    public func kind(ofNumbers fields: Texts, isMissing: Bool) -> LabelKind {
        LabelKind(
            numbers: (0..<fields.count).lazy.map { row in
                let text = withoutBlanks(text(fields[row]))
                return dialect.hasPlainNumbers ? text : cleaned(text)[...]
            }, isMissing: isMissing)
    }

    /// Returns the texts of a category of numbers.
    public func texts(_ fields: Texts, as kind: LabelKind) -> Texts {
        var texts = Texts()
        texts.reserve(fields.count)
        for row in 0..<fields.count { texts.append(text(fields[row], as: kind)) }
        return texts
    }

    /// Returns all fields as `text` does.
    public func texts(_ fields: Texts) -> Texts {
        let (bytes, ends, starts) = (fields.bytes, fields.ends, mayBeMissing)
        // Most columns need no change and are not copied.
        func isPlain(_ row: Int) -> Bool {
            let range = (row == 0 ? 0 : ends[row - 1])..<ends[row]
            guard !range.isEmpty else { return true }
            let first = bytes[range.lowerBound]
            return first > 0x20 && bytes[range.upperBound - 1] > 0x20 && first != UInt8(ascii: "\"")
                && (!starts[Int(first)] || !isMissing(bytes[range]))
        }
        guard let changed = ends.indices.first(where: { !isPlain($0) }) else { return fields }
        var texts = Texts()
        texts.reserve(ends.count)
        for row in ends.indices {
            let range = (row == 0 ? 0 : ends[row - 1])..<ends[row]
            if row < changed || row > changed && isPlain(row) {
                texts.append(bytes.span.extracting(range))
            } else {
                texts.append(text(bytes[range]))
            }
        }
        return texts
    }

    public func number(_ field: ArraySlice<UInt8>) -> Number {
        let text = withoutBlanks(field)
        if text.isEmpty || missing.contains(where: { text.elementsEqual($0) }) { return .missing }
        if let written { return number(text, written) }
        return FieldReader.plain(dialect.hasPlainNumbers ? text : cleaned(text)[...])
    }

    /// Reads a number with a unit or in a form of the column. Marks such as `-` before a unit stand for a missing value.
    private func number(_ text: ArraySlice<UInt8>, _ written: WrittenNumbers) -> Number {
        func plain(_ text: ArraySlice<UInt8>) -> Double? {
            if case .number(let number) = FieldReader.plain(signed(text)[...]) { number } else { nil }
        }
        let number = written.number(text, plain: plain, isMissing: isMark)
        guard case .text = number, case .missing = FieldReader.plain(text) else { return number }
        return .missing
    }

    /// Reads a number whatever the table's signs are: the last point or comma is the decimal sign unless three digits follow it.
    public func numberOfAnySigns(_ field: ArraySlice<UInt8>) -> Number {
        let text = withoutBlanks(field)
        guard let written else { return looseNumber(plainSigns(text)).map { .number($0) } ?? .text }
        return written.number(text, plain: looseNumber, isMissing: isMark)
    }

    private func looseNumber(_ field: ArraySlice<UInt8>) -> Double? {
        var field = field
        let isNegative = field.first == UInt8(ascii: "-")
        if isNegative || field.first == UInt8(ascii: "+") { field.removeFirst() }
        let signs: Set<UInt8> = Set(".,' ".utf8)
        guard let last = field.last, FieldReader.isDigit(last),
            field.allSatisfy({ FieldReader.isDigit($0) || signs.contains($0) })
        else { return nil }
        var (whole, fraction) = (field, ArraySlice<UInt8>())
        if let place = field.lastIndex(where: { ".,".utf8.contains($0) }),
            field.count(where: { $0 == field[place] }) == 1,
            field.endIndex - place != 4 || place - field.startIndex > 3
        {
            (whole, fraction) = (field[..<place], field[(place + 1)...])
        }
        let groups = whole.split(omittingEmptySubsequences: false) { signs.contains($0) }
        guard groups.count == 1 || areThousands(groups) else { return nil }
        let digits = Array(groups.joined()) + [UInt8(ascii: ".")] + fraction + [48]
        return Double(String(decoding: digits, as: UTF8.self)).map { isNegative ? -$0 : $0 }
    }

    private func isMark(_ rest: ArraySlice<UInt8>) -> Bool {
        !rest.isEmpty
            && (isMissing(rest) || AccountingDash.matches(rest)
                || FieldReader.marks.contains { rest.elementsEqual($0.utf8) })
    }

    /// Marks, in addition to dashes, that stand for a missing number where a unit follows.
    private static let marks = ["?", "n/a", "N/A"]

    private static func plain(_ text: ArraySlice<UInt8>) -> Number {
        var value = 0.0
        let outcome = unsafe text.withUnsafeBytes { bytes in
            unsafe cn_read_double(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &value)
        }
        return switch outcome {
        case cn_number: .number(value)
        case cn_boolean: .boolean(value != 0)
        case cn_missing: text.isEmpty ? .text : .missing
        default: .text
        }
    }

    /// The units of the column, of which all mean the same as the first.
    var ownUnits: [String] { written?.ownUnits ?? [] }

    /// Returns the unit beside a number; empty for none.
    func unit(of field: ArraySlice<UInt8>) -> String {
        let text = plainSigns(withoutBlanks(field))
        if let written { return written.unit(of: text) }
        let bare = text.drop { $0 == UInt8(ascii: "-") }
        let found = units.first { bare.starts(with: $0) || bare.suffix($0.count).elementsEqual($0) }
        return found.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The currency signs.
    private static let signs = ["$", "€", "£", "¥", "₹", "%"]

    /// Returns a field without blanks and units around it, with plain blanks in place of those that do not break a line, and with a
    /// plain apostrophe.
    public func withoutUnits(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = plainSigns(withoutBlanks(field))
        if let written { return written.digits(text) }
        guard !units.isEmpty else { return text }
        var isNegative = false
        if text.first == UInt8(ascii: "-") {
            isNegative = true
            text.removeFirst()
        }
        var changed = true
        while changed {
            changed = false
            text = withoutBlanks(text)
            for unit in units {
                if text.starts(with: unit) {
                    text = text.dropFirst(unit.count)
                    changed = true
                } else if text.count >= unit.count, text.suffix(unit.count).elementsEqual(unit) {
                    text = text.dropLast(unit.count)
                    changed = true
                }
            }
        }
        return isNegative ? [UInt8(ascii: "-")] + text : text
    }

    /// Returns a number without units and signs of thousands and with a decimal point; what is no such number stays text.
    private func cleaned(_ field: ArraySlice<UInt8>) -> [UInt8] { signed(withoutUnits(field)) }

    /// Returns a number without signs of thousands and with a decimal point; what is no such number stays text.
    private func signed(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var text = field
        if let thousands = signs.thousands, text.contains(thousands) {
            guard hasGroups(text, thousands, signs.decimal) else { return Array("?".utf8) }
            text = text.filter { $0 != thousands }[...]
        }
        guard signs.decimal != UInt8(ascii: ".") else { return Array(text) }
        // A point that is not the sign of thousands is no part of a number here.
        if text.contains(UInt8(ascii: ".")) { return Array("?".utf8) }
        return text.map { $0 == signs.decimal ? UInt8(ascii: ".") : $0 }
    }

    /// True if signs of thousands stand before groups of three digits only.
    private func hasGroups(_ text: ArraySlice<UInt8>, _ sign: UInt8, _ decimal: UInt8) -> Bool {
        let whole = text.prefix { $0 != decimal }.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        if text.dropFirst(whole.count).contains(sign), !whole.contains(sign) { return false }
        let groups = whole.split(separator: sign, omittingEmptySubsequences: false)
        return areThousands(groups) && groups.joined().allSatisfy { (48...57).contains($0) }
    }
}

/// True for one to three digits and groups of three behind them (1,234,567), or of two before the last one, as in India (12,34,567).
public func areThousands(_ groups: [ArraySlice<UInt8>]) -> Bool {
    guard let first = groups.first, (1...3).contains(first.count) else { return false }
    if groups.dropFirst().allSatisfy({ $0.count == 3 }) { return true }
    return first.count < 3 && groups.last?.count == 3
        && groups.dropFirst().dropLast().allSatisfy { $0.count == 2 }
}

/// Returns a field without blanks and tabs around it.
public func withoutBlanks(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var field = field
    while let first = field.first, first == 32 || first == 9 { field.removeFirst() }
    while let last = field.last, last == 32 || last == 9 { field.removeLast() }
    return field
}
