import Testing

@testable import CommandSupport

private let people = Terminal(isTerminal: true, width: 80, hasColour: true)

@Test("aligns for people: words left, numbers right, a bold header")
func alignedTable() {
    var table = TextTable("name", "accuracy", "notes")
    table.add(["mnist", "0.9777", "first"])
    table.add(["日本", "0.9"])
    #expect(
        table.text(for: people) == """
            \u{1B}[1mname\u{1B}[0m   \u{1B}[1maccuracy\u{1B}[0m  \u{1B}[1mnotes\u{1B}[0m
            mnist    0.9777  first
            日本        0.9\("  ")

            """)
}

@Test("is tab-separated in a pipe")
func pipedTable() {
    var table = TextTable("name", "accuracy")
    table.add(["a\tb\nc", "0.9777"])
    table.add(["longer than the others"])
    let pipe = Terminal(isTerminal: false, width: 10)
    #expect(table.text(for: pipe) == "name\taccuracy\na\\tb\\nc\t0.9777\nlonger than the others\t\n")
}

@Test("the widest columns give way where the window is too narrow")
func narrowTable() {
    var table = TextTable("file", "n")
    table.add(["models/TRAINED_MODEL/Model_2026_11_22_12_30_05_.h5", "12"])
    let narrow = Terminal(isTerminal: true, width: 24)
    #expect(
        table.text(for: narrow) == "file" + String(repeating: " ", count: 19)
            + "n\nmodels/TRAINED_MODE…  12\n")
}

@Test("a text in a cell cannot send commands to the terminal")
func tableOfControlCharacters() {
    var table = TextTable("name")
    table.add(["\u{1B}[2J\u{9B}x\u{202E}y"])
    #expect(table.text(for: Terminal(isTerminal: true)) == "name\n\\x1b[2J\\u009bx\\u202ey\n")
}
