import Base
import Cellar
import Datasets
import Foundation
import KerasFile
import TestSupport
import Testing

private let wines = Fixtures.data.appendingPathComponent("wine.csv").path
private let recipe = Fixtures.repository.appendingPathComponent("recipes/wine.yaml").path

/// pandas and scikit-learn: of the 400 rows that train_test_split takes for testing, 78 have the features of other rows.
private let (seenRows, unseenRows) = (78, 322)

@Test("of wine's 400 test rows, 78 were seen; hashes are in the file, in exports, and optional")
func wineRowsAreSeen() throws {
    try Fixtures.temporaryFolder { folder in
        let store = Store(folder.appendingPathComponent("models").path)
        var request = FitRequest(recipe: recipe)
        _ = try store.fit(request)
        request.hashesRows = false
        _ = try store.fit(request)

        let archive = folder.appendingPathComponent("wine.keras").path
        _ = try store.export(ExportRequest(reference: "wine:1", file: archive))
        for model in ["wine:1", archive] {
            var asked = EvaluateRequest(data: wines, models: [model])
            asked.split = .test
            let found = try store.evaluate(asked).evaluations[0]
            let seen = try #require(found.seen)
            #expect(seen.seen.rows == seenRows && seen.unseen.rows == unseenRows)
            let (all, old, new) = (
                try #require(found.accuracy), try #require(seen.seen.accuracy),
                try #require(seen.unseen.accuracy)
            )
            #expect(abs(all * 400 - old * 78 - new * 322) < 1e-9)
            #expect(found.json["seen"]?["samples"]?.int == 78)
            #expect(found.text.contains("\nseen      78, accuracy \(old.fixed(4))\nunseen    322, accuracy "))
        }
        let kept = try readModel(try store.trusted("wine:1").trusted)
        // pandas: 1,051 distinct rows of features are outside the test set.
        #expect(kept.trainedRows?.map(\.count) == [1051])
        #expect(try readModel(try store.trusted("wine:2").trusted).trainedRows == nil)
    }
}

@Test("the shipped models know their rows: 78 of wine's test rows were seen, and none of MNIST's")
func shippedModels() throws {
    let store = Store(Fixtures.repository.appendingPathComponent("models").path)
    var asked = EvaluateRequest(data: wines, models: ["wine:1"])
    asked.split = .test
    let wine = try store.evaluate(asked).evaluations[0]
    if FileManager.default.fileExists(atPath: "data/wine.csv") {
        // The first table of the issue: 0.679 of the seen ones and 0.748 of the others.
        #expect(wine.seen?.seen.rows == seenRows)
        #expect(abs((wine.seen?.seen.accuracy ?? 0) - 0.6795) < 1e-4)
        #expect(abs((wine.seen?.unseen.accuracy ?? 0) - 0.7484) < 1e-4)
    }
    let digits = Fixtures.data.appendingPathComponent("mnist").path
    let mnist = try store.evaluate(EvaluateRequest(data: digits, models: ["mnist:1"])).evaluations[0]
    // None of the test pictures is one of the training pictures; the filter finds a few by chance.
    #expect(mnist.seen?.seen.rows == 0 && mnist.json["seen"]?["samples"] == 0)
    #expect(!mnist.text.contains("\nseen"))
}

