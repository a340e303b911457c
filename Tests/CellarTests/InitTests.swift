import Base
import Cellar
import Foundation
import TestSupport
import Testing
import Trainer

/// Writes a table and the recipe that `init` makes for it; gives the recipe.
private func recipe(_ table: String, target: String? = nil) throws -> String {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("t.csv").path
        try Data(table.utf8).write(to: URL(fileURLWithPath: path))
        var request = InitRequest(data: path, target: target)
        request.recipe = folder.appendingPathComponent("t.yaml").path
        let text = try initRecipe(request).text
        // It trains as it is.
        var fit = FitRequest(recipe: folder.appendingPathComponent("t.yaml").path)
        fit.epochs = 1
        _ = try Store(folder.appendingPathComponent("models").path).fit(fit)
        return text
    }
}

private func rows(_ count: Int, _ row: (Int) -> String) -> String {
    (0..<count).map { row($0) + "\n" }.joined()
}

@Test("a sign of a currency does not hide a number")
func moneyInInit() throws {
    let text = try recipe(
        "amount,y\n" + rows(40) { "\($0 % 3 == 0 ? "\"$1,\(200 + $0).50\"" : "$\(10 + $0).25"),\($0 % 2)" })
    #expect(text.contains("amount: { kind: number, unit: \"$\" }"))
    #expect(text.contains("thousands: \",\""))
}

@Test("points that may separate thousands are pointed out, and those that must are taken as such")
func pointsInInit() throws {
    let unsure = try recipe("a;y\n" + rows(40) { "\(1 + $0 % 9).\(100 + $0 * 7);\($0 % 2)" })
    #expect(unsure.contains("if their point separates thousands, write { kind: number, thousands: \".\" }"))
    #expect(!unsure.contains("\n  thousands"))
    let signed = try recipe(
        "a;y\n"
            + rows(40) {
                "\($0 % 4 == 0 ? "-\(100 + $0)" : "\(1 + $0 % 9).\(100 + $0 * 7)") \u{20ac};\($0 % 2)"
            })
    #expect(signed.contains("if their point separates thousands"))
    let shares = try recipe("a;y\n" + rows(40) { "\($0 % 2).\(100 + $0 * 7);\($0 % 2)" })
    #expect(!shares.contains("if their point separates thousands"))
    let sure = try recipe("a,y\n" + rows(40) { "\(1 + $0 % 9).\(100 + $0 * 7).\(200 + $0),\($0 % 2)" })
    #expect(sure.contains("\n  thousands: \".\"") && sure.contains("a: number"))
    let versions = try recipe(
        "a,b,y\n" + rows(40) { "\(1 + $0 % 3).\(100 + $0 % 5).200,0.\($0),\($0 % 2)" })
    #expect(!versions.contains("\n  thousands"))
}

@Test("one name that is also a value is no reason to take the first line for data")
func headersInInit() throws {
    let named = try recipe(
        "female,age,y\n" + rows(40) { "\($0 % 2 == 0 ? "female" : "male"),\($0),\($0 % 3 == 0 ? 1 : 0)" })
    #expect(!named.contains("header: false") && named.contains("female: category"))
    let texts = try recipe(
        "red,size,kind\n"
            + rows(60) { "\(["red", "blue"][$0 % 2]),\(["s", "m", "l"][$0 % 3]),\(["p", "q"][$0 / 2 % 2])" })
    #expect(!texts.contains("header: false"))
    let bare = try recipe(
        rows(60) { "\(["red", "blue"][$0 % 2]),\(["s", "m", "l"][$0 % 3]),\(["p", "q"][$0 / 2 % 2])" })
    #expect(bare.contains("header: false"))
    // Pixels are often called by numbers.
    let counted = try recipe("label,0,1,2\n" + rows(40) { "\($0 % 2),\($0 % 5),\($0 % 7),\($0 % 3)" })
    #expect(!counted.contains("header: false"))
}

@Test("what a table is too small or too large for is left out of the recipe")
func trainableRecipes() throws {
    // Repeated rows leave too few groups of a class for every part.
    let few = try recipe(
        "a,b,y\n" + rows(60) { "\($0 < 30 ? 1 : $0 % 25),\($0 < 30 ? 2 : 3),\($0 < 30 ? "p" : "q")" })
    #expect(few.contains("split:"))
    let large = try recipe("a,b,y\n" + rows(40) { "\($0 % 11),\($0 == 7 ? "1e300" : "\($0 * 3)"),\($0 % 2)" })
    #expect(large.contains("b: ignore   # ") && large.contains("a: "))
    let close = try recipe("a,b,y\n" + rows(40) { "\($0 % 11),\(1_000_000_000 + $0 * 7 % 40 / 9),\($0 % 2)" })
    #expect(close.contains("b: ignore   # "))
}

@Test("a column may be called others, and the recipe says so")
func othersInInit() throws {
    let text = try recipe("others,a,y\n" + rows(40) { "7,\($0 % 5),\($0 % 2)" }, target: "y")
    #expect(text.contains("others: { kind: ignore }"))
}

@Test(
    "lines of names above the names, names without the one of row names, and texts among numbers are told from data"
)
func headersOfPublicTables() throws {
    let two = try recipe(
        ",X1,X2,Y\nID,AGE,PAY,default\n" + rows(60) { "\($0 + 1),\(20 + $0 % 30),\($0 % 7),\($0 % 2)" })
    #expect(two.contains("skip_lines: 1") && two.contains("target: default") && two.contains("AGE: number"))
    let r = try recipe(
        "\"temp\",\"light\",\"busy\"\n" + rows(60) { "\"\($0 + 1)\",\($0 % 7).5,\($0 % 11),\($0 % 2)" })
    #expect(
        r.contains("names: [row, temp, light, busy]") && r.contains("row: ignore")
            && r.contains("target: busy"))
    let nursery = try recipe(
        rows(60) {
            "\(["usual", "great"][$0 % 2]),\(["1", "2", "3", "more"][$0 * 7 % 5 % 4]),\(["no", "yes", "maybe"][$0 % 3])"
        }
        .replacing("usual,1,no\ngreat", with: "usual,more,no\ngreat"))
    #expect(nursery.contains("header: false"))
}

