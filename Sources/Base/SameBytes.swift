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
