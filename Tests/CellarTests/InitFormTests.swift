import Base
import Cellar
import Datasets
import Foundation
import TestSupport
import Testing
import Trainer

/// The recipe that `init` writes for a table.
private func recipe(
    _ table: [UInt8], _ folder: URL, target: String? = "y", header: Bool? = nil
) throws -> String {
    let path = folder.appendingPathComponent("t.csv").path
    try Data(table).write(to: URL(fileURLWithPath: path))
    var request = InitRequest(data: path, target: target)
    request.header = header
    (request.recipe, request.replaces) = (folder.appendingPathComponent("t.yaml").path, true)
    return try initRecipe(request).text
}

private func recipe(_ table: String, target: String? = "y", header: Bool? = nil) throws -> String {
    try Fixtures.temporaryFolder { folder in
        try recipe(Array(table.utf8), folder, target: target, header: header)
    }
}

/// A table of 40 rows with classes p and q, whose other columns are written so.
private func table(_ delimiter: String, _ columns: [(String, (Int) -> String)]) -> String {
    let lines = (0..<40).map { row in
        (columns.map { $0.1(row) } + [row % 3 == 0 ? "p" : "q"]).joined(separator: delimiter)
    }
    return ([(columns.map(\.0) + ["y"]).joined(separator: delimiter)] + lines).joined(separator: "\n") + "\n"
}

@Test("the decimal sign is the one that all columns of numbers show", arguments: [";", "\t", "|"])
func decimalSigns(_ delimiter: String) throws {
    let grouped: (Int) -> String = { $0 % 4 == 0 ? "\(500 + $0)" : "\(1 + $0 % 7),\(100 + 3 * $0)" }
    let points: (Int) -> String = { "\($0 % 9).\($0 % 10)5" }
    let american = try recipe(table(delimiter, [("a", grouped), ("b", points)]))
    #expect(american.contains("\n  thousands: \",\"") && !american.contains("decimal:"))
    #expect(american.contains("a: number   # numbers\n") && american.contains("b: number"))

    let european = try recipe(
        table(delimiter, [("a", { "\(1 + $0 % 7).\(100 + 3 * $0)" }), ("b", { "\($0 % 9),\($0 % 10)5" })]))
    #expect(european.contains("\n  decimal: \",\"") && european.contains("\n  thousands: \".\""))
    #expect(
        european.contains("a: number   # numbers; a point could also be the decimal sign\n")
            && european.contains("b: number   # numbers\n"))

    // Only numbers below 1,000 have no comma: it separates thousands, but the recipe says that it may not.
    let short = try recipe(table(delimiter, [("a", grouped), ("b", { "\($0 % 9)" })]))
    #expect(
        short.contains("\n  thousands: \",\"") && short.contains("a comma could also be the decimal sign"))
    let long = try recipe(table(delimiter, [("a", { "\(1 + $0 % 7),\(100 + 3 * $0)" })]))
    #expect(long.contains("\n  decimal: \",\"") && long.contains("a comma could also be a sign of thousands"))
}

