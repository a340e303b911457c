import Base
import Cellar
import Datasets
import Foundation
import TestSupport
import Testing
import Trainer

/// A table of 60 rows with the columns `age`, `income` and `bought`, whose rows have more fields than the line of names.
private struct ShortTable {
    var sign = ","
    var names = ["age", "income", "bought"]
    /// Lines above the names.
    var title = ""
    /// The name of a row, which no name is for.
    var rowName: ((Int) -> String)?
    /// The number of delimiters at the end of each row.
    var ends = 0
    /// True for a column without values.
    var hasComment = false
    var age: (Int) -> String = { "\($0 * 7 % 41).5" }

    var text: String {
        let rows = (0..<60).map { row in
            (rowName.map { [$0(row)] } ?? []) + [age(row), "\(row * 5 % 23)", row % 3 == 0 ? "no" : "yes"]
                + (hasComment ? [""] : []) + [String](repeating: "", count: ends)
        }
        return title
            + ([names + (hasComment ? ["comment"] : [])] + rows).map { $0.joined(separator: sign) + "\n" }
            .joined()
    }

    /// All names, as pandas has them where the names of rows are its index.
    var expected: [String] {
        let present = (rowName == nil ? [] : ["row"]) + names + (hasComment ? ["comment"] : [])
        return present + (present.count..<present.count + ends).map { "Unnamed: \($0)" }
    }
}

private func survey(_ table: ShortTable, _ folder: URL) throws -> TableSurvey {
    let path = folder.path + "/t.csv"
    try Data(table.text.utf8).write(to: URL(fileURLWithPath: path))
    return try TableSurvey(path: path)
}

@Test(
    "names that are fewer than the fields of rows stay with their columns, for each delimiter and any number of ends"
)
func shortNames() throws {
    try Fixtures.temporaryFolder { folder in
        let rowNames: [((Int) -> String)?] = [nil, { "cust\($0)" }, { "\($0 + 1)" }]
        for sign in [",", ";", "\t", "|"] {
            for (title, comment) in [
                ("", false), ("", true), ("Report of the month of March\n", false), ("# by R\n", true),
            ] {
                for rowName in rowNames {
                    for ends in 0...3 where ends > 0 || rowName != nil {
                        let table = ShortTable(
                            sign: sign, title: title, rowName: rowName, ends: ends, hasComment: comment)
                        let found = try survey(table, folder)
                        let shown = table.text.prefix(80)
                        #expect(found.columns.map(\.name) == table.expected, "\(shown)")
                        #expect(found.columns[found.target].name == "bought" && found.rows == 60, "\(shown)")
                        let age = try #require(found.columns.first { $0.name == "age" })
                        #expect(age.kind == .number && age.profile.highest == 40.5, "\(shown)")
                        if rowName != nil { #expect(found.columns[0].kind == .ignore, "\(shown)") }
                        // An empty column that has a name could be the end of rows without names.
                        let warnings = found.warnings.filter { $0.contains("names of rows") }
                        #expect(warnings.count == (rowName != nil && comment ? 1 : 0), "\(warnings)")
                    }
                }
            }
        }
    }
}

@Test("the first column decides what an empty last column is, and the other reading is named and works")
func doubtfulEnds() throws {
    try Fixtures.temporaryFolder { folder in
        let ages: [(name: String, value: (Int) -> String, areRows: Bool, isDoubtful: Bool)] = [
            ("age", { "cust\($0)" }, true, true), ("n", { "\($0 + 1)" }, true, true),
            ("customer_id", { "cust\($0)" }, false, true), ("id", { "\($0 + 1)" }, false, true),
            ("day", { "20\(10 + $0 / 19)-10-\(10 + $0 % 19)" }, false, true),
            ("age", { "\($0).25" }, false, false), ("kind", { "k\($0 % 5)" }, false, false),
            ("price", { "\($0),50" }, false, false), ("price", { "$\($0).50" }, false, false),
            ("way", { "\($0 * 3) km" }, false, true), ("kind", { "R\($0)" }, true, true),
        ]
        for (name, value, areRows, isDoubtful) in ages {
            var table = ShortTable(sign: ";")
            (table.names[0], table.age, table.ends) = (name, value, 1)
            let found = try survey(table, folder)
            let names = [name, "income", "bought"]
            #expect(
                found.columns.map(\.name) == (areRows ? ["row"] + names : names + ["Unnamed: 3"]), "\(name)")
            let warning = found.warnings.first {
                $0.contains("the ends of the rows are") || $0.contains("names of rows")
            }
            #expect((warning != nil) == isDoubtful, "\(name): \(found.warnings)")
            // What the warning says leads to the other reading.
            let header = areRows ? names + [""] : ["key"] + names
            table.names = header
            let other = try survey(table, folder)
            #expect(other.columns.map(\.name) == (areRows ? names + ["Unnamed: 3"] : header), "\(name)")
            #expect(!other.warnings.contains { $0.contains("names of rows") })
        }
    }
}

