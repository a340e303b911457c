import Base
import Datasets
import Foundation
import Network
import Tensors
import TestSupport
import Testing

@testable import Trainer

private func read(_ fields: [String], _ kind: ColumnRecipe.Kind) throws -> TableColumn {
    var (recipe, dialect) = (ColumnRecipe(), TableDialect())
    (recipe.kind, dialect.keepsBlanks) = (kind, true)
    return try #require(
        try TableColumn("c", Texts(fields), recipe, FieldReader(dialect), file: "t.csv", recipe: "r.yaml"))
}

/// A column in several spellings, and the texts of the values that pandas reads.
private struct SpelledColumn: Decodable {
    let kind: String
    let fields, texts: [String]
}

@Test("the values of a category are those that pandas reads, in its spelling")
func categoriesOfPandas() throws {
    let file = Fixtures.repository.appendingPathComponent("Tests/TrainerTests/Golden/categories.json")
    let cases = try JSONDecoder().decode([SpelledColumn].self, from: Data(contentsOf: file))
    #expect(cases.count == 300)
    for each in cases {
        let column = try read(each.fields, .category)
        for (row, text) in each.texts.enumerated() {
            if column.isText {
                #expect(column.texts.string(row) == text, "\(each.kind): \(each.fields[row])")
            } else {
                let found = column.numbers[row]
                #expect(
                    found == Double(text) || found.isNaN && text.isEmpty, "\(each.kind): \(each.fields[row])")
            }
        }
    }
    // Whole numbers that float64 cannot tell apart stay apart beside a missing value, where pandas joins them.
    let exact = try read(["9007199254740993", "9007199254740992", ""], .category)
    #expect((0..<3).map(exact.texts.string) == ["9007199254740993", "9007199254740992", ""])
}

@Test("True and False among other numbers are no numbers")
func booleansAmongNumbers() throws {
    #expect(try read(["True", "false", ""], .number).numbers.prefix(2) == [1, 0])
    let mixed = ["3", "True", "7", "False"]
    #expect(throws: CellarError.self) { try read(mixed, .number) }
    #expect(throws: CellarError.self) { try read(mixed, .boolean) }
    #expect(try read(mixed, .category).texts.string(1) == "True")
    let guess = KindGuess("c", ColumnProfile(Texts(mixed), FieldReader(TableDialect())))
    #expect(guess.kind == .category)
}

@Test("no value of a category is the lookup's word for unknown ones")
func wordsForUnknown() throws {
    for vocabulary in [["[UNK]", "a"], ["a", "[[UNK]]", "[UNK]"], ["", "[UNK]"], ["a"]] {
        let lookup = StringLookup(vocabulary: vocabulary, name: "lookup")
        let word = try #require(lookup.config["oov_token"]?.string)
        #expect(!vocabulary.contains(word))
        let again = try LayerTable.make(className: "StringLookup", config: lookup.config)
        #expect((again as? StringLookup)?.vocabulary == vocabulary)
    }
}

@Test("patterns of files have ?, [abc] and *, and a name may have such signs")
func patterns() throws {
    try Fixtures.temporaryFolder { folder in
        for name in ["a1.csv", "a2.csv", "a13.csv", "b[1].csv"] {
            try Data().write(to: folder.appendingPathComponent(name))
        }
        func names(_ pattern: String) -> [String] {
            FilePattern.matches(folder.path + "/" + pattern, recipe: "r.yaml").map {
                String($0.split(separator: "/").last ?? "")
            }
        }
        #expect(names("a?.csv") == ["a1.csv", "a2.csv"] && names("a[23].csv") == ["a2.csv"])
        #expect(names("a*.csv") == ["a1.csv", "a13.csv", "a2.csv"] && names("b[1].csv") == ["b[1].csv"])
    }
}
