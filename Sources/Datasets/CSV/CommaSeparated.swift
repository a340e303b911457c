import CNumbers

/// Splits a list of names or values at its commas; a part with a comma needs quotes, as in CSV.
public func commaSeparated(_ list: String) -> [String] { commaSeparated(list, at: { _ in true }) }

/// Splits a list at the commas behind which a part begins; the others belong to the part before them, with the blanks behind them.
public func commaSeparated(_ list: String, at begins: (String) -> Bool) -> [String] {
    func text(_ part: [UInt8]) -> String {
        trimmed(String(decoding: withoutQuotes(part), as: UTF8.self))
    }
    var joined: [[UInt8]] = []
    for (blanks, part) in parts(Array(list.utf8)) {
        if joined.isEmpty || begins(text(part)) {
            joined.append(part)
        } else {
            let comma = [UInt8(ascii: ",")] + [UInt8](repeating: UInt8(ascii: " "), count: blanks)
            joined[joined.count - 1] += comma + part
        }
    }
    return joined.map(text)
}

/// Splits a list at its commas outside of quotes. The blanks that begin a part are apart from it, so that `"a", "b"` is read as it
/// is meant.
private func parts(_ list: [UInt8]) -> [(blanks: Int, part: [UInt8])] {
    var parts: [(blanks: Int, part: [UInt8])] = [(0, [])]
    var quotes = CSVQuotes()
    var atStart = true
    for byte in list {
        if atStart, byte == UInt8(ascii: " ") {
            parts[parts.count - 1].blanks += 1
            continue
        }
        atStart = !quotes.enclose(byte, atFieldStart: atStart) && byte == UInt8(ascii: ",")
        if atStart { parts.append((0, [])) } else { parts[parts.count - 1].part.append(byte) }
    }
    return parts
}

/// Removes the quotes of a part that begins with one; text may follow the closing quote, as in `"a, b"=1`.
private func withoutQuotes(_ part: [UInt8]) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    guard part.first == quote else { return part }
    var result: [UInt8] = []
    var index = 1
    while index < part.count {
        if part[index] == quote {
            guard index + 1 < part.count, part[index + 1] == quote else {
                return result + part[(index + 1)...]
            }
            index += 1
        }
        result.append(part[index])
        index += 1
    }
    return part
}

/// Parses a number as the reader of tables does, True and False as 1 and 0; nil for anything else.
public func parsedNumber(_ text: String) -> Double? {
    var (value, text) = (0.0, text)
    let outcome = text.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
            unsafe cn_read_double(bytes.baseAddress, bytes.count, &value)
        }
    }
    return outcome == cn_number || outcome == cn_boolean ? value : nil
}
