import Base
import Foundation
import TestSupport
import Testing

@testable import Trainer

private func changed(_ recipe: String, _ argument: String) throws -> JSON {
    let text = try changedRecipe(recipe, file: "r.yaml", [RecipeChange(argument: argument)])
    var values = RecipeValues(file: "r.yaml")
    return try values.value(RecipeText(file: "r.yaml", text: text).root)
}

@Test("a value is set in a recipe: a class keeps its name, a column its kind")
func changes() throws {
    let recipe = """
        data: { csv: t.csv, columns: { Age: number, zip: category } }
        model: [{ Dense: { units: 4 } }]
        compile: { optimizer: adam }
        fit: { class_weight: { Yes: 2 } }
        """
    #expect(
        try changed(recipe, "compile.optimizer.learning_rate=0.1")["compile"]?["optimizer"]
            == ["adam": ["learning_rate": 0.1]])
    #expect(try changed(recipe, "model.0.units=8")["model"] == [["Dense": ["units": 8]]])
    #expect(
        try changed(recipe, "data.columns.zip.encode=embedding")["data"]?["columns"]
            == ["Age": "number", "zip": ["kind": "category", "encode": "embedding"]])
    #expect(
        try changed(recipe, "data.columns.Age={kind: number, scale: robust}")["data"]?["columns"]?["Age"]
            == ["kind": "number", "scale": "robust"])
    // Names in large letters are no classes.
    #expect(
        try changed("data: { columns: { Age: number } }", "data.columns.zip.rare=3")["data"]?["columns"]
            == ["Age": "number", "zip": ["rare": 3]])
    #expect(try changed(recipe, "fit.class_weight.No=1")["fit"]?["class_weight"] == ["Yes": 2, "No": 1])
    #expect(
        try changed("data: { columns: auto }", "data.columns.zip=category")["data"]?["columns"]
            == ["zip": "category"])
    #expect(throws: CellarError.self) { try changed(recipe, "data.csv.header=false") }
}

@Test("an error of a changed recipe has the line of the file, or none")
func changedRecipeLines() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("r.yaml").path
        let text = """
            # A comment moves the lines.

            data: { csv: wine.csv, target: quality, split: { test: 0.25, random_state: 42 } }
            model: [{ Dense: { units: 1, activation: sigmoid } }]
            compile: { optimizer: adam, loss: binary_crossentropy }
            fit: { epochs: 40, batch_size: 64 }

            """
        func problem(_ text: String, _ change: String) throws -> CellarError? {
            try writeFile(path, Array(text.utf8))
            do throws(CellarError) { _ = try Recipe(path: path, changes: [change]) } catch { return error }
            return nil
        }
        let wrong = try #require(try problem(text, "fit.epochs=abc"))
        #expect(wrong.place.line == nil && wrong.message.contains("--set"))
        let own = try #require(try problem(text + "fitt: 1\n", "fit.epochs=5"))
        #expect(own.place.line == 7)
        #expect(!own.message.contains("--set"))
    }
}
