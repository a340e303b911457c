/// The value of a label, as pandas reads it.
///
/// Source: pandas/_libs/parsers.pyx and src/parser/tokenizer.c of pandas 3.1.
enum LabelValue: Hashable, Sendable {
    case integer(LabelInteger)
    case number(Double)
    case boolean(Bool)
    /// UTF-8 bytes. Composed and decomposed letters differ, as in Python.
    case text([UInt8])

    /// pandas' words for a missing value, in this case only: `na` and `?` are texts.
    private static let missing = Set(
        [
            "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
            "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
        ].map { Array($0.utf8) })

    /// Parses a label by itself; nil for a missing value.
    init?(_ bytes: [UInt8]) {
        if Self.missing.contains(bytes) { return nil }
        // pandas skips white space around numbers, but not around words.
        let word = bytes.trimming { $0 == 0x20 || (0x09...0x0D).contains($0) }
        if let integer = LabelInteger(word) {
            self = .integer(integer)
        } else if let number = Self.number(word) {
            self = .number(number)
        } else {
            switch bytes.map({ $0 | 0x20 }) {
            case Array("true".utf8): self = .boolean(true)
            case Array("false".utf8): self = .boolean(false)
            default: self = .text(bytes)
            }
        }
    }

    /// Parses `+1.`, `.5`, `1e-3` or `-Infinity`; nil for other texts, such as `0x10` and `1_000`.
    private static func number(_ word: ArraySlice<UInt8>) -> Double? {
        let text = String(decoding: word, as: UTF8.self)
        let unsigned =
            word.first == UInt8(ascii: "+") || word.first == UInt8(ascii: "-") ? word.dropFirst() : word
        if ["inf", "infinity"].contains(String(decoding: unsigned, as: UTF8.self).lowercased()) {
            return word.first == UInt8(ascii: "-") ? -.infinity : .infinity
        }
        let whole = unsigned.prefix(while: isDigit)
        var rest = unsigned.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if let letter = rest.first {
            guard letter | 0x20 == UInt8(ascii: "e") else { return nil }
            var exponent = rest.dropFirst()
            if exponent.first == UInt8(ascii: "+") || exponent.first == UInt8(ascii: "-") {
                exponent = exponent.dropFirst()
            }
            guard !exponent.isEmpty, exponent.allSatisfy(isDigit) else { return nil }
        }
        return Double(text)
    }

    /// The value of an integer or number.
    var double: Double? {
        switch self {
        case .integer(let integer): integer.double
        case .number(let number): number
        case .boolean(let isTrue): isTrue ? 1 : 0
        case .text: nil
        }
    }

    /// The same for equal numbers: 1, 1.0 and True. Integers that float64 cannot hold stay integers.
    var key: LabelValue {
        guard let double else { return self }
        if abs(double) < 0x1p53 { return .number(double == 0 ? 0 : double) }
        guard case .number = self, let whole = Int(exactly: double) else { return self }
        return LabelInteger(Array("\(whole)".utf8)[...]).map { .integer($0) } ?? self
    }

    /// The text of the value in scikit-learn's reports.
    var name: String {
        switch self {
        case .integer(let integer): integer.text
        case .number(let number):
            number.isFinite ? pythonText(number) : number < 0 ? "-inf" : "inf"
        case .boolean(let isTrue): isTrue ? "True" : "False"
        case .text(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Whether scikit-learn takes the number for a class. It refuses measurements, such as 0.73.
    var isClass: Bool {
        guard case .number(let number) = self else { return true }
        return number == number.rounded() && abs(number) < 0x1p63
    }
}

extension LabelValue: Comparable {
    /// Numbers by value, then texts by code point.
    static func < (a: LabelValue, b: LabelValue) -> Bool {
        switch (a, b) {
        case (.integer(let a), .integer(let b)): a < b
        case (.text(let a), .text(let b)): a.lexicographicallyPrecedes(b)
        case (.text, _): false
        case (_, .text): true
        default: (a.double ?? 0) < (b.double ?? 0)
        }
    }
}

/// An integer of any size.
struct LabelInteger: Hashable, Comparable, Sendable {
    private let isNegative: Bool
    /// Decimal digits, without leading zeros.
    private let digits: [UInt8]

    /// Parses `7`, `+7`, `-7` or `007`.
    init?(_ word: ArraySlice<UInt8>) {
        let minus = word.first == UInt8(ascii: "-")
        let digits = minus || word.first == UInt8(ascii: "+") ? word.dropFirst() : word
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        self.digits = significant.isEmpty ? [UInt8(ascii: "0")] : Array(significant)
        isNegative = minus && !significant.isEmpty
    }

    var text: String { (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) }
    var double: Double { Double(text) ?? 0 }
    var fitsInt64: Bool { Int64(text) != nil }

    static func < (a: LabelInteger, b: LabelInteger) -> Bool {
        guard a.isNegative == b.isNegative else { return a.isNegative }
        let (small, large) = a.isNegative ? (b, a) : (a, b)
        return small.digits.count == large.digits.count
            ? small.digits.lexicographicallyPrecedes(large.digits) : small.digits.count < large.digits.count
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

extension [UInt8] {
    fileprivate func trimming(_ isBlank: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        var rest = self[...]
        while let first = rest.first, isBlank(first) { rest.removeFirst() }
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
