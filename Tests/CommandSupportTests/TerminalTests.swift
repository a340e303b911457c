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

@Test("prose is broken between words for people, and left alone for programs")
func prose() {
    let narrow = Terminal(isTerminal: true, width: 20)
    let pipe = Terminal(isTerminal: false, width: 20)
    let text = "the first, the second and the third"
    #expect(narrow.prose(text) == "the first, the\n  second and the\n  third\n")
    #expect(pipe.prose(text) == text + "\n")
    // A path is broken behind its slashes, other long words where the line ends.
    #expect(
        narrow.prose("file models/wine/model_of_today.h5")
            == "file\n  models/wine/\n  model_of_today.h5\n")
    #expect(narrow.prose("0123456789abcdef0123456789") == "0123456789abcdef0123\n  456789\n")
    let error = "infer: no such file.\n  Name one that is there, or none."
    #expect(narrow.proseLines(error) == "infer: no such file.\n  Name one that is\n  there, or none.")
    #expect(pipe.proseLines(error) == error)
}

@Test("values of facts go on beside their names, or stand below them")
func facts() {
    let facts = [
        (name: "name", value: "wine"), ("features", "acid, sugar, salt"), ("file", "models/wine/long.h5"),
    ]
    #expect(
        Terminal(isTerminal: false, width: 20).factLines(facts)
            == "name      wine\nfeatures  acid, sugar, salt\nfile      models/wine/long.h5\n")
    #expect(
        Terminal(isTerminal: true, width: 24).factLines(facts)
            == "name      wine\nfeatures  acid, sugar,\n          salt\nfile\n  models/wine/long.h5\n")
}