@Test("each column has the signs that its own numbers show", arguments: [";", "\t", "|"])
func signsOfColumns(_ delimiter: String) throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        func survey(_ columns: [(String, (Int) -> String)]) throws -> TableSurvey {
            try Data(table(delimiter, columns).utf8).write(to: URL(fileURLWithPath: path))
            return try TableSurvey(path: path)
        }
        let mixed = try survey([
            ("de", { "\(1 + $0 % 7).\(100 + 3 * $0),5" }), ("us", { "\(1 + $0 % 7),\(100 + 3 * $0).5" }),
            ("point", { "\($0 % 9).\($0 % 10)5" }), ("doubt", { "\(1 + $0 % 7),\(100 + 3 * $0)" }),
            ("groups", { "\($0 % 3 == 0 ? "" : "\(1 + $0 % 7).")\(100 + 3 * $0).250" }),
            ("version", { "\(1 + $0 % 7).\(100 + 3 * $0).250" }),
            ("euro", { "\($0 % 9),\(10 + $0) \u{20ac}" }), ("fourth", { "\($0 % 9).\($0 % 10)5" }),
            ("swiss", { "\(1 + $0 % 7)'\(100 + 3 * $0).5" }),
        ])
        let recipe = mixed.recipe(name: "t")
        #expect(recipe.contains("\n  thousands: \",\"\n") && !recipe.contains("\n  decimal:"), "\(recipe)")
        #expect(
            recipe.contains(
                "de: { kind: number, decimal: \",\", thousands: \".\" }   # numbers; its signs are not those of other columns"
            ))
        #expect(recipe.contains("swiss: { kind: number, decimal: \".\", thousands: \"'\" }"), "\(recipe)")
        #expect(recipe.contains("groups: { kind: number, decimal: \",\", thousands: \".\" }"), "\(recipe)")
        #expect(recipe.contains("euro: { kind: number, unit: \"\u{20ac}\", decimal: \",\" }"), "\(recipe)")
        #expect(
            !recipe.contains("version: { kind: number") && !recipe.contains("version: number"), "\(recipe)")
        #expect(
            mixed.warnings.filter { !$0.hasPrefix("version is") } == [
                "doubt: \"1,100\" is read as 1100, but its comma could also be the decimal sign. If it is, write doubt: { kind: number, decimal: \",\" } in the recipe."
            ])
        // The recipe and the model have the same numbers, and the advice works.
        let data = try PreparedData(
            Recipe(
                text: recipe.replacing("doubt: number", with: "doubt: { kind: number, decimal: \",\" }"),
                file: "t.yaml"))
        let dialect = try #require(data.dataset.dialect)
        let read = TableDialect(json: dialect.json)
        #expect(read.numbers == dialect.numbers && read.signs == dialect.signs)
        for (name, field, number) in [
            ("de", "1.234,5", 1234.5), ("us", "1,234.5", 1234.5), ("doubt", "1,234", 1.234),
            ("groups", "1.234.250", 1_234_250), ("swiss", "1'234.5", 1234.5), ("euro", "8,17 \u{20ac}", 8.17),
            ("point", "1,234.5", 1234.5),
        ] {
            let found = FieldReader(read, column: name).number(Array(field.utf8)[...])
            #expect(found == .number(number), "\(name)")
        }
        #expect(FieldReader(read, column: "de").number(Array("12.5".utf8)[...]) == .text)

        // Nothing decides: 1,234 and 1.234 in two columns.
        let doubtful = try survey([
            ("a", { $0 % 4 == 0 ? "\(500 + $0)" : "\(1 + $0 % 7),\(100 + 3 * $0)" }),
            ("b", { "\(1 + $0 % 7).\(100 + 3 * $0)" }),
        ])
        #expect(
            doubtful.warnings.count == 2 && doubtful.warnings[0].contains("is read as 2103"),
            "\(doubtful.warnings)")
        #expect(doubtful.warnings[1].contains("\"1.100\" is read as 1.100"), "\(doubtful.warnings)")
        #expect(doubtful.warnings[1].contains("b: { kind: number, thousands: \".\" }"))
    }
}

@Test("signs of a column that mean nothing are refused")
func wrongSignsOfColumns() throws {
    for options in [
        "decimal: x", "decimal: \",\", thousands: \",\"", "form: duration, decimal: \",\"", "thousands: x",
    ] {
        #expect(throws: CellarError.self, "\(options)") {
            try Recipe(
                text: """
                    data: { csv: t.csv, target: y, columns: { a: { kind: number, \(options) } } }
                    model: [{ Dense: { units: 1, activation: sigmoid } }]
                    compile: { optimizer: sgd, loss: binary_crossentropy }
                    fit: { epochs: 1 }
                    """, file: "t.yaml")
        }
    }
}

@Test("quoted numbers with commas in a table with commas, and other signs of thousands")
func quotedNumbers() throws {
    let quoted = try recipe(
        table(",", [("a", { "\"-\(215_000 + $0),6\"" }), ("b", { "\"0,\(270 + $0) %\"" })]))
    #expect(
        quoted.contains("\n  decimal: \",\"") && quoted.contains("a: number")
            && quoted.contains("b: { kind: number, unit: \"%\" }"))
    for sign in ["'", " ", "\u{a0}", "\u{202f}"] {
        let text = try recipe(
            table(";", [("a", { "\(1 + $0)\(sign)\(100 + $0)\(sign)200,5" }), ("b", { "\($0),25" })]))
        #expect(text.contains("\n  thousands: \"\(sign == "'" ? "'" : " ")\""), "\(text)")
        #expect(text.contains("a: number   # numbers\n") && text.contains("b: number   # numbers\n"))
    }
}

