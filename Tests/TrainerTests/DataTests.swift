import Base
import Datasets
import Foundation
import Network
import TestSupport
import Tensors
import Testing

@testable import Trainer

/// Makes a recipe with `data` and a softmax or linear output.
private func recipe(
    _ data: String, outputs: Int, loss: String = "sparse_categorical_crossentropy", fit: String = ""
)
    throws -> Recipe
{
    try Recipe(
        text: """
            data:
            \(data.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
            model:
              - Flatten
              - Dense: { units: \(outputs)\(loss == "mse" ? "" : ", activation: softmax") }
            compile: { optimizer: sgd, loss: \(loss)\(loss == "mse" ? "" : ", metrics: [accuracy]") }
            fit: { epochs: 1, batch_size: 4, seed: 1\(fit) }
            """, file: "tiny.yaml")
}

private func idx(_ shape: [Int], _ bytes: [UInt8]) -> Data {
    let sizes = shape.flatMap { size -> [UInt8] in [0, 0, UInt8(size >> 8), UInt8(size & 255)] }
    return Data([0, 0, 8, UInt8(shape.count)] + sizes + bytes)
}

/// Writes ten training pictures and four test pictures of 2×3 with three classes.
private func writeTinyMNIST(to folder: URL) throws {
    func write(_ name: String, _ data: Data) throws {
        try data.write(to: folder.appendingPathComponent(name + "-ubyte"))
    }
    try write("train-images-idx3", idx([10, 2, 3], (0..<60).map { UInt8($0) }))
    try write("train-labels-idx1", idx([10], [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]))
    try write("t10k-images-idx3", idx([4, 2, 3], Array(repeating: 200, count: 24)))
    try write("t10k-labels-idx1", idx([4], [2, 0, 1, 2]))
}

@Test("classes are put in the recipe's order by their bytes, whatever they look like")
func exactClasses() throws {
    let classes = ["e\u{301}", "é"]
    for (source, first) in [
        ("classes: [\"é\", \"e\u{301}\"]", 1), ("positive: \"e\u{301}\"", 1), ("positive: \"é\"", 0),
    ] {
        let labels = OutputLabels(targets: .classes([0, 1]), classes: classes)
        let found = try labels.ordered(
            recipe("csv: t.csv\ntarget: y\n\(source)", outputs: 2).data, file: "t.csv")
        guard case .classes(let rows) = found.targets else {
            Issue.record("no classes")
            continue
        }
        #expect(rows == (first == 1 ? [1, 0] : [0, 1]))
        #expect(Array(found.classes[0].utf8) == Array(classes[first].utf8))
    }
}

@Test("MNIST's files: the first rows are for validation, classes only in the test files are kept")
func tinyMNIST() throws {
    try Fixtures.temporaryFolder { folder in
        try writeTinyMNIST(to: folder)
        let recipe = try recipe(
            "mnist: \(folder.path)\nvalidation: { first: 4 }\npreprocess: [Rescaling]", outputs: 3)
        #expect(recipe.name == "tiny")
        var summaries: [DataSummary] = []
        let data = try PreparedData(recipe) { summaries.append($0) }
        #expect(summaries.count == 1 && summaries[0].samples == 10)
        #expect((data.train.count, data.validation?.count, data.test?.count) == (6, 4, 4))
        #expect(data.validation?.inputs[0].storage == .bytes((0..<24).map { UInt8($0) }))
        #expect(data.classes == ["0", "1", "2"])
        #expect(data.picture?.height == 2 && data.picture?.width == 3 && data.picture?.inkIsBright == true)
        #expect((data.preprocessing.first as? Rescaling)?.scale.values == [1.0 / 255])
        #expect(data.dataset.path == folder.path && data.dataset.sha256.count == 64)
        let training = try Training(recipe, data: data)
        let outcome = try training.run()
        #expect(outcome.history.epochs == 1 && training.evaluate().count == 6)
        #expect(training.model.layers.map(\.name) == ["flatten_input", "rescaling", "flatten", "dense"])
        // More validation rows than rows.
        let greedy = try validating(folder, first: 10)
        let error = #expect(throws: CellarError.self) { try PreparedData(greedy) }
        #expect(error?.place.line == 2 && error?.place.file == "tiny.yaml")
    }
}

private func validating(_ folder: URL, first: Int) throws -> Recipe {
    try recipe("mnist: \(folder.path)\nvalidation: { first: \(first) }", outputs: 3)
}

