import Base
import Cellar
import Foundation
import TestSupport
import Testing

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
    #expect(text.contains("amount: number") && text.contains("units: true"))
    #expect(text.contains("thousands: \",\""))
}

@Test("points that may separate thousands are pointed out, and those that must are taken as such")
func pointsInInit() throws {
    let unsure = try recipe("a;y\n" + rows(40) { "\(1 + $0 % 9).\(100 + $0 * 7);\($0 % 2)" })
    #expect(unsure.contains("if their point separates thousands, write thousands: \".\""))
    #expect(!unsure.contains("\n  thousands"))
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