@Test("a few words among numbers are missing values, and many or shared ones are refused")
func strayWords() throws {
    for word in ["x", "ND", "#DIV/0!", "<0.01", "True"] {
        let text = try recipe(
            table(",", [("a", { $0 % 13 == 5 ? word : "\($0).25" }), ("b", { "\($0 * 7 % 11)" })]))
        // Words that mark missing values everywhere need no comment.
        let isKnown = word == "ND" || word.hasPrefix("#")
        #expect(text.contains("missing: ["), "\(text)")
        #expect(text.contains("3 \(word) among the numbers of a") != isKnown, "\(text)")
        #expect(text.contains("a: { kind: number, impute: median, indicator: true }"))
    }
    let footer = try recipe(table(",", [("a", { "\($0).25" }), ("b", { "\($0 % 7)" })]) + "Total,,\n")
    #expect(footer.contains("missing: [Total]") && footer.contains("missing_target: drop"))
    let shared = #expect(throws: CellarError.self) {
        _ = try recipe(
            table(",", [("a", { $0 == 7 ? "x" : "\($0).25" }), ("b", { $0 % 2 == 0 ? "x" : "z" })]))
    }
    #expect(shared?.place.row == 8 && shared?.place.column == "a")
    let many = #expect(throws: CellarError.self) {
        let lines = (0..<400).map { "\($0 % 50 == 9 ? "<0.0\($0)" : "\($0).25"),\($0 % 3 == 0 ? "p" : "q")" }
        _ = try recipe("a,y\n" + lines.joined(separator: "\n") + "\n")
    }
    #expect(many?.place.row == 10 && many?.place.column == "a")
    // Few numbers and a word are names.
    let names = try recipe(
        table(",", [("doors", { ["2", "3", "4", "5more"][$0 % 4] }), ("b", { "\($0)" })]))
    #expect(
        names.contains("doors: category")
            && names.contains("30 of 40 are numbers, but not \"5more\" in row 4"))
}

