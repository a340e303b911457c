import Base

/// A position in one line of JSON, which moves over strings and values that it checks.
struct JSONScan {
    enum Kind { case number, `true`, `false`, null, other }

    let end: Int
    var at: Int
    private static let deepest = 256

    mutating func skipSpace(_ bytes: Span<UInt8>) {
        while at < end, JSONLineScanner.isSpace(bytes[at]) { at += 1 }
    }

    mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard at < end, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func take(_ word: StaticString, _ bytes: Span<UInt8>) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - at >= count else { return false }
        let isThere = word.withUTF8Buffer { word in
            word.indices.allSatisfy { unsafe word[$0] == bytes[at + $0] }
        }
        if isThere { at += count }
        return isThere
    }

    func expected(_ what: String) -> CellarError {
        CellarError(
            .badData, "the line is not an object of JSON: \(what) is missing.",
            remedy: "Write one object a line, as Python's json.dumps does.")
    }

    /// Moves over a string, and returns the place of its content.
    mutating func string(_ bytes: Span<UInt8>) throws(CellarError) -> Range<Int> {
        guard take(UInt8(ascii: "\""), bytes) else { throw expected("a string in quotes") }
        let start = at
        while at < end {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { return start..<(at - 1) }
            if byte < 0x20 { throw expected("an escape of a control character") }
            if byte == UInt8(ascii: "\\") { try escape(bytes) }
        }
        throw expected("a closing quote")
    }

    private mutating func escape(_ bytes: Span<UInt8>) throws(CellarError) {
        guard at < end else { throw expected("a closing quote") }
        let sign = bytes[at]
        at += 1
        switch sign {
        case UInt8(ascii: "u"):
            for _ in 0..<4 {
                guard at < end, isHex(bytes[at]) else { throw expected("a valid escape") }
                at += 1
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            break
        default: throw expected("a valid escape")
        }
    }

    private func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// Moves over a value.
    mutating func value(_ bytes: Span<UInt8>, depth: Int = 0) throws(CellarError) -> Kind {
        guard at < end else { throw expected("a value") }
        switch bytes[at] {
        case UInt8(ascii: "\""): _ = try string(bytes)
        case UInt8(ascii: "{"), UInt8(ascii: "["): try list(bytes, depth: depth)
        case UInt8(ascii: "t") where take("true", bytes): return .true
        case UInt8(ascii: "f") where take("false", bytes): return .false
        case UInt8(ascii: "n") where take("null", bytes): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number(bytes)
            return .number
        case UInt8(ascii: "N"), UInt8(ascii: "I"):
            throw CellarError(
                .badData, "NaN and Infinity are no numbers of JSON.",
                remedy: "Write null, or leave the row out.")
        default: throw expected("a value")
        }
        return .other
    }

    private mutating func list(_ bytes: Span<UInt8>, depth: Int) throws(CellarError) {
        guard depth < JSONScan.deepest else { throw expected("an end of \(JSONScan.deepest) nested lists") }
        let isObject = bytes[at] == UInt8(ascii: "{")
        let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        at += 1
        skipSpace(bytes)
        if take(close, bytes) { return }
        repeat {
            skipSpace(bytes)
            if isObject {
                _ = try string(bytes)
                skipSpace(bytes)
                guard take(UInt8(ascii: ":"), bytes) else { throw expected("a colon") }
                skipSpace(bytes)
            }
            _ = try value(bytes, depth: depth + 1)
            skipSpace(bytes)
        } while take(UInt8(ascii: ","), bytes)
        guard take(close, bytes) else { throw expected("a comma or the end of a list") }
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(CellarError) {
        _ = take(UInt8(ascii: "-"), bytes)
        if !take(UInt8(ascii: "0"), bytes) { try digits(bytes) }
        if take(UInt8(ascii: "."), bytes) { try digits(bytes) }
        if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
            if !take(UInt8(ascii: "+"), bytes) { _ = take(UInt8(ascii: "-"), bytes) }
            try digits(bytes)
        }
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(CellarError) {
        let start = at
        while at < end, bytes[at] >= UInt8(ascii: "0"), bytes[at] <= UInt8(ascii: "9") { at += 1 }
        if at == start { throw expected("a digit") }
    }
}
