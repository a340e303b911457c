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

@Test("numbers are never cut: columns of low importance are left out, and a line says which")
func tooNarrowTable() {
    var table = TextTable([
        .init("VERSION"), .init("created", importance: 1), .init("val_accuracy", importance: 3),
        .init("val_loss", importance: 3), .init("note", importance: 2),
    ])
    table.add(["mnist:1", "2026-11-26", "0.98120000", "0.07037781", "a long note about it"])
    func lines(_ width: Int) -> [String] {
        table.text(for: Terminal(isTerminal: true, width: width)).split(separator: "\n").map(String.init)
    }
    #expect(
        lines(60) == [
            "VERSION     created  val_accuracy    val_loss  note",
            "mnist:1  2026-11-26    0.98120000  0.07037781  a long note …",
        ])
    #expect(
        lines(50) == [
            "VERSION  val_accuracy    val_loss  note", "mnist:1    0.98120000  0.07037781  a long note ab…",
            "Not shown, as the window is too narrow: created.",
        ])
    #expect(
        lines(34).prefix(2) == ["VERSION  val_accuracy    val_loss", "mnist:1    0.98120000  0.07037781"])
    #expect(lines(34).dropFirst(2) == ["Not shown, as the window is too", "narrow: created, note."])
    for width in 7...70 { #expect(lines(width).allSatisfy { $0.count <= width }) }
}

@Test("titles that were cut stay different, and a line says what they are")
func cutTitles() {
    var table = TextTable("VERSION", "val_sparse_categorical_accuracy", "val_sparse_categorical_crossentropy")
    table.add(["m:1", "0.5", "1.5"])
    let found = table.text(for: Terminal(isTerminal: true, width: 44)).split(separator: "\n")
    #expect(found.dropFirst(2).joined(separator: " ").contains("val_sparse_categorical_crossentropy."))
    let titles = found[0].split(separator: " ")
    #expect(Set(titles).count == 3 && found.allSatisfy { $0.count <= 44 }, "\(found)")
}