@Test("titles, comments and encodings before a table are found together")
func linesBeforeTables() throws {
    let plain = table(",", [("a", { "\($0).5" }), ("größe", { "\($0 * 7 % 11)" })])
    let semicolons = plain.replacingOccurrences(of: ",", with: ";")
    for (lines, rest, expected) in [
        ("Report\n", semicolons, ["skip_lines: 1"]), ("Report\n\n", plain, ["skip_lines: 1"]),
        ("Report,2020\n\n", plain, ["skip_lines: 1"]), ("Report,,\n", plain, ["skip_lines: 1"]),
        (
            "# a comment, with commas\n# more\n",
            plain.replacingOccurrences(
                of: "y\n", with: "y\n#x\n", options: [], range: plain.range(of: "y\n")), ["comment: \"#\""]
        ),
        ("Umsatz\nQuelle: Amt\n", semicolons, ["skip_lines: 2"]),
        // A comment of as many words as there are columns.
        ("# made\n# by hand\n", plain.replacing(",", with: "\t"), ["skip_lines: 2"]),
    ] {
        for encoding in [String.Encoding.utf8, .isoLatin1] {
            let text = try Fixtures.temporaryFolder { folder in
                try recipe(Array(#require((lines + rest).data(using: encoding))), folder)
            }
            for line in expected + (encoding == .isoLatin1 ? ["encoding: latin-1"] : []) {
                #expect(text.contains("\n  \(line)"), "\(line) in:\n\(text)")
            }
            #expect(text.contains("    a: number") && text.contains("größe\": number"), "\(text)")
            #expect(!text.contains("header: false") && text.contains("2 classes: p (14), q (26)"))
        }
    }
}

@Test("blanks belong to texts unless each delimiter has one behind it")
func blanksAroundTexts() throws {
    let all = try recipe(table(", ", [("a", { "\($0)" }), ("b", { $0 % 2 == 0 ? "x" : "z" })]))
    #expect(all.contains("\n  skip_initial_space: true") && all.contains("2 classes: p (14), q (26)"))
    let some = try recipe(table(",", [("a", { "\($0)" }), ("b", { $0 % 2 == 0 ? " x" : "x" })]))
    #expect(!some.contains("skip_initial_space") && some.contains("b: category   # 2 different values"))
    let labels = "a,y\n" + (0..<40).map { "\($0 * 7 % 11),\([" a", "a ", "b"][$0 % 3])\n" }.joined()
    #expect(try recipe(labels).contains("3 classes"))
}

@Test("a target of two fractions is a number")
func fractionsAsTarget() throws {
    let text = try recipe("a,y\n" + (0..<40).map { "\($0 * 7 % 11),\($0 % 2 == 0 ? 1.5 : 2.5)\n" }.joined())
    #expect(text.contains("# as asked; a number") && text.contains("mean_squared_error"))
}

@Test("the first line of classes and free text has data, unless its text is one word")
func freeTextWithoutNames() throws {
    let rows = (0..<60).map { "\($0 % 3 == 0 ? "spam" : "ham")\tsee you at number \($0)\n" }.joined()
    let spoken = try recipe("ham\tOk lar... joking\n" + rows, target: nil)
    #expect(spoken.contains("  target: \"0\"") && spoken.contains("\n  header: false"))
    #expect(spoken.contains("2 classes: ham (41), spam (20)"), "\(spoken)")

    let named = try recipe("ham\ttext\n" + rows, target: nil)
    #expect(named.contains("  target: ham ") && named.contains("use trainer init --no-header"), "\(named)")
    let usual = try recipe("label\ttext\n" + rows, target: nil)
    #expect(usual.contains("  target: label ") && !usual.contains("--no-header"))
}

@Test("who knows whether the first line has names says so")
func givenHeader() throws {
    let rows = (0..<60).map { "\($0 % 3 == 0 ? "spam" : "ham"),word\($0),\($0 * 7 % 11)\n" }.joined()
    let without = try recipe("ham,text,n\n" + rows, target: "0", header: false)
    #expect(without.contains("\n  header: false") && without.contains("2 classes: ham (41), spam (20)"))
    let with = try recipe("1,2,3\n" + rows, target: "1", header: true)
    #expect(with.contains("\n  header: true") && with.contains("2 classes: ham (40), spam (20)"))
}

@Test("numbers with a word, an apostrophe of Switzerland or groups of India beside them are numbers")
func numbersWithWords() throws {
    let cars = try recipe(
        table(
            ",",
            [
                ("km", { "\"\(1 + $0),\(100 + 3 * $0) km\"" }),
                ("mileage", { "\(17 + $0 % 9).\(10 + $0) kmpl" }),
                ("paid", { "EUR \($0).50" }), ("rent", { "\($0).25 EUR" }), ("c", { ["p", "q"][$0 % 2] }),
            ]))
    #expect(!cars.contains("\n  units:") && cars.contains("\n  thousands: \",\""), "\(cars)")
    for (name, unit) in [("km", "km"), ("mileage", "kmpl"), ("paid", "EUR"), ("rent", "EUR")] {
        #expect(cars.contains("    \(name): { kind: number, unit: \(unit) }"), "\(cars)")
    }
    let swiss = try recipe(table(";", [("a", { "\(1 + $0)\u{2019}\(100 + $0)" }), ("b", { "\($0).5" })]))
    #expect(swiss.contains("\n  thousands: \"'\"") && swiss.contains("    a: number"), "\(swiss)")
    let india = try recipe(
        table(";", [("a", { "\(1 + $0 % 9),\(10 + $0),\(100 + $0).5" }), ("b", { "\($0).5" })]))
    #expect(india.contains("\n  thousands: \",\"") && india.contains("    a: number"), "\(india)")
    let months = try recipe(table(",", [("month", { "\(1990 + $0 / 12)-0\(1 + $0 % 9)" })]))
    #expect(months.contains("    month: date   # dates, year first"), "\(months)")
    // A few values are names, and words of many kinds are texts.
    let few = try recipe(table(",", [("doors", { "\(2 + $0 % 3) doors" }), ("b", { "\($0)" })]))
    #expect(few.contains("    doors: category") && !few.contains("\n  units:"), "\(few)")
}

@Test("R's tables with blanks keep their names, with and without quotes")
func tablesOfR() throws {
    for quote in ["", "\""] {
        func text(_ value: String) -> String { quote + value + quote }
        let rows = (1...60).map { row in
            "\(text("\(row)")) \(row * 7 % 11).25 \(text(["a b", "c"][quote.isEmpty ? 1 : row % 2])) \(text(row % 3 == 0 ? "hi" : "lo"))\n"
        }
        let found = try recipe(["x", "c", "y"].map(text).joined(separator: " ") + "\n" + rows.joined())
        #expect(
            found.contains("\n  delimiter: blank\n  skip_lines: 1\n  names: [row, x, c, \"y\"]"), "\(found)")
        #expect(found.contains("    row: ignore") && found.contains("    x: number"), "\(found)")
    }
    // The first column of a table with a title has no names.
    let title = try recipe(
        "Report 2020\n" + (0..<60).map { "\($0 % 7) \($0 * 3 % 11) \($0 % 2)\n" }.joined(), target: "2")
    #expect(title.contains("header: false") && !title.contains("names:"), "\(title)")
}

@Test("a left out column of numbers in a form that is not read is named, and the advice works")
func leftOutNumbers() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        let rows = (0..<60).map { row in
            let mileage = "\(10 + row % 40).5 \(row % 3 == 0 ? "km/kg" : "kmpl")"
            let range = "\(row * 7)-\(row * 9 + 1)"
            let share = row % 2 == 0 ? "0.\(10 + row)" : "\(10 + row)%"
            return "\(mileage),\(range),\(share),\(row * 7 % 11),word\(row)x,\(row % 2)\n"
        }
        try Data(("mileage,range,share,b,w,y\n" + rows.joined()).utf8).write(to: URL(fileURLWithPath: path))
        let survey = try TableSurvey(path: path)
        let recipe = survey.recipe(name: "t")
        #expect(survey.warnings.count == 3, "\(survey.warnings)")
        for name in ["mileage", "range", "share"] {
            let warning = try #require(survey.warnings.first { $0.hasPrefix("\(name) is left out") })
            #expect(recipe.contains("    \(name): ignore   # "))
            let start = try #require(warning.range(of: "\(name): {"))
            let entry = try #require(warning[start.lowerBound...].split(separator: "}").first)
            let changed = recipe.replacing("\(name): ignore", with: entry + "}")
            let data = try PreparedData(Recipe(text: changed, file: "t.yaml"))
            #expect(data.features.contains(name))
        }
        #expect(recipe.contains("several units (kmpl, km/kg)") && recipe.contains("30 of 60 have no %"))
    }
}

