/// A Swift file cut into code, comments and string literals.
struct SwiftSource {
    struct Text {
        var line: Int
        var text: String
    }

    /// The file with comments and literals made blank.
    private(set) var code: [UInt8]
    private(set) var comments: [Text] = []
    private(set) var strings: [Text] = []

    private var position = 0
    private var line = 1

    init(_ text: String) {
        code = Array(text.utf8)
        skipCode(until: nil)
    }

    private func at(_ text: StaticString, _ offset: Int = 0) -> Bool {
        let start = position + offset
        guard start + text.utf8CodeUnitCount <= code.count else { return false }
        for index in 0..<text.utf8CodeUnitCount where code[start + index] != text.utf8Start[index] {
            return false
        }
        return true
    }

    private mutating func advance(_ count: Int = 1, blank: Bool) {
        for _ in 0..<count where position < code.count {
            if code[position] == UInt8(ascii: "\n") {
                line += 1
            } else if blank {
                code[position] = UInt8(ascii: " ")
            }
            position += 1
        }
    }

    /// Goes over code, up to the parenthesis that closes an interpolation or to the end of the file.
    private mutating func skipCode(until end: UInt8?) {
        var depth = 0
        while position < code.count {
            if at("//") {
                let (start, first) = (position, line)
                var end = position
                while end < code.count, code[end] != UInt8(ascii: "\n") { end += 1 }
                comments.append(Text(line: first, text: String(decoding: code[start..<end], as: UTF8.self)))
                advance(end - start, blank: true)
            } else if at("/*") {
                let (start, first) = (position, line)
                var end = position + 2
                while end < code.count,
                    !(code[end - 1] == UInt8(ascii: "*") && code[end] == UInt8(ascii: "/"))
                { end += 1 }
                end = min(end + 1, code.count)
                comments.append(Text(line: first, text: String(decoding: code[start..<end], as: UTF8.self)))
                advance(end - start, blank: true)
            } else if at("\"") {
                skipString(hashes: 0)
            } else if at("#\"") || at("##\"") {
                let hashes = at("#\"") ? 1 : 2
                advance(hashes, blank: true)
                skipString(hashes: hashes)
            } else {
                let byte = code[position]
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    if depth == 0, end != nil { return }
                    depth -= 1
                }
                advance(blank: end != nil)
            }
        }
    }

    private mutating func skipString(hashes: Int) {
        let quotes = at("\"\"\"") ? 3 : 1
        advance(quotes, blank: true)
        var (text, first): ([UInt8], Int) = ([], line)
        func closes(_ source: SwiftSource) -> Bool {
            (0..<quotes).allSatisfy { source.at("\"", $0) }
                && (0..<hashes).allSatisfy { source.at("#", quotes + $0) }
        }
        while position < code.count, !closes(self) {
            if at("\\"), (0..<hashes).allSatisfy({ at("#", 1 + $0) }) {
                advance(1 + hashes, blank: true)
                if at("(") {
                    strings.append(Text(line: first, text: String(decoding: text, as: UTF8.self)))
                    (text, first) = ([], line)
                    advance(blank: true)
                    skipCode(until: UInt8(ascii: ")"))
                }
                text.append(UInt8(ascii: " "))
            } else if at("\n") {
                strings.append(Text(line: first, text: String(decoding: text, as: UTF8.self)))
                (text, first) = ([], line + 1)
            } else {
                text.append(code[position])
            }
            advance(blank: true)
        }
        strings.append(Text(line: first, text: String(decoding: text, as: UTF8.self)))
        advance(quotes + hashes, blank: true)
    }
}
