import Base

/// A part of a condition's text: a name, a value, a keyword or a sign.
struct FilterToken: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// A name without quotes; it may be a keyword.
        case word(String)
        /// A name in backquotes, which is never a keyword.
        case name(String)
        case text(String)
        case number(Double)
        case comparison(FilterTest.Comparison)
        case open
        case close
        case comma
        case end
    }

    var kind: Kind
    /// The first character's position, counted from 1.
    var column: Int
    /// The characters in the text.
    var source: String
}

/// Splits a condition into tokens.
struct FilterLexer {
    private let text: String
    private let characters: [Character]
    private var place = 0

    static func tokens(of text: String) throws(CellarError) -> [FilterToken] {
        var lexer = FilterLexer(text: text, characters: Array(text))
        var tokens: [FilterToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    private init(text: String, characters: [Character]) { (self.text, self.characters) = (text, characters) }

    private var current: Character? { place < characters.count ? characters[place] : nil }
    private var following: Character? { place + 1 < characters.count ? characters[place + 1] : nil }

    private mutating func next() throws(CellarError) -> FilterToken {
        while let character = current, character.isWhitespace { place += 1 }
        let start = place
        let kind = try kind()
        return FilterToken(kind: kind, column: start + 1, source: String(characters[start..<place]))
    }

    private mutating func kind() throws(CellarError) -> FilterToken.Kind {
        guard let character = current else { return .end }
        switch character {
        case "(", ")", ",":
            place += 1
            return character == "(" ? .open : character == ")" ? .close : .comma
        case "'", "\"": return .text(try quoted("string"))
        case "`": return .name(try quoted("name"))
        case "<", ">", "=", "!": return try comparison(character)
        case _ where isLetter(character):
            let start = place
            while let character = current, isInName(character) { place += 1 }
            return .word(String(characters[start..<place]))
        case "0"..."9", ".", "-", "+": return try number()
        default:
            throw .filter(
                text, at: place + 1, "expected a name or a value", found: "\"\(character)\"",
                remedy: "Write a name of other characters in backquotes: `top 5` > 0.9.")
        }
    }

    private mutating func comparison(_ character: Character) throws(CellarError) -> FilterToken.Kind {
        let start = place
        place += 1
        let second = current
        let both: FilterTest.Comparison? =
            switch (character, second) {
            case ("<", "="): .atMost
            case (">", "="): .atLeast
            case ("<", ">"), ("!", "="): .different
            case ("=", "="): .equal
            default: nil
            }
        if let both {
            place += 1
            return .comparison(both)
        }
        switch character {
        case "<": return .comparison(.less)
        case ">": return .comparison(.more)
        case "=" where second != "<" && second != ">": return .comparison(.equal)
        default:
            place = start
            throw .filter(
                text, at: start + 1, "expected one of = == != <> < <= > >=",
                found: "\"\(String(characters[start...].prefix(2)))\"")
        }
    }

    /// A text between two equal quotes; a doubled quote stands for one.
    private mutating func quoted(_ what: String) throws(CellarError) -> String {
        let (start, quote) = (place, characters[place])
        var content = ""
        place += 1
        while let character = current {
            place += 1
            if character == quote {
                guard current == quote else {
                    guard what != "name" || !content.isEmpty else {
                        throw .filter(
                            text, at: start + 1, "expected a name between the backquotes", found: "none")
                    }
                    return content
                }
                place += 1
            }
            guard !character.unicodeScalars.contains("\0") else {
                throw .filter(text, at: place, "expected text", found: "a NUL character")
            }
            content.append(character)
        }
        throw .filter(text, at: start + 1, "expected the \(what) to end with \(quote)", found: "the end")
    }

    private mutating func number() throws(CellarError) -> FilterToken.Kind {
        let start = place
        // All that could belong to a number or to a date without quotes, which is then one error.
        while let character = current,
            isInName(character) || character == "+" || character == ":" || character == "_"
        { place += 1 }
        let word = String(characters[start..<place])
        let isDecimal = word.utf8.allSatisfy { "0123456789.+-eE".utf8.contains($0) }
        guard isDecimal, let value = Double(word), value.isFinite else {
            let looksLikeDate = word.count >= 8 && word.prefix(5).hasSuffix("-")
            throw .filter(
                text, at: start + 1, "expected a number", found: "\"\(word.prefix(30))\"",
                remedy: looksLikeDate ? "Write a date in quotes: '\(word)'." : nil)
        }
        // From 2^53 on, several whole numbers are one Double.
        guard abs(value) < 0x1p53 || word.contains(where: { ".eE".contains($0) }) else {
            throw .filter(
                text, at: start + 1, "expected a whole number below 9007199254740992 (2^53)", found: word,
                remedy: "Compare tags and hyper-parameters with a text in quotes: '\(word)'.")
        }
        return .number(value)
    }
}

private func isLetter(_ character: Character) -> Bool {
    character.isASCII && character.isLetter || character == "_"
}

private func isInName(_ character: Character) -> Bool {
    isLetter(character) || character.isASCII && character.isNumber || character == "." || character == "-"
}