@Test("numbers in the forms of ordinary tables are numbers, each column with its unit or form")
func numbersInForms() throws {
    let forms: [(String, String, (Int) -> String)] = [
        (
            "value", "unit: \"\u{20ac}\", form: magnitudes",
            { $0 % 3 == 0 ? "\u{20ac}\($0 + 500)K" : "\u{20ac}\($0).5M" }
        ),
        ("views", "form: magnitudes", { $0 % 3 == 0 ? "\($0).25M" : "\($0 + 1)k" }),
        ("likes", "form: magnitudes", { "\($0 + 1)K" }), ("kelvin", "unit: K", { "\($0 + 270) K" }),
        ("pay", "unit: \"${}/hr\"", { "$\($0 + 20).50/hr" }), ("area", "unit: m2", { "\($0 + 400) m2" }),
        ("use", "unit: l/100km", { "\($0 % 20).\($0) l/100km" }),
        ("rate", "unit: /5", { "\($0 % 5).\($0)/5" }),
        ("plus", "unit: \"+\"", { "\($0 * 10)+" }), ("price", "unit: Rp", { "Rp \($0 + 100)" }),
        ("won", "unit: \"\u{20a9}\"", { "\u{20a9}\($0 * 10)" }),
        ("sugar", "unit: g", { $0 % 4 == 0 ? "\($0 + 1)00 mg" : "\($0).5 g" }),
        ("disk", "unit: GB", { $0 % 4 == 0 ? "\($0 + 1)TB" : "\($0 + 5)GB" }),
        ("took", "form: duration", { $0 % 3 == 0 ? "\($0)h" : "\($0)h \($0)m" }),
        ("lap", "form: duration", { "\($0 + 20):\(10 + $0):07" }),
        ("tall", "form: feet", { "\(4 + $0 % 5)'\($0 % 12)\"" }),
        ("height", "form: feet", { "\(4 + $0 % 5)-\($0 % 12)" }),
        ("sqft", "form: range", { $0 % 9 == 0 ? "\($0 + 100) - \($0 + 220)" : "\($0 * 31)" }),
        ("gain", "form: accounting", { $0 % 3 == 0 ? "(\($0).50)" : "\($0).25" }),
        ("loss", "unit: \"$\"", { $0 % 3 == 0 ? "($\($0).50)" : "$\($0).25" }),
        ("drop", "form: accounting", { $0 % 3 == 0 ? "\u{2212}\($0).50" : "\($0).25" }),
    ]
    for (name, options, value) in forms {
        func field(_ row: Int) -> String {
            // Whole numbers that rise are identifiers.
            let text = value(row * 17 % 41)
            return text.contains("\"") ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
        }
        let text = try recipe(table(",", [(name, field), ("b", { "\($0 * 7 % 11)" })]))
        #expect(text.contains("    \(name): { kind: number, \(options) }"), "\(text)")
    }
    let power = try recipe(table(",", [("power", { $0 % 9 == 0 ? "null bhp" : "\($0).25 bhp" })]))
    #expect(power.contains("power: { kind: number, unit: bhp, impute: median, indicator: true }"), "\(power)")
    let marked = try recipe(table(",", [("power", { $0 % 3 == 0 ? "?" : "\($0).25 bhp" })]))
    #expect(
        marked.contains("power: { kind: number, unit: bhp, impute: median, indicator: true }"), "\(marked)")
    // What stands at a few numbers only is none of the column's, and a word of another column ends the form.
    let limits = try recipe(
        table(",", [("a", { $0 % 13 == 5 ? "<5" : "\($0).25" }), ("b", { "\($0 * 7 % 11)" })]))
    #expect(limits.contains("missing: [\"<5\"]"), "\(limits)")
    let varies = try recipe(
        table(
            ",",
            [
                ("size", { $0 % 9 == 4 ? "varies" : "\($0).5\($0 % 2 == 0 ? "M" : "k")" }),
                ("version", { $0 % 2 == 0 ? "varies" : "old" }),
            ]))
    #expect(varies.contains("is a value of another column, too") && !varies.contains("missing:"), "\(varies)")
    let exponents = try recipe(table(";", [("a", { "\($0),25E-06" }), ("b", { "\($0 * 7 % 11),5" })]))
    #expect(exponents.contains("    a: number   # numbers"), "\(exponents)")
    // Dates and codes above numbers are names.
    let names = try recipe(
        table(
            ",",
            (20..<24).map { day in ("1/\(day)/20", { "\($0 * day % 41)" }) } + [
                ("699_00095_0003", { "\($0 * 7 % 11)" })
            ]))
    #expect(!names.contains("header: false"), "\(names)")
    // Codes, bands, scores, versions and phone numbers are none.
    for value: (Int) -> String in [
        { "C\(1000 + $0)" }, { "\(["25-34", "35-44", "45-54"][$0 % 3])" }, { "\($0 % 7)-\($0 % 5)" },
        { "1.\($0).2" },
        { "555-\(1000 + $0)" }, { "00\($0)/20" }, { "\($0) Main St \($0)" },
    ] {
        let text = try recipe(table(",", [("a", value), ("b", { "\($0 * 7 % 11)" })]))
        #expect(
            !text.contains("    a: { kind: number") && !text.contains("    a: number"), "\(value(3))\n\(text)"
        )
    }
}

