/// A guard against formulas in tables: a spreadsheet runs a cell such as `=HYPERLINK(…)`, so a single quote is put before it.
///
/// Guarded are texts that begin with `=`, `+`, `-`, `@`, a tab or a carriage return, but no finite numbers (`-1.5`, `+3`);
/// and texts that already look guarded, so that `unguarded` gives every text back as it was.
public enum CSVGuard {
    private static let quote = UInt8(ascii: "'")

    /// Whether a text that begins with this byte may need a guard: a quick test of the first byte alone.
    @inlinable
    public static func mayBeNeeded(_ first: UInt8) -> Bool {
        switch first {
        case 0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0x27: true
        default: false
        }
    }

    /// Whether the text, without the quotes of CSV around it, needs a guard.
    public static func isNeeded(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, mayBeNeeded(first) else { return false }
        let rest = text.drop { $0 == quote }
        guard let start = rest.first, mayBeNeeded(start) else { return false }
        return !isFiniteNumber(rest)
    }

    private static func isFiniteNumber(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count <= 64, text.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return false }
        return Double(String(decoding: text, as: UTF8.self))?.isFinite ?? false
    }

    /// The text with a guard where it needs one.
    public static func guarded(_ text: String) -> String {
        guard let first = text.utf8.first, mayBeNeeded(first) else { return text }
        return isNeeded(Array(text.utf8)[...]) ? "'" + text : text
    }

    /// The text that `guarded` was called with.
    public static func unguarded(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        text.first == quote && isNeeded(text.dropFirst()) ? text.dropFirst() : text
    }
}
