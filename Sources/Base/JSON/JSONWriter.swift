extension JSON {
    /// Formats the value as Python's `json.dumps` does: members in order, separators `", "` and `": "`,
    /// numbers in Python's form (`1e-07`, `1.0`, `NaN`).
    ///
    /// - Parameters:
    ///   - pretty: One element per line, indented by two spaces per level, as `indent=2` does.
    ///   - ascii: Writes all characters outside ASCII as `\uXXXX`, as Python does by default and Keras' files
    ///     have.
    ///   - numbersInRows: Keeps an array of numbers on one line, however `pretty` the rest is.
    public func text(pretty: Bool = false, ascii: Bool = false, numbersInRows: Bool = false) -> String {
        var writer = JSONWriter(pretty: pretty, ascii: ascii, numbersInRows: numbersInRows)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

struct JSONWriter {
    private(set) var pretty: Bool
    let ascii, numbersInRows: Bool
    var bytes: [UInt8] = []
    var depth = 0

    init(pretty: Bool, ascii: Bool, numbersInRows: Bool = false) {
        (self.pretty, self.ascii, self.numbersInRows) = (pretty, ascii, numbersInRows)
    }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .number(let value): append(pythonText(value))
        case .string(let value): quote(value)
        case .array(let elements):
            let isPretty = pretty
            if numbersInRows, elements.allSatisfy(isNumberOrNull) { pretty = false }
            list("[", "]", elements) { writer, element in writer.write(element) }
            pretty = isPretty
        case .object(let object):
            list("{", "}", object.members) { writer, member in
                writer.quote(member.key)
                writer.append(": ")
                writer.write(member.value)
            }
        }
    }

    private mutating func list<Element>(
        _ open: String, _ close: String, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
    ) {
        append(open)
        depth += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { append(pretty ? "," : ", ") }
            newLine()
            write(&self, element)
        }
        depth -= 1
        if !elements.isEmpty { newLine() }
        append(close)
    }

    private mutating func newLine() {
        guard pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func quote(_ text: String) {
        append("\"")
        defer { append("\"") }
        let utf8 = text.utf8
        if utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 < 0x7F }
        ) {
            return bytes.append(contentsOf: utf8)
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "\u{8}": append("\\b")
            case "\u{C}": append("\\f")
            case " "..."~": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\0"..<" ": escape(UInt16(scalar.value))
            default:
                if ascii { for unit in String(scalar).utf16 { escape(unit) } } else { append(String(scalar)) }
            }
        }
    }

    private mutating func escape(_ unit: UInt16) {
        let digits = String(unit, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

/// True for a number, and for null in the place of one that is not finite.
private func isNumberOrNull(_ value: JSON) -> Bool { value.double != nil || value.isNull }