@Test("tabs and blanks between numbers, and Latin-1, are found")
func formsOfPublicTables() throws {
    let auto = try recipe(
        rows(60) {
            "\(20 + $0 % 9).0   \(4 + $0 % 3)   \(300 + $0 % 17).0      \($0 % 3)\t\"ford \($0 % 4)\""
        },
        target: "0")
    #expect(auto.contains("\"2\": number") && auto.contains("\"4\": category"))
    let seeds = try recipe(rows(60) { "\(15 + $0 % 4).5\t\($0 % 7).25\t\($0 % 9 == 4 ? "\t" : "")\($0 % 3)" })
    #expect(seeds.contains("delimiter: blank") && seeds.contains("target: \"2\""))
    try Fixtures.temporaryFolder { folder in
        let (path, other) = (folder.path + "/l.csv", folder.path + "/u.csv")
        func table(_ city: String) -> String {
            "city,n,y\n" + rows(80) { "\($0 % 2 == 0 ? city : "Rom"),\($0 % 7),\($0 % 9 == 0 ? 1 : $0 % 2)" }
        }
        try #require(table("Köln €").data(using: .windowsCP1252)).write(to: URL(fileURLWithPath: path))
        try Data(table("Köln €").utf8).write(to: URL(fileURLWithPath: other))
        var request = InitRequest(data: path)
        request.recipe = folder.path + "/l.yaml"
        #expect(try initRecipe(request).text.contains("encoding: latin-1"))
        let store = Store(folder.path + "/models")
        _ = try store.fit(FitRequest(recipe: folder.path + "/l.yaml"))
        // A table in UTF-8 means the same.
        let scored = try [path, other].map { data in
            let output = folder.path + "/scored.csv"
            _ = try store.score(
                ScoreRequest(inputs: [data], outputs: [output], replacesInput: true, models: ["l:1"]))
            return try String(contentsOfFile: output, encoding: .utf8)
        }
        #expect(scored[0] == scored[1] && scored[0].contains("\nKöln €,0,1,"))
        // A lookup that did not know the text would give both cities' rows other answers than a table of training gave.
        let answers = Set(
            scored[0].split(separator: "\n").dropFirst().map { $0.split(separator: ",").last ?? "" })
        #expect(answers.count == 14, "\(answers.count) answers for 2 cities and 7 numbers")
    }
}