@Test("a stranger among dates is a missing value that is named, and a target has its unit")
func strangersAmongDates() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        let rows = (0..<60).map { "2020-\(10 + $0 % 3)-\(10 + $0 % 18),\($0 * 7 % 11),$\($0 * 3).50\n" }
        try Data(("when,b,price\n" + rows.joined() + "Total,300,$5310.00\n").utf8).write(
            to: URL(fileURLWithPath: path))
        let survey = try TableSurvey(path: path, target: "price")
        let recipe = survey.recipe(name: "t")
        #expect(recipe.contains("when: date   # dates, year first; 1 missing"), "\(recipe)")
        #expect(recipe.contains("price: { unit: \"$\" }   # the target"), "\(recipe)")
        #expect(survey.warnings.contains { $0.hasPrefix("when: \"Total\" among dates, first in row 61") })
        let data = try PreparedData(Recipe(text: recipe, file: "t.yaml"))
        #expect(data.dataset.dialect?.numbers["price"] == NumberWriting(units: ["$"]))
    }
}

@Test(
    "names that are one too many or too few are names, and a table with them in another order means the same")
func raggedNames() throws {
    try Fixtures.temporaryFolder { folder in
        let store = Store(folder.path + "/models")
        func write(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
            return folder.path + "/" + name
        }
        func answers(_ path: String, _ model: String) throws -> [Substring] {
            let output = folder.path + "/scored.csv"
            _ = try store.score(
                ScoreRequest(inputs: [path], outputs: [output], replacesInput: true, models: [model]))
            let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
            // The names and 60 rows.
            #expect(lines.count == 61 && lines[0].contains("area,") && lines[0].contains("radius,"))
            let widths = Set(lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count })
            #expect(widths.count == 1)
            return
                lines
                .map { $0.split(separator: ",").last ?? "" }.filter {
                    $0.first?.isNumber ?? false || $0 == "M" || $0 == "B"
                }
        }
        func row(_ row: Int, _ order: [Int]) -> String {
            let fields = [
                "\(8000 + row)", row % 3 == 0 ? "M" : "B", "\(row * 7 % 23).25", "\(row * 5 % 11).5",
            ]
            return order.map { fields[$0] }.joined(separator: ",") + "\n"
        }
        let rows = { (order: [Int]) in (0..<60).map { row($0, order) }.joined() }
        // One too many.
        let many = try write("many.csv", "id,diagnosis,radius,area,\n" + rows([0, 1, 2, 3]))
        var request = InitRequest(data: many)
        request.recipe = folder.path + "/many.yaml"
        let text = try initRecipe(request).text
        #expect(
            text.contains("target: diagnosis") && text.contains("radius: number")
                && !text.contains("skip_lines"))
        var fit = FitRequest(recipe: folder.path + "/many.yaml")
        fit.epochs = 2
        _ = try store.fit(fit)
        let expected = try answers(many, "many")
        #expect(expected.count == 60)
        let swapped = try write("swapped.csv", "area,radius,diagnosis,id,\n" + rows([3, 2, 1, 0]))
        #expect(try answers(swapped, "many") == expected)

        // One too few: the classes in the first column, or the names of rows.
        let few = try write("few.csv", "radius,area\n" + rows([1, 2, 3]))
        request = InitRequest(data: few)
        request.recipe = folder.path + "/few.yaml"
        let other = try initRecipe(request).text
        #expect(other.contains("target: class") && other.contains("names: [class, radius, area]"), "\(other)")
        fit = FitRequest(recipe: folder.path + "/few.yaml")
        fit.epochs = 2
        _ = try store.fit(fit)
        let usual = try answers(few, "few")
        #expect(usual.count == 60)
        #expect(try answers(write("few2.csv", "area,radius\n" + rows([1, 3, 2])), "few") == usual)
        #expect(try answers(write("few3.csv", "class,radius,area\n" + rows([1, 2, 3])), "few") == usual)
        #expect(try answers(write("few4.csv", "area,radius,class\n" + rows([3, 2, 1])), "few") == usual)
    }
}

