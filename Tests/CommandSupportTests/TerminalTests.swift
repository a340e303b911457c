import Testing

@testable import CommandSupport

private func terminal(_ variables: [String: String], isTerminal: Bool = true, columns: Int? = nil) -> Terminal
{
    Terminal(isTerminal: isTerminal, columns: columns) { variables[$0] }
}

@Test("shows colours only to people who want them")
func colours() {
    #expect(terminal(["TERM": "xterm"]).hasColour)
    #expect(terminal(["TERM": "xterm", "NO_COLOR": ""]).hasColour)
    #expect(!terminal(["TERM": "xterm", "NO_COLOR": "1"]).hasColour)
    #expect(!terminal(["TERM": "xterm"], isTerminal: false).hasColour)
    #expect(!terminal(["TERM": "dumb"]).hasColour)
    #expect(!terminal([:]).hasColour)
    #expect(terminal(["TERM": "xterm"]).bold("x") == "\u{1B}[1mx\u{1B}[0m")
    #expect(terminal(["TERM": "xterm", "NO_COLOR": "1"]).bold("x") == "x")
}

@Test("takes the character set from the locale's first variable that is set")
func characterSet() {
    #expect(terminal(["LANG": "en_GB.UTF-8"]).isUnicode)
    #expect(terminal(["LANG": "C.utf8", "LC_ALL": ""]).isUnicode)
    #expect(!terminal(["LANG": "en_GB.UTF-8", "LC_ALL": "C"]).isUnicode)
    #expect(!terminal(["LC_CTYPE": "de_DE.ISO-8859-1"]).isUnicode)
    #expect(!terminal([:]).isUnicode)
}

@Test("is as wide as its window, else as COLUMNS says, else 80")
func width() {
    #expect(terminal(["COLUMNS": "120"], columns: 100).width == 100)
    #expect(terminal(["COLUMNS": "120"]).width == 120)
    #expect(terminal(["COLUMNS": "-3"]).width == 80)
}

@Test(
    "counts columns, not code points",
    arguments: [("abc", 3), ("e\u{301}é", 2), ("日本", 4), ("👩‍👩‍👧x", 3), ("", 0), ("한", 2)])
func columns(_ text: String, _ width: Int) {
    #expect(textWidth(text) == width)
}

@Test("cuts at whole characters")
func fitting() {
    #expect(fitted("abcdef", to: 6, isUnicode: true) == "abcdef")
    #expect(fitted("abcdef", to: 4, isUnicode: true) == "abc…")
    #expect(fitted("日本語", to: 4, isUnicode: false) == "日~")
}
