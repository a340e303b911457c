/// The names of a model's classes, and the class that a label in data means: the one with the same name; where the names
/// are numbers or truth values, the one with the same value; where no name is a number, also the one with that number,
/// counted from 0.
public struct ClassNames: Sendable {
    public let names: [String]
    private var coder = LabelCoder()
    /// The class of each text that was looked up, by its code.
    private var known: [Int32?] = []
    /// Classes by value; empty if the names are texts.
    private let values: [LabelValue: Int32]
    private let hasNumbers: Bool

    /// - otherNames: Other names of classes, by number.
    public init(_ names: [String], otherNames: [String: Int32] = [:]) {
        self.names = names
        let parsed = names.map { LabelValue(Array($0.utf8)) }
        let found = parsed.compactMap { $0 }
        let kind = LabelKind(of: found, isMissing: found.count < names.count)
        let keys = found.map(\.key)
        let areValues = kind != .texts && found.count == names.count && Set(keys).count == keys.count
        values = areValues ? Dictionary(uniqueKeysWithValues: zip(keys, 0...)) : [:]
        hasNumbers = parsed.contains { value in
            switch value {
            case .integer, .number: true
            default: false
            }
        }
        for (number, name) in zip(Int32(0)..., names) where coder.code(of: name.utf8.span) == known.count {
            known.append(number)
        }
        for (name, number) in otherNames where coder.code(of: name.utf8.span) == known.count {
            known.append(number)
        }
    }

    /// Returns the number of the class that a label means; nil if there is none. Each text is parsed once.
    public mutating func number(of label: Span<UInt8>) -> Int32? {
        let code = Int(coder.code(of: label))
        if code == known.count { known.append(parsed(coder.bytes(of: Int32(code)))) }
        return known[code]
    }

    public mutating func number(of label: String) -> Int32? { number(of: label.utf8.span) }

    private func parsed(_ bytes: [UInt8]) -> Int32? {
        guard let value = LabelValue(bytes) else { return nil }
        if let number = values[value.key] { return number }
        guard !hasNumbers, values.isEmpty, let double = value.double, let index = Int32(exactly: double)
        else {
            return nil
        }
        if case .boolean = value { return nil }
        return names.indices.contains(Int(index)) ? index : nil
    }

    /// The names for a message.
    public var shown: String { names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "") }

    /// An error about a label that is none of the classes.
    public func unknown(_ label: String, file: String?, row: Int? = nil, column: String? = nil) -> CellarError
    {
        let isMissing = LabelValue(Array(label.utf8)) == nil
        return CellarError(
            .badData,
            "expected one of the model's classes (\(shown)), found "
                + (label.isEmpty
                    ? "an empty field." : isMissing ? "the missing value \(label)." : "\"\(label)\"."),
            at: .init(file: file, row: row, column: column),
            remedy: isMissing
                ? "Fill it in, or remove the row."
                : nearest(label, in: names).map { "Did you mean \"\($0)\"?" })
    }
}