@Test("a line of years above the names, and one of units below them, are no rows")
func linesAroundNames() throws {
    let rows = { (sign: String) in
        (0..<60).map {
            ["\(["N", "S", "W"][$0 % 3])", "\($0 * 7 % 23).5", "\($0 * 5 % 11).25", "\($0 % 7).5"].joined(
                separator: sign) + "\n"
        }
        .joined()
    }
    let years = try recipe("2019;;2020;\nRegion;Q1;Q2;Sales\n" + rows(";"), target: nil)
    #expect(
        years.contains("target: Sales") && years.contains("skip_lines: 1") && !years.contains("missing:"),
        "\(years)")
    #expect(years.contains("Region: category   # 3 different values"))
    for units in ["-,kg,cm,s", ",[kg],[cm],[s]", "text,float,float,float", "5s,14n,14n,14n", ",kg,,cm"] {
        let text = try recipe("kind,weight,height,time\n" + units + "\n" + rows(","), target: "time")
        #expect(
            text.contains("skip_lines: 2") && text.contains("names: [kind, weight, height, time]"),
            "\(units)\n\(text)")
        #expect(
            text.contains("weight: number   # numbers\n") && !text.contains("missing:"), "\(units)\n\(text)")
    }
    let dated = try recipe(
        "time,station,wind\n[UTC],,[m/s]\n"
            + (0..<60).map {
                "2020-01-\(10 + $0 % 20) 0\($0 % 9):00,\($0 % 2 == 0 ? "A" : "B"),\($0 % 7).5\n"
            }.joined(),
        target: "wind")
    #expect(
        dated.contains("time: date") && dated.contains("station: category   # 2 different values\n"),
        "\(dated)")
    let two = try recipe(
        ",temp,temp,wind,label\n,mean,std,mean,\n"
            + (0..<60).map { "\($0),\($0 * 7 % 23).5,\($0 % 11).25,\($0 % 7).5,\($0 % 2)\n" }.joined(),
        target: nil)
    #expect(
        two.contains("temp mean: number") && two.contains("temp std: number")
            && two.contains("target: label"), "\(two)")
}

@Test("a mark for missing values has blanks around it")
func marksWithBlanks() throws {
    let text = try recipe(
        table(",", [("a", { $0 % 5 == 0 ? " -  " : "\($0).25" }), ("b", { "\($0 * 7 % 11)" })]))
    #expect(
        text.contains("missing: [\"-\"]")
            && text.contains("a: { kind: number, impute: median, indicator: true }"))
}

