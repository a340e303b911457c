extension JSON {
    /// Parses a JSON text (RFC 8259). Accepts Python's `NaN`, `Infinity` and `-Infinity` as numbers.
    ///
    /// Integers beyond `Int` become the nearest Double. For duplicate names the last member wins. An unpaired
    /// surrogate (`\ud800`) becomes U+FFFD. `depthLimit` bounds the nesting of lists and objects.
    public init(parsing text: String, depthLimit: Int = 256) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), depthLimit: depthLimit)
    }

    /// Parses UTF-8 bytes. Skips a leading byte order mark.
    public init(parsing bytes: [UInt8], depthLimit: Int = 256) throws(JSONError) {
        var parser = JSONParser(bytes: bytes, depthLimit: depthLimit)
        self = try parser.wholeText()
    }
}

/// A recursive-descent parser over the bytes. `at` is the position of the next byte.
struct JSONParser {
    let bytes: [UInt8]
    let depthLimit: Int
    var at = 0
    var depth = 0

    init(bytes: [UInt8], depthLimit: Int) { (self.bytes, self.depthLimit) = (bytes, depthLimit) }

    mutating func wholeText() throws(JSONError) -> JSON {
        if let bad = firstByteOutsideUTF8() {
            at = bad
            throw error(expected: "UTF-8 text")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
        skipSpace()
        let value = try value()
        skipSpace()
        guard at == bytes.count else { throw error(expected: "the end of the text") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSON {
        switch peek {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"): return try number()
        case let digit? where digit.isDigit: return try number()
        case UInt8(ascii: "t") where take("true"): return .bool(true)
        case UInt8(ascii: "f") where take("false"): return .bool(false)
        case UInt8(ascii: "n") where take("null"): return .null
        case UInt8(ascii: "N") where take("NaN"): return .number(.nan)
        case UInt8(ascii: "I") where take("Infinity"): return .number(.infinity)
        default: throw error(expected: "a value")
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        var members = JSONObject()
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                guard peek == UInt8(ascii: "\"") else { throw error(expected: "a name in double quotes") }
                let name = try string()
                skipSpace()
                guard take(UInt8(ascii: ":")) else {
                    throw error(expected: "\":\" after the name \"\(name)\"")
                }
                skipSpace()
                members[name] = try value()
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw error(expected: "\",\" or \"}\"") }
        }
        depth -= 1
        return .object(members)
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        var elements: [JSON] = []
        if !take(UInt8(ascii: "]")) {
            repeat {
                skipSpace()
                elements.append(try value())
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw error(expected: "\",\" or \"]\"") }
        }
        depth -= 1
        return .array(elements)
    }

    /// Takes the bracket and counts the depth, so that hostile text cannot overflow the stack.
    private mutating func enter() throws(JSONError) {
        guard depth < depthLimit else {
            throw error(expected: "lists and objects nested at most \(depthLimit) deep", found: "more")
        }
        depth += 1
        at += 1
        skipSpace()
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = at
        let negative = take(UInt8(ascii: "-"))
        if negative, take("Infinity") { return .number(-.infinity) }
        guard let first = peek, first.isDigit else { throw error(expected: "a digit") }
        var whole = 0
        var fits = true
        while let digit = peek, digit.isDigit {
            // Accumulates a negative value, because Int.min has no positive counterpart.
            let (tens, over) = whole.multipliedReportingOverflow(by: 10)
            let (next, under) = tens.subtractingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            fits = fits && !over && !under
            whole = next
            at += 1
        }
        if first == UInt8(ascii: "0"), at > start + (negative ? 2 : 1) {
            at = start + (negative ? 2 : 1)
            throw error(expected: "a number without leading zeros")
        }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        if isWhole, fits {
            if negative { return .integer(whole) }
            if whole != .min { return .integer(-whole) }
        }
        // The standard library rounds correctly, and the grammar above admits only what it can parse.
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        guard let value = Double(text) else { throw error(expected: "a number", found: "\"\(text)\"") }
        return .number(value)
    }

    private mutating func digits() throws(JSONError) {
        guard let first = peek, first.isDigit else { throw error(expected: "a digit") }
        while let digit = peek, digit.isDigit { at += 1 }
    }
}

extension JSONParser {
    fileprivate mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            at += 1
        }
        if peek == UInt8(ascii: "\"") {  // Most strings contain no escape.
            defer { at += 1 }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }
        var text = Array(bytes[start..<at])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20:
                throw error(expected: "control characters written as escapes such as \\n")
            default:
                text.append(byte)
                at += 1
            }
        }
        throw error(expected: "a closing quote")
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        at += 1
        defer { at += 1 }
        switch peek {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error(expected: "one of \" \\ / b f n r t u after \"\\\"")
        }
    }

    /// Parses from the `u` to the last digit. A surrogate pair is one character.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let high = try fourHexDigits()
        guard (0xD800...0xDBFF).contains(high) else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
        let end = at
        if byte(at + 1) == UInt8(ascii: "\\"), byte(at + 2) == UInt8(ascii: "u") {
            at += 2
            let low = try fourHexDigits()
            if (0xDC00...0xDFFF).contains(low) {
                return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
            }
            at = end
        }
        return "\u{FFFD}"
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            at += 1
            switch peek {
            case let digit? where digit.isDigit: code = code << 4 + UInt32(digit - UInt8(ascii: "0"))
            case let digit? where (0x61...0x66).contains(digit | 0x20):
                code = code << 4 + UInt32((digit | 0x20) - 0x61 + 10)
            default: throw error(expected: "four hexadecimal digits after \"\\u\"")
            }
        }
        return code
    }
}

extension JSONParser {
    fileprivate var peek: UInt8? { byte(at) }
    fileprivate func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    fileprivate mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        at += 1
        return true
    }

    fileprivate mutating func take(_ word: StaticString) -> Bool {
        let word = word.description.utf8
        guard bytes[at...].starts(with: word) else { return false }
        at += word.count
        return true
    }

    fileprivate mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    fileprivate func firstByteOutsideUTF8() -> Int? {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    fileprivate func error(expected: String, found: String? = nil) -> JSONError {
        let before = bytes[..<at]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return JSONError(
            line: 1 + before.count { $0 == UInt8(ascii: "\n") },
            column: 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 },
            expected: expected, found: found ?? whatIsHere)
    }

    private var whatIsHere: String {
        guard let next = peek else { return "the end of the text" }
        guard next >= 0x20, next != 0x7F else { return "the control character 0x" + String(next, radix: 16) }
        if next >= 0x80, firstByteOutsideUTF8() == at { return "the byte 0x" + String(next, radix: 16) }
        let word = String(decoding: bytes[at...].prefix(48), as: UTF8.self).unicodeScalars.prefix(12)
        return "\"" + String(String.UnicodeScalarView(word.prefix { $0 >= " " })) + "\""
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
