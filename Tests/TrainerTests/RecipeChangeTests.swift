import Base
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