@Test("what is no table is refused with what it is, and lines behind one with theirs")
func refusedForms() throws {
    let rows = (0..<60).map { "\($0),\($0 * 7 % 23).5,\($0 % 2 == 0 ? "p" : "q")\n" }.joined()
    func refusal(_ text: String) -> CellarError? {
        #expect(throws: CellarError.self) { _ = try recipe(text, target: nil) }
    }
    for title in ["", "A title (https://example.org)\n"] {
        let footer = refusal(title + "a,b,y\n" + rows + "\nTotal amount: 17\nTotal: 0\n")
        #expect(footer?.place.line == 63 + (title.isEmpty ? 0 : 1), "\(footer.debugDescription)")
        #expect(footer?.remedy?.contains("head -n") ?? false)
    }
    let sparse = refusal((0..<40).map { "\($0 % 2 == 0 ? "+1" : "-1") 1:0.\($0) 4:\($0 % 7).5\n" }.joined())
    #expect(sparse?.message.contains("LIBSVM") ?? false)
    let broken = refusal(
        "A text about it\n\n" + (0..<40).map { " \($0).5 \($0 % 7) 3.25\n  1.5 \($0 % 5)\n" }.joined())
    #expect(broken?.message.contains("rows of two lines") ?? false, "\(broken.debugDescription)")
}

@Test("an ARFF file has names, and C4.5's numbers of rows are no part of the class")
func formsOfOtherPrograms() throws {
    let arff = try recipe(
        "% A comment\n@relation t\n\n@attribute 'the a' numeric\n@ATTRIBUTE b {x,z}\n@attribute class {p,q}\n@data\n"
            + (0..<60).map { "\($0 * 7 % 23).5,\($0 % 5 == 0 ? "?" : "x"),\($0 % 2 == 0 ? "p" : "q")\n" }
            .joined() + "%\n%\n",
        target: nil)
    #expect(arff.contains("names: [the a, b, class]") && arff.contains("target: class"), "\(arff)")
    #expect(arff.contains("the a: number"))
    let c45 = try recipe(
        (0..<60).map { "\($0 * 7 % 23).5,\($0 % 3),\($0 % 2 == 0 ? "sick" : "negative").|\(9000 - $0)\n" }
            .joined(), target: nil)
    #expect(c45.contains("2 classes: negative. (30), sick. (30)") && c45.contains("comment: \"|\""), "\(c45)")
}

@Test("the quotes, escapes and comments of ARFF are read, in the recipe's training and afterwards")
func arffQuotes() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.arff"
        let head =
            "% it's a comment, with a quote\n@relation 'a relation'\n@attribute 'it\\'s a' {'u, v','100% w',\"x \\\"y\\\"\",z}\n@attribute b numeric\n@attribute class{p,'q q'}\n@data\n"
        let values = ["'u, v'", "'100% w'", "\"x \\\"y\\\"\"", " z ", "?"]
        let rows = (0..<60).map { row in
            (row % 20 == 0 ? "% a comment, too\n\n" : "")
                + "\(values[row % 5]), \(row * 7 % 23).5\t,\(row % 2 == 0 ? "p" : "'q q'")\(row == 3 ? "  % comment" : "")\n"
        }
        try Data((head + rows.joined()).utf8).write(to: URL(fileURLWithPath: path))
        let survey = try TableSurvey(path: path)
        let recipe = survey.recipe(name: "t")
        #expect(
            recipe.contains("names: [\"it's a\", b, class]")
                && recipe.contains("2 classes: p (30), q q (30)"), "\(recipe)")
        #expect(survey.rows == 60 && survey.columns[0].profile.missing == 12, "\(recipe)")
        let found = Set(survey.columns[0].profile.counts.keys.map { String(decoding: $0, as: UTF8.self) })
        #expect(found == ["u, v", "100% w", "x \"y\"", "z"])
        let data = try PreparedData(Recipe(text: recipe, file: "t.yaml"))
        #expect(data.classes == ["p", "q q"])
        // In sparse rows a value that is missing is 0.
        try Data((head + "{0 'u, v', 1 5}\n").utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: CellarError.self) { try TableSurvey(path: path) }
    }
}

@Test("a line before a table without names that has other fields is to be skipped")
func titleOfTableWithoutNames() throws {
    let rows = (0..<4).map { "\($0),\($0 * 7 % 3),p\n" }.joined()
    var dialect = TableDialect()
    (dialect.hasHeader, dialect.names) = (false, ["0", "1", "2"])
    let error = #expect(throws: CellarError.self) {
        _ = try Table(bytes: Array(("|a title\n" + rows).utf8), name: "t", dialect: dialect)
    }
    #expect(error?.place.line == 1 && error?.remedy?.contains("--skip-lines 1") ?? false)
}
