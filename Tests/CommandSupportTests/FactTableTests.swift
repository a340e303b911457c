import Testing

@testable import CommandSupport

private func lines(_ table: FactTable, _ width: Int) -> [String] {
    table.text(for: Terminal(isTerminal: true, width: width)).split(
        separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
}

@Test("facts are aligned, the best marked, and hyper-parameters lose the prefix that nothing else needs")
func factTable() {
    let table = FactTable(
        "METRIC", of: ["m:1", "m:2"],
        [
            .init("val_loss", ["0.5", "0.25"], best: [1]), .init("hyperparameters.epochs", ["1", "2"]),
            .init("epochs", ["1", "2"]), .init("hyperparameters.rate", ["0.1", "–"]),
        ])
    #expect(
        table.text(for: Terminal(isTerminal: true, width: 60)) == """
            METRIC                    m:1     m:2
            val_loss                0.5    0.25 *
            hyperparameters.epochs      1       2
            epochs                      1       2
            rate                      0.1       –

            """)
    #expect(
        table.text(for: Terminal(isTerminal: false)) == """
            METRIC\tm:1\tm:2
            val_loss\t0.5\t0.25 *
            hyperparameters.epochs\t1\t2
            epochs\t1\t2
            hyperparameters.rate\t0.1\t–

            """)
}

@Test(
    "no line is wider than the window, for 2 to 50 versions", arguments: [30, 40, 60, 80, 200], [2, 3, 50])
func factTableWidth(_ width: Int, _ count: Int) {
    let things = (1...count).map { "mnist-with-a-name:\($0)" }
    let table = FactTable(
        "DIFFERENT", of: things,
        [
            .init("hyperparameters.learning_rate.config.initial_learning_rate", things.map { _ in "0.0100" }),
            .init(
                "command_line",
                things.map { "trainer fit recipe.yaml --seed \($0) with a long list of options" }),
            .init("日本語の名前はここにあります、とても長い", things.map { _ in "x" }, best: [0]),
            .init("sha256", things.indices.map { "\($0)" + String(repeating: "a", count: 63) }),
        ])
    let found = lines(table, width)
    #expect(found.allSatisfy { textWidth($0) <= width }, "\(found.filter { textWidth($0) > width })")
    for thing in things.indices {
        #expect(found.joined().contains("mnist-with") && found.joined(separator: "\n").contains("\(thing)aa"))
    }
}

@Test("a legend has the names that were cut, and the values that would look the same")
func factLegend() {
    let table = FactTable(
        "DIFFERENT", of: ["m:1", "m:2"],
        [
            .init("hyperparameters.learning_rate.config.initial_learning_rate", ["1", "2"]),
            .init("hyperparameters.learning_rate.config.initial_temperature", ["1", "2"]),
            .init("path", ["a/very/long/path/to/data/one.csv", "a/very/long/path/to/data/two.csv"]),
            .init("same", ["a/very/long/path/to/data/one.csv", "a/very/long/path/to/data/one.csv"]),
            .init("apart", ["one/very/long/path/to/data.csv", "two/very/long/path/to/data.csv"]),
        ])
    let found = lines(table, 60)
    #expect(
        found[1].hasPrefix("[1] learning_rate.con") && found[2].hasPrefix("[2] learning_rate.con"), "\(found)"
    )
    #expect(
        found.drop { !$0.isEmpty }.dropFirst() == [
            "[1]", "  hyperparameters.learning_rate.config.initial_learning_rate",
            "[2] hyperparameters.learning_rate.config.initial_temperature", "path:",
            "  m:1  a/very/long/path/to/data/one.csv", "  m:2  a/very/long/path/to/data/two.csv", "",
        ], "\(found)")
}

@Test("long text is broken at blanks, and within a word that is longer than a line")
func wrapping() {
    #expect(wrapped("one two three", to: 7) == "one two\nthree\n")
    #expect(wrapped("one twothreefour", to: 7, indent: "  ") == "one\n  twoth\n  reefo\n  ur\n")
    #expect(wrapped("  - a:  b", to: 20) == "  - a:  b\n")
    #expect(wrapped("", to: 5) == "\n" && wrapped("ab", to: 0) == "ab\n")
    #expect(wrapped("日本語", to: 4) == "日本\n語\n")
}