@Test("pictures are compared by their values; numbers have their error in both parts")
func otherRows() throws {
    try Fixtures.temporaryFolder { folder in
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        func write(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
            return path(name)
        }
        let store = Store(path("models"))
        // The first 300 test pictures are the training set here.
        let all = try readIDX(
            images: Fixtures.data.path + "/mnist/t10k-images-idx3-ubyte.gz",
            labels: Fixtures.data.path + "/mnist/t10k-labels-idx1-ubyte.gz")
        guard case .bytes(let bytes) = all.samples.storage else {
            Issue.record("no bytes")
            return
        }
        func bigEndian(_ numbers: [UInt32]) -> Data {
            Data(
                numbers.flatMap { number in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } })
        }
        try (bigEndian([0x803, 300, 28, 28]) + Data(bytes.prefix(300 * 784))).write(
            to: URL(fileURLWithPath: path("images-idx3-ubyte")))
        try (bigEndian([0x801, 300]) + Data(all.labels.prefix(300).map { UInt8($0) })).write(
            to: URL(fileURLWithPath: path("labels-idx1-ubyte")))
        let pictures = try write(
            "pictures.yaml",
            """
            name: pictures
            data:
              idx: { train: { images: \(path("images-idx3-ubyte")), labels: \(path("labels-idx1-ubyte")) } }
            model:
              - Flatten
              - Dense: { units: 10, activation: softmax }
            compile: { optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy] }
            fit: { epochs: 1, seed: 1 }
            """)
        _ = try store.fit(FitRequest(recipe: pictures))
        let seen = try store.evaluate(
            EvaluateRequest(data: Fixtures.data.path + "/mnist", models: ["pictures:1"])
        ).evaluations[0].seen
        #expect(seen?.seen.rows == 300 && seen?.unseen.rows == 9_700)

        // 7.40 is 7.4, and the label does not matter.
        let table = try write("t.csv", "a,b,y\n7.4,1,2\n3,4,5\n6,7,8\n9,1,3\n")
        let recipe = try write(
            "numbers.yaml",
            """
            name: numbers
            data: { csv: \(table), target: y }
            model:
              - Dense: { units: 1 }
            compile: { optimizer: adam, loss: mean_squared_error }
            fit: { epochs: 1, seed: 1 }
            """)
        _ = try store.fit(FitRequest(recipe: recipe))
        let other = try write("o.csv", "y,b,a\n1,1,7.40\n5,4.5,3\n8,7.0,6e0\n")
        let found = try store.evaluate(EvaluateRequest(data: other, models: ["numbers:1"])).evaluations[0]
        #expect(found.seen?.seen.rows == 2 && found.seen?.unseen.rows == 1)
        let (old, new) = (found.seen?.seen.meanSquaredError ?? 0, found.seen?.unseen.meanSquaredError ?? 0)
        #expect(abs((2 * old + new) / 3 - found.loss) < 1e-5 * found.loss)
    }
}

@Test("group: duplicates keeps equal rows in one part")
func duplicatesStayTogether() throws {
    try Fixtures.temporaryFolder { folder in
        let store = Store(folder.appendingPathComponent("models").path)
        func recipe(_ split: String, fit: String = "epochs: 1, seed: 1") throws -> String {
            let path = folder.appendingPathComponent("r.yaml").path
            let text = """
                name: wine
                data:
                  csv: \(wines)
                  target: quality
                  split: { \(split) }
                model:
                  - Dense: { units: 1, activation: sigmoid }
                compile: { optimizer: adam, loss: binary_crossentropy }
                fit: { \(fit) }
                """
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }
        for more in ["", ", stratify: true"] {
            let result = try store.fit(
                FitRequest(
                    recipe: recipe(
                        "test: 0.25, validation: 0.25, random_state: 42, group: duplicates" + more)))
            guard case .saved(let version, _, let facts) = result.end else { continue }
            let dataset = try #require(facts.dataset)
            #expect(dataset.trainRows + dataset.validationRows + dataset.testRows == 1599)
            // A quarter of 1,359 distinct rows, and their copies.
            #expect((340...440).contains(dataset.testRows))
            var asked = EvaluateRequest(data: wines, models: [version.reference])
            asked.split = .test
            let found = try store.evaluate(asked).evaluations[0]
            #expect(found.count == dataset.testRows)
            #expect(found.seen?.seen.rows == 0)
            #expect(found.logs[0].value.isNaN == false)
            #expect(abs(found.loss - (facts.metric("loss", on: "test") ?? 0)) < 1e-6)
        }
        #expect(throws: CellarError.self) {
            try store.fit(FitRequest(recipe: recipe("test: 0.25, group: rows")))
        }
        #expect(throws: CellarError.self) {
            try store.fit(
                FitRequest(
                    recipe: recipe("test: 0.25, group: duplicates", fit: "epochs: 1, validation_split: 0.1")))
        }
    }
}
