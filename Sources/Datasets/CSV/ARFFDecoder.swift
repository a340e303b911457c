import Base

/// Turns the rows of an ARFF file into rows of CSV. The lines before them stay, and each row stays in its line.
///
/// In ARFF single and double quotes hold a value together, a backslash escapes a sign within them, blanks around values mean
/// nothing, and a comment goes from `%` to the end of the line.
public struct ARFFDecoder: Sendable {
    /// The start of a line.
    private var rest: [UInt8] = []
    private var isInRows = false

    private static let newline = UInt8(ascii: "\n"), percent = UInt8(ascii: "%")

    /// True if the first line that is no comment declares a relation; nil if these bytes do not tell.
    static func begins(_ bytes: [UInt8]) -> Bool? {
        var rest = bytes[...]
        while true {
            rest = rest.drop { $0 <= 32 }
            guard let first = rest.first else { return nil }
            guard first == percent || first == UInt8(ascii: "@") else { return false }
            guard let end = rest.firstIndex(of: newline) else { return nil }
            if first != percent { return isKeyword("@relation", rest[..<end]) }
            rest = rest[end...]
        }
    }

    mutating func decode(_ piece: [UInt8], ended: Bool) -> [UInt8] {
        let size = ended ? piece.count : piece.lastIndex(of: Self.newline).map { $0 + 1 } ?? 0
        guard size > 0 || ended else {
            rest += piece
            return []
        }
        let bytes = rest + piece[..<size]
        rest = Array(piece[size...])
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        let lines = bytes.split(separator: Self.newline, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append(Self.newline) }
            if isInRows {
                Self.append(row: Self.withoutEnds(line), to: &text)
            } else {
                text += line
                isInRows = Self.isKeyword("@data", Self.withoutEnds(line))
            }
        }
        return text
    }

    /// Returns the word at the start of a text, and the rest: in quotes, or up to a blank or a comma. Nil if a quote is not closed.
    public static func word(_ text: ArraySlice<UInt8>) -> (word: [UInt8], rest: ArraySlice<UInt8>)? {
        guard let quote = text.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            let word = text.prefix { $0 > 32 && $0 != UInt8(ascii: ",") }
            return (Array(word), text.dropFirst(word.count))
        }
        var (word, place) = ([UInt8](), text.startIndex + 1)
        while place < text.endIndex, text[place] != quote {
            if text[place] == UInt8(ascii: "\\"), place + 1 < text.endIndex {
                place += 1
                word.append(escapes[text[place]] ?? text[place])
            } else {
                word.append(text[place])
            }
            place += 1
        }
        return place < text.endIndex ? (word, text[(place + 1)...]) : nil
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]

    /// Appends a row as CSV; nothing for a comment. A row with a quote that is not closed stays as it is.
    private static func append(row: ArraySlice<UInt8>, to text: inout [UInt8]) {
        guard let first = row.first, first != percent else { return }
        let start = text.count
        // Without commas, blanks separate the values.
        let hasCommas = row.contains(UInt8(ascii: ","))
        var rest = row
        while true {
            guard let (value, behind) = value(rest, hasCommas) else {
                text.removeLast(text.count - start)
                text += row
                return
            }
            append(value, to: &text)
            rest = withoutEnds(behind)
            if rest.first == UInt8(ascii: ",") {
                rest = withoutEnds(rest.dropFirst())
            } else if rest.isEmpty || rest.first == percent {
                return
            }
            text.append(UInt8(ascii: ","))
        }
    }

    /// Returns the value at the start of a row, and what is behind it.
    private static func value(
        _ row: ArraySlice<UInt8>, _ hasCommas: Bool
    ) -> (value: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        if row.first == UInt8(ascii: "'") || row.first == UInt8(ascii: "\"") {
            return word(row).map { ($0.word[...], $0.rest) }
        }
        var end = row.startIndex
        while end < row.endIndex, row[end] != UInt8(ascii: ","), row[end] != 9, hasCommas || row[end] > 32 {
            // A comment behind the row.
            if row[end] == percent, end > row.startIndex, row[end - 1] <= 32 { break }
            end += 1
        }
        return (withoutEnds(row[..<end]), row[end...])
    }

    private static func append(_ value: ArraySlice<UInt8>, to text: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let isPlain =
            !value.contains { $0 == quote || $0 == UInt8(ascii: ",") || $0 == 10 || $0 == 13 }
            && (value.first ?? 33) > 32 && (value.last ?? 33) > 32
        if isPlain {
            text += value
            return
        }
        text.append(quote)
        for byte in value { text += byte == quote ? [quote, quote] : [byte] }
        text.append(quote)
    }

    private static func withoutEnds(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = line.lastIndex { $0 > 32 }.map { $0 + 1 } ?? line.startIndex
        return line[..<end].drop { $0 <= 32 }
    }

    private static func isKeyword(_ word: String, _ line: ArraySlice<UInt8>) -> Bool {
        let start = line.prefix(word.utf8.count)
        return String(decoding: start, as: UTF8.self).lowercased() == word
            && (line.dropFirst(start.count).first ?? 32) <= 32
    }
}