@Test("NumPy arrays with classes and with numbers; Keras' validation_split takes the last rows")
func arrays() throws {
    try Fixtures.temporaryFolder { folder in
        let (x, y) = (folder.path + "/x.npy", folder.path + "/y.npy")
        try writeNPY(Tensor(shape: [10, 2], values: (0..<20).map { Float($0) }), to: x)
        try writeNPY(Tensor(shape: [10], values: (0..<10).map { Float($0 % 2) }), to: y)
        let source = "npy: { samples: \(x), labels: \(y) }\npreprocess: [StandardScaler]"
        let classes = try recipe(source, outputs: 2, fit: ", validation_split: 0.25")
        let data = try PreparedData(classes)
        // floor(10 · 0.75) rows remain, as in Keras.
        #expect((data.train.count, data.validation?.count) == (7, 3))
        #expect(data.validation?.inputs[0].storage == .floats((14..<20).map { Float($0) }))
        let scaler = try #require(data.preprocessing.first as? Normalization)
        #expect(scaler.constants?.mean.values == [6, 7] && scaler.constants?.variance.values == [16, 16])

        let numbers = try recipe(source, outputs: 1, loss: "mse")
        let regression = try PreparedData(numbers)
        #expect(regression.isRegression && regression.classes.isEmpty)
        let training = try Training(numbers, data: regression)
        _ = try training.run()
        #expect(training.evaluate().map(\.name) == ["loss"])
        #expect(try training.modelFile(metrics: []).facts?.task == .regression)
    }
}

@Test("pictures in one folder per class, dark on white")
func pictures() throws {
    try Fixtures.temporaryFolder { folder in
        for (name, ink) in [("b", 0), ("a", 60)] {
            let inner = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
            for index in 0..<4 {
                var pixels = [UInt8](repeating: 255, count: 12)
                pixels[index] = UInt8(ink)
                try writePNG(
                    GrayImage(width: 4, height: 3, pixels: pixels), to: inner.path + "/\(index).png")
            }
        }
        let recipe = try recipe(
            "pictures: \(folder.path)\nsplit: { test: 2, random_state: 0, stratify: true }\npreprocess: [Rescaling]",
            outputs: 2)
        let data = try PreparedData(recipe)
        #expect(data.classes == ["a", "b"] && data.inputShape == [3, 4])
        #expect((data.train.count, data.test?.count) == (6, 2))
        guard case .classes(let test)? = data.test?.targets.first else {
            Issue.record("no classes")
            return
        }
        #expect(test.sorted() == [0, 1])
        #expect(data.picture?.framing == .pixels && data.picture?.resampling == nil)
    }
}

@Test("a constant column is not divided by zero")
func constantColumn() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        try "a,b,c\n1,5,x\n2,5,y\n3,5,x\n4,5,y\n".write(toFile: path, atomically: true, encoding: .utf8)
        let recipe = try recipe("csv: \(path)\ntarget: c\npreprocess: [StandardScaler]", outputs: 2)
        let layer = try #require(try PreparedData(recipe).preprocessing.first as? Normalization)
        #expect(layer.constants?.mean.values == [2.5, 5] && layer.constants?.variance.values == [1.25, 1])
    }
}

@Test(
    "the error for data that do not fit the model",
    arguments: [
        ("a,c\n1,x\n2,y\n3,z\n", 2, "3 classes, but the model has 2 outputs"),
        ("a,c\n1,x\n2,x\n", 2, "one class"),
        ("a,c\n1,x\nNA,y\n", 2, "row 2"),
        ("a,c\n1,x\nfoo,y\n", 2, "row 2"),
        ("a,c\n", 2, "rows"),
        ("a,d\n1,x\n", 2, "column"),
    ])
func unfitData(table: String, outputs: Int, words: String) throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        try table.write(toFile: path, atomically: true, encoding: .utf8)
        let recipe = try recipe("csv: \(path)\ntarget: c", outputs: outputs)
        let error = #expect(throws: CellarError.self) {
            try Training(recipe, data: PreparedData(recipe))
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}

@Test("paths are relative to the current folder, or to the parent of the recipe's folder")
func paths() throws {
    try Fixtures.temporaryFolder { folder in
        let data = folder.appendingPathComponent("data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        try "a,c\n1,x\n2,y\n".write(
            to: data.appendingPathComponent("unlikely-name.csv"), atomically: true, encoding: .utf8)
        let text = try recipe("csv: data/unlikely-name.csv\ntarget: c", outputs: 2).text
        let recipe = try Recipe(text: text, file: folder.path + "/recipes/r.yaml")
        let prepared = try PreparedData(recipe)
        #expect(prepared.train.count == 2)
        // The facts have the recipe's path.
        #expect(prepared.dataset.path == "data/unlikely-name.csv")
    }
}