@Test(
    "the target of a table without names is the only column of words, or the first one with counted classes")
func targetsOfPublicTables() throws {
    let cancer = try recipe(
        rows(80) { "\(842302 + $0 * 7919),\($0 % 3 == 0 ? "M" : "B"),\($0 % 7).25,\($0 % 11).5" })
    #expect(cancer.contains("target: \"1\"") && cancer.contains("\"0\": ignore"))
    let letters = try recipe(
        rows(80) { "\(["T", "I", "D"][$0 % 3]),\($0 % 16),\($0 * 3 % 16),\($0 * 5 % 16)" })
    #expect(letters.contains("target: \"0\""))
    let abalone = try recipe(
        rows(80) { "\(["M", "F", "I"][$0 % 3]),0.\($0 % 37),0.\($0 % 31),\($0 % 28 + 1)" })
    #expect(abalone.contains("target: \"3\""))
    let airfoil = try recipe(rows(80) { "\([800, 1000, 1250][$0 % 3]),0.\($0 % 37),\(100 + $0).25" })
    #expect(airfoil.contains("target: \"2\""))
    let fires = try recipe("X,Y,temp,area\n" + rows(80) { "\($0 % 9),\($0 % 7),\($0 % 30),\($0).5" })
    #expect(fires.contains("target: area"))
}

@Test("a category whose values are all rare is left out of a recipe, and refused in one")
func rareCategories() throws {
    let text = try recipe("time,n,y\n" + rows(600) { "t\($0 * 7 % 300),\($0 % 7),\($0 % 2)" })
    #expect(text.contains("time: ignore   # ") && text.contains("\"n\": number"))
}

@Test("a last row of totals is refused; the same word as a value is not")
func totalsInInit() throws {
    let table = "store,kind,sold\n" + rows(40) { "S\($0),\($0 % 2 == 0 ? "a" : "b"),\(100 + $0 * 3)" }
    for totals in ["Total,,6340\n", "Summe:,,6340\n", ",Grand Total,6340\n"] {
        let error = try #require(thrown { _ = try recipe(table + totals) })
        #expect(error.category == .badData && error.place.row == 41)
        #expect(error.description.contains("one of totals"))
    }
    _ = try recipe(table + "S40,a,220\n")
    _ = try recipe(
        "kind,sold,x\n"
            + rows(40) { "\($0 % 2 == 0 ? "total" : "net"),\(100 + $0 * 3),\($0 % 3 == 0 ? "" : "1")" }
            + "total,5,\n")
}

@Test(
    "names that are one short leave out the names of rows, also if these repeat, and a delimiter at the end of rows"
)
func namesOneShort() throws {
    func row(_ index: Int) -> String { "\(index % 7).5,\(index * 3 % 11),\(["p", "q"][index % 2])" }
    for name: (Int) -> String in [{ "r\($0 % 50)" }, { "\($0 / 2 + 1)" }, { "\($0 * 37 % 60).25" }] {
        let text = try recipe("u,v,cls\n" + rows(60) { "\(name($0)),\(row($0))" })
        #expect(
            text.contains("names: [row, u, v, cls]") && text.contains("row: ignore   # names of rows")
                && text.contains("target: cls"), "\(text)")
    }
    let dated = try recipe("u,v,cls\n" + rows(60) { "2020-01-\(10 + $0 % 20),\(row($0))" })
    #expect(dated.contains("names: [row, u, v, cls]") && dated.contains("row: date"), "\(dated)")
    for sign in [",", ";"] {
        let text = try recipe(
            ("u,v,cls\n" + rows(60) { row($0) + "," }).replacing(",", with: sign))
        #expect(
            text.contains("names: [u, v, cls, \"Unnamed: 3\"]   # delimiters end the rows alone")
                && text.contains("target: cls")
                && text.contains("u: number"), "\(text)")
    }
}