@Test("names that are made up are never those of other columns, and numbers may be names of years")
func madeUpNames() throws {
    try Fixtures.temporaryFolder { folder in
        for (names, rowName, first) in [
            (["row", "income", "bought"], { "r\($0)" }, "row_1"),
            (["rows", "row", "row_1"], { "r\($0)" }, "row_2"),
            (["class", "income", "bought"], { "c\($0 % 3)" }, "class_1"),
            (["1990", "1991", "1992"], { "c\($0)" }, "row"), (["0", "1", "2"], { "c\($0)" }, "row"),
        ] as [([String], (Int) -> String, String)] {
            var table = ShortTable()
            (table.names, table.rowName) = (names, rowName)
            let found = try survey(table, folder)
            #expect(found.columns.map(\.name) == [first] + names)
            if first != "class_1" { #expect(found.columns[0].kind == .ignore) }
        }
        // Where no line has names, the recipe does not say that the first one has data.
        let path = folder.path + "/t.csv"
        let rows = (0..<60).map { "\($0 * 7 % 41).5,\($0 * 5 % 23),\($0 % 3 == 0 ? "no" : "yes")\n" }.joined()
        try Data(("A report of the month of March\n" + rows).utf8).write(
            to: URL(fileURLWithPath: path))
        let recipe = try TableSurvey(path: path).recipe(name: "t")
        #expect(
            recipe.contains("skip_lines: 1\n  header: false   # the lines before it name no columns"),
            "\(recipe)")
    }
}

@Test(
    "a scored table has names wherever lines with them were skipped, with rows that end in delimiters or begin with names"
)
func scoredShortNames() throws {
    try Fixtures.temporaryFolder { folder in
        let store = Store(folder.path + "/models")
        for (name, table) in [
            ("ends", ShortTable(sign: ";", ends: 2)),
            ("both", ShortTable(rowName: { "r\($0)" }, ends: 1)),
            ("noted", ShortTable(rowName: { "r\($0)" }, hasComment: true)),
        ] {
            let path = folder.path + "/\(name).csv"
            try Data(table.text.utf8).write(to: URL(fileURLWithPath: path))
            var request = InitRequest(data: path)
            request.recipe = folder.path + "/\(name).yaml"
            _ = try initRecipe(request)
            var fit = FitRequest(recipe: folder.path + "/\(name).yaml")
            fit.epochs = 1
            _ = try store.fit(fit)
            func score(_ text: String) throws -> [[Substring]] {
                let (input, output) = (folder.path + "/in.csv", folder.path + "/out.csv")
                try Data(text.utf8).write(to: URL(fileURLWithPath: input))
                _ = try store.score(
                    ScoreRequest(inputs: [input], outputs: [output], replacesInput: true, models: [name]))
                return try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").map {
                    $0.split(separator: Character(table.sign), omittingEmptySubsequences: false)
                }
            }
            let same = try score(table.text)
            #expect(same.count == 61 && same[0].dropLast(2).map(String.init) == table.expected, "\(same[0])")
            #expect(Set(same.map(\.count)) == [table.expected.count + 2])
            // The same table with a name for each column, and none at the ends.
            var plain = table
            (plain.ends, plain.hasComment, plain.rowName) = (0, false, nil)
            let clean = try score(plain.text)
            #expect(clean.count == 61 && clean[0].dropLast(2).map(String.init) == plain.names, "\(clean[0])")
            #expect(clean.dropFirst().map { $0.last } == same.dropFirst().map { $0.last })
        }
    }
}
