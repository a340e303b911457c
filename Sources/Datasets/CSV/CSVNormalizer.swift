import Base
import CNumbers

/// Rewrites rows in the form that the scanner reads: without comments and bare carriage returns, and with
/// single blanks where blanks separate the columns.
struct CSVNormalizer: Sendable {
    private let delimiter: UInt8
    private let comment: UInt8
    /// True if every row must be rewritten, not only those with bare carriage returns.
    let isNeeded: Bool

    init(_ dialect: TableDialect, delimiter: UInt8) {
        self.delimiter = delimiter
        comment = dialect.comment ?? 0
        isNeeded = comment != 0 || delimiter == UInt8(ascii: " ")
    }

    /// Rewrites the complete rows in the first `size` of `bytes`, which begin with a row; `last` means that no
    /// bytes follow. Returns the new size.
    func apply(to bytes: inout [UInt8], size: Int, last: Bool) -> Int {
        unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe cn_csv_normalize(
                CChar(bitPattern: delimiter), CChar(bitPattern: comment), delimiter == UInt8(ascii: " "),
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), size, last)
        }
    }
}

/// Returns the kinds of bytes that need a closer look, as `cn_not_ascii`.
func textKinds(_ bytes: [UInt8], _ place: Range<Int>) -> Int {
    precondition(place.upperBound <= bytes.count)
    return unsafe bytes.withUnsafeBytes { bytes in
        unsafe Int(
            cn_text_kinds(
                bytes.baseAddress?.advanced(by: place.lowerBound).assumingMemoryBound(to: CChar.self),
                place.count))
    }
}

/// Returns the position of the first byte that is NUL or no UTF-8; nil if there is none.
func firstInvalid(_ bytes: [UInt8], size: Int) -> Int? {
    precondition(size <= bytes.count)
    let place = unsafe bytes.withUnsafeBytes { bytes in
        unsafe cn_first_invalid(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), size)
    }
    return place < size ? place : nil
}