@Test("minutes and seconds are a span of time where the name says so, and else a time of day")
func spansByName() throws {
    let cells = rows(60) { "0\(1 + $0 % 5):\(10 + $0 * 7 % 50),\($0 % 7),\($0 * 3 % 17).5" }
    for name in ["song_length", "trackLength", "Lap", "duration (mm:ss)"] {
        let text = try recipe("\(name),b,y\n" + cells)
        #expect(text.contains("{ kind: number, form: duration }   # numbers; spans of time"), "\(text)")
    }
    let text = try recipe("begun,b,y\n" + cells)
    #expect(
        text.contains("begun: { kind: date, order: time }   # times of day; if they are spans"), "\(text)")
}

@Test("Excel's zeros count as such, rows of totals are named, and so are dates in a form that is not known")
func doubtsInInit() throws {
    let money = try recipe(
        "paid,b,y\n"
            + rows(90) { "\($0 % 3 == 0 ? "\" $ -   \"" : "\" $ 1,\(100 + $0).00 \""),\($0 % 7),\($0 % 2)" })
    #expect(money.contains("paid: { kind: number, unit: \"$\", form: accounting }"), "\(money)")
    for dash in ["$ -", "$ --", "$ \u{2013}", "\u{2014} $"] {
        let text = try recipe(
            "paid,b,y\n" + rows(60) { "\($0 % 9 == 0 ? dash : "$\($0 * 3 % 41)"),\($0 % 7),\($0 % 2)" })
        #expect(text.contains("paid: { kind: number, unit: \"$\", form: accounting }"), "\(text)")
    }
    // What follows the day of a date is no unit, a place among several is one.
    for (cell, isUnit) in [
        ({ "\($0 % 28 + 1) de marzo de 2015" }, false), ({ "\($0 % 28 + 1). Maerz" }, false),
        ({ "\($0 % 28 + 1) mars 1987" }, false), ({ "\($0 % 28 + 1) out of 100" }, true),
    ] as [((Int) -> String, Bool)] {
        let text = try recipe("when,b,y\n" + rows(60) { "\(cell($0 * 17 % 41)),\($0 % 7),\($0 % 2)" })
        #expect(text.contains("when: { kind: number, unit:") == isUnit, "\(text)")
    }
    try Fixtures.temporaryFolder { folder in
        func warnings(_ table: String) throws -> [String] {
            let path = folder.path + "/t.csv"
            try Data(table.utf8).write(to: URL(fileURLWithPath: path))
            return try TableSurvey(path: path).warnings
        }
        let totals = try warnings(
            "region,city,sales\n"
                + rows(60) {
                    $0 % 20 == 19 ? "Subtotal,,900.5" : "\(["N", "S"][$0 % 2]),c\($0 % 5),\($0 * 7 % 31).5"
                })
        #expect(totals.count == 1 && totals[0].hasPrefix("row 20 (\"Subtotal\", and 2 more)"), "\(totals)")
        let plain = try warnings(
            "kind,city,sales\n"
                + rows(60) { "\(["Total", "S"][$0 % 2]),\($0 % 9 == 0 ? "" : "c"),\($0 * 7 % 31).5" })
        #expect(plain.isEmpty, "\(plain)")
        let months = try warnings(
            "when,b,sales\n"
                + rows(60) { "\(["Jan", "May", "Oct"][$0 % 3])-\(60 + $0 / 3),\($0 % 7),\($0 * 7 % 31).5" })
        #expect(months.count == 1 && months[0].contains("look like dates"), "\(months)")
    }
}
