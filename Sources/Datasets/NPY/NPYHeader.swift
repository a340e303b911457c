import Base

// The .npy format, versions 1 to 3: numpy.org/doc/stable/reference/generated/numpy.lib.format.html

/// The header of a NumPy array file.
struct NPYHeader: Equatable, Sendable {
    enum Kind: Character, Sendable {
        case bool = "b"
        case signed = "i"
        case unsigned = "u"
        case float = "f"
        /// Texts of 32-bit code points, and texts of bytes.
        case characters = "U"
        case bytes = "S"

        var isText: Bool { self == .characters || self == .bytes }
    }

    var kind: Kind
    /// Bytes per number or text.
    var width: Int
    var bigEndian: Bool
    /// Column-major: the first index varies fastest.
    var fortranOrder: Bool
    var shape: [Int]
    /// The offset of the numbers in the file.
    var offset: Int

    var count: Int { shape.reduce(1, *) }

    /// The maximum array size in bytes. A larger shape is treated as damage.
    static let limit = 1 << 34

    /// Parses the header at the start of a file.
    ///
    /// - ofTexts: The array must be of texts, not of numbers.
    init(file: String, _ bytes: [UInt8], ofTexts: Bool = false) throws(CellarError) {
        func bad(_ expected: String, _ found: String, _ fix: String) -> CellarError {
            CellarError(.badData, file: file, expected: expected, found: found, fix: fix)
        }
        let again = "Save it again with numpy.save."
        guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)), bytes.count >= 10 else {
            let found = bytes.isEmpty ? "an empty file" : "first bytes \(hex(bytes.prefix(6)))"
            throw bad("a NumPy array (.npy)", found, again)
        }
        let version = bytes[6]
        guard (1...3).contains(version), bytes[7] == 0 else {
            throw bad(".npy of version 1 to 3", "version \(version).\(bytes[7])", again)
        }
        let start = version == 1 ? 10 : 12
        guard bytes.count >= start else { throw bad("an .npy header", "a truncated header", again) }
        let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= 65_535, bytes.count - start >= length else {
            throw bad(
                "an .npy header", length > 65_535 ? "a header of \(length) bytes" : "a truncated header",
                again)
        }
        var text = NPYHeaderText(bytes[start..<start + length])
        guard let entries = text.dictionary() else {
            throw bad("an .npy header with descr, fortran_order and shape", "another header", again)
        }
        guard case .text(let type)? = entries["descr"], let format = NPYHeader.type(type),
            format.0.isText == ofTexts
        else {
            let shown = if case .text(let type)? = entries["descr"] { "\"\(type)\"" } else { "a record" }
            throw bad(
                ofTexts ? "texts (U or S)" : "numbers (bool, int, uint, float16, float32 or float64)",
                "dtype \(shown)", "Convert it with .astype(\(ofTexts ? "str" : "numpy.float32")).")
        }
        guard case .bool(let fortran)? = entries["fortran_order"],
            case .numbers(let shape)? = entries["shape"],
            entries.count == 3
        else { throw bad("an .npy header with descr, fortran_order and shape", "another header", again) }
        (kind, width, bigEndian) = format
        (fortranOrder, self.shape, offset) = (fortran, shape, start + length)

        var size = width
        for side in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: side)
            guard !overflow && product <= NPYHeader.limit else {
                throw bad("an array of at most 16 GB", "shape \(shape)", "Split the array.")
            }
            size = product
        }
    }

    /// Parses a dtype such as `<f4`.
    private static func type(_ text: String) -> (Kind, Int, bigEndian: Bool)? {
        let letters = Array(text)
        guard letters.count > 2, let kind = Kind(rawValue: letters[1]),
            letters[2...].allSatisfy({ ("0"..."9").contains($0) }), let width = Int(String(letters[2...])),
            "<>|=".contains(letters[0])
        else { return nil }
        if kind.isText {
            let size = kind == .characters ? 4 : 1
            return (1...NPYHeader.limit / size).contains(width)
                ? (kind, width * size, letters[0] == ">") : nil
        }
        let widths: Set<Int> =
            switch kind {
            case .bool: [1]
            case .signed, .unsigned: [1, 2, 4, 8]
            case .float: [2, 4, 8]
            case .characters, .bytes: []
            }
        return widths.contains(width) ? (kind, width, letters[0] == ">") : nil
    }
}

/// Parses the Python dictionary literal of an .npy header, without evaluating it.
private struct NPYHeaderText {
    enum Value { case text(String), bool(Bool), numbers([Int]) }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func dictionary() -> [String: Value]? {
        var entries: [String: Value] = [:]
        guard take("{") else { return nil }
        while !take("}") {
            guard let key = string(), take(":"), let value = value(), entries[key] == nil else { return nil }
            entries[key] = value
            if !take(",") {
                guard take("}") else { return nil }
                break
            }
        }
        skipBlanks()
        return rest.isEmpty ? entries : nil
    }

    private mutating func value() -> Value? {
        skipBlanks()
        switch rest.first.map({ Character(Unicode.Scalar($0)) }) {
        case "'", "\"": return string().map { .text($0) }
        case "(": return tuple().map { .numbers($0) }
        case "T": return word("True") ? .bool(true) : nil
        case "F": return word("False") ? .bool(false) : nil
        default: return nil
        }
    }

    private mutating func tuple() -> [Int]? {
        guard take("(") else { return nil }
        var numbers: [Int] = []
        while !take(")") {
            skipBlanks()
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let number = Int(String(decoding: digits, as: UTF8.self)), numbers.count < 32 else {
                return nil
            }
            rest = rest.dropFirst(digits.count)
            if rest.first == UInt8(ascii: "L") { rest = rest.dropFirst() }  // Python 2's long suffix
            numbers.append(number)
            if !take(",") {
                // In Python, `(3)` is a number and not a tuple.
                guard numbers.count > 1, take(")") else { return nil }
                break
            }
        }
        return numbers
    }

    private mutating func string() -> String? {
        skipBlanks()
        guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            return nil
        }
        rest = rest.dropFirst()
        guard let end = rest.firstIndex(of: quote) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func word(_ text: String) -> Bool {
        guard rest.starts(with: Array(text.utf8)) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") }
    }
}
