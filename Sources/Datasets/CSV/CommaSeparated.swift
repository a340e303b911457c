import CNumbers

/// Splits a list of names or values at its commas; a part with a comma needs quotes, as in CSV.
public func commaSeparated(_ list: String) -> [String] {
    CSVHeader.fields(of: spacesDropped(Array(list.utf8)), delimiter: UInt8(ascii: ",")).map { part in
        trimmed(String(decoding: withoutQuotes(part), as: UTF8.self))
    }
}

/// Drops the blanks that begin a part, so that `"a", "b"` is read as it is meant.
private func spacesDropped(_ list: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var quotes = CSVQuotes()
    var atStart = true
    for byte in list {
        if atStart, byte == UInt8(ascii: " ") { continue }
        atStart = !quotes.enclose(byte, atFieldStart: atStart) && byte == UInt8(ascii: ",")
        result.append(byte)
    }
    return result
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
