/// A column of labels, row by row. Its classes are those that scikit-learn's LabelEncoder finds in what pandas reads.
public struct LabelColumn: Sendable {
    private var coder = LabelCoder()
    /// The number of each row's text, in the order of first occurrence.
    private var codes: [Int32] = []

    public init() {}

    public init(_ labels: some Sequence<String>) {
        for label in labels { add(label.utf8.span) }
    }

    /// Adds a row: the content of its field, with blanks and without quotes.
    public mutating func add(_ label: Span<UInt8>) { codes.append(coder.code(of: label)) }

    public var count: Int { codes.count }

    /// The number of rows without a label: an empty field, or one of pandas' words, such as NA.
    public var missingCount: Int {
        let isMissing = texts.map { LabelValue($0) == nil }
        return codes.count { isMissing[Int($0)] }
    }

    /// The classes of all rows with a label, and each row's class.
    ///
    /// - file, column: Places for errors.
    /// - missing: What to do about rows without a label.
    public func classes(
        file: String? = nil, column: String? = nil, missing: MissingLabels = .refuse
    ) throws(CellarError) -> LabelClasses {
        let values = texts.map { LabelValue($0) }
        let isMissing = values.contains { $0 == nil }
        if missing == .refuse, isMissing { throw missingError(values.map { $0 == nil }, file, column) }
        let present = values.compactMap { $0 }
        let kind = LabelKind(of: present, isMissing: isMissing)
        let read = zip(texts, values).map { bytes, value in value.map { kind.value($0, bytes) } }
        var distinct: Set<LabelValue> = []
        for value in read { if let value { distinct.insert(value) } }
        if kind == .texts, let wrong = distinct.first(where: { !$0.isUTF8 }) {
            throw CellarError(
                .badData, "A label is not valid UTF-8: \"\(wrong.name)\".", file: file, column: column,
                remedy: "Save the labels as UTF-8.")
        }
        let sorted = distinct.sorted()
        let numbers = [LabelValue: Int32](uniqueKeysWithValues: zip(sorted, 0...))
        let ofCode = read.map { $0.flatMap { numbers[$0] } ?? -1 }
        return LabelClasses(kind: kind, values: sorted, rows: codes.map { ofCode[Int($0)] })
    }

    /// The distinct labels.
    public var labels: [String] { texts.map { String(decoding: $0, as: UTF8.self) } }

    /// Each row's class among known names; nil if a label is none of them.
    public func numbers(in names: inout ClassNames) -> [Int32]? {
        var ofCode: [Int32] = []
        for text in texts {
            guard let number = names.number(of: text.span) else { return nil }
            ofCode.append(number)
        }
        return codes.map { ofCode[Int($0)] }
    }

    /// The distinct texts by code.
    private var texts: [[UInt8]] { (0..<Int32(coder.count)).map { coder.bytes(of: $0) } }

    private func missingError(_ isMissing: [Bool], _ file: String?, _ column: String?) -> CellarError {
        let rows = codes.indices.filter { isMissing[Int(codes[$0])] }
        let word = String(decoding: coder.bytes(of: codes[rows[0]]), as: UTF8.self)
        let shown = rows.prefix(10).map { "\($0 + 1)" }.joined(separator: ", ")
        return CellarError(
            .badData, file: file, row: rows[0] + 1, column: column, expected: "a class",
            found: (word.isEmpty ? "an empty field" : "the missing value \(word)")
                + "; \(rows.count) of \(codes.count) rows have no label (\(shown)\(rows.count > 10 ? " …" : ""))",
            fix: "Fill them in, or remove the rows.")
    }
}

/// What to do about rows without a label.
public enum MissingLabels: Sendable {
    /// An error with their number and rows.
    case refuse
    /// Their class is -1.
    case keep
}

/// The type that pandas gives a column of labels.
public enum LabelKind: String, Sendable {
    case integers, numbers, booleans, texts

    /// The kind of a category of numbers, or of True and False.
    ///
    /// - isMissing: True if a row has no value. pandas then reads whole numbers as float64; those that it cannot tell apart stay
    ///   whole here.
    public init(numbers texts: some Sequence<ArraySlice<UInt8>>, isMissing: Bool) {
        let values = texts.compactMap { LabelValue(Array($0)) }
        let areExact = values.allSatisfy { abs($0.double ?? 0) < 0x1p53 }
        self.init(of: values, isMissing: isMissing && areExact)
    }

    /// Returns pandas' spelling of a value in a column of this kind; nil for another text.
    public func spelling(_ number: ArraySlice<UInt8>) -> String? {
        switch (self, LabelValue(Array(number))) {
        case (.integers, .number(let value)):
            Int(exactly: value).map(String.init) ?? LabelValue.number(value).name
        case (.integers, .integer(let value)): value.text
        case (.numbers, .some(let value)):
            switch value {
            case .integer, .number: self.value(value, []).name
            default: nil
            }
        case (.booleans, .boolean(let value)): LabelValue.boolean(value).name
        default: nil
        }
    }

    init(of values: [LabelValue], isMissing: Bool) {
        func all(_ isOne: (LabelValue) -> Bool) -> Bool { values.allSatisfy(isOne) }
        if all({ if case .integer = $0 { true } else { false } }) {
            // A column of int64 has no place for a missing value; one of larger integers is of objects.
            let areSmall = all { if case .integer(let integer) = $0 { integer.fitsInt64 } else { false } }
            self = isMissing && areSmall ? .numbers : .integers
        } else if all({ if case .boolean = $0 { true } else { false } }) {
            self = .booleans
        } else if all({
            switch $0 {
            case .integer, .number: true;
            default: false
            }
        }) {
            self = .numbers
        } else {
            self = .texts
        }
    }

    /// The value of a label in a column of this kind.
    func value(_ value: LabelValue, _ bytes: [UInt8]) -> LabelValue {
        switch self {
        case .integers, .booleans: value
        case .numbers: value.double.map { .number($0 == 0 ? 0 : $0) } ?? value
        case .texts: .text(bytes)
        }
    }
}

/// The classes of a column of labels in scikit-learn's order: numbers by value, texts by code point.
public struct LabelClasses: Equatable, Sendable {
    public let kind: LabelKind
    let values: [LabelValue]
    /// The class of each row; -1 for a missing label.
    public let rows: [Int32]

    /// The names of the classes, as scikit-learn's reports show them.
    public var names: [String] { values.map(\.name) }

    /// The first class that is a measurement, such as 0.73; nil if scikit-learn takes all of them for classes.
    public var measurement: String? { values.first { !$0.isClass }?.name }
}

extension LabelValue {
    fileprivate var isUTF8: Bool {
        guard case .text(let bytes) = self else { return true }
        return String(validating: bytes, as: UTF8.self) != nil
    }
}
