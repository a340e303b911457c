extension String {
    /// True for the same code points. Swift's == also takes composed and decomposed letters for equal, which names in files
    /// and class names must not.
    public func hasSameBytes(as other: String) -> Bool {
        let (own, others) = (utf8.span, other.utf8.span)
        guard own.count == others.count else { return false }
        for index in own.indices where own[index] != others[index] { return false }
        return true
    }
}

/// A text that equals only those of the same bytes, as a key of sets and dictionaries.
public struct ExactText: Hashable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (a: ExactText, b: ExactText) -> Bool { a.text.hasSameBytes(as: b.text) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

extension Array where Element == String {
    /// The place of the first element with the same bytes.
    public func firstIndex(ofSame text: String) -> Int? { firstIndex { $0.hasSameBytes(as: text) } }

    /// True if each element of one is an element of the other.
    public func hasSameElements(as other: [String]) -> Bool {
        Set(map(ExactText.init)) == Set(other.map(ExactText.init))
    }
}
