import Foundation
import Base
import TestSupport
import Testing

// The story of the README with the built commands: train, go on, list, compare, promote, predict, evaluate, verify.

private let wines = Workplace.shipped("data/wine.csv")
private let wineRecipe = Workplace.shipped("recipes/wine.yaml")

@Test("wine: trained, gone on with, compared, promoted, scored, evaluated, exported, verified")
func wineStory() throws {
    try Workplace.make { place in
        let first = try place.trainer("fit", wineRecipe, "--epochs", "3", "--quiet", "--json").json
        #expect(first["reference"]?.string == "wine:1" && first["epochs"]?.int == 3)
        #expect(try place.trainer("fit", wineRecipe, "--from", "wine:1", "--epochs", "5").status == 0)
        #expect(try place.trainer("fit", wineRecipe, "--epochs", "5", "--quiet").status == 0)

        let versions = try place.registry("list", "--json").json.array ?? []
        #expect(versions.map { $0["reference"]?.string } == ["wine:3", "wine:2", "wine:1"])
        // Three epochs and two more are five: weights and optimizer state went on.
        #expect(versions[0]["metrics"] == versions[1]["metrics"])
        #expect(versions[1]["metrics"] != versions[2]["metrics"])
        let compared = try place.registry("compare", "wine:1", "wine:2", "--json").json
        #expect(compared["versions"] == ["wine:1", "wine:2"])
        #expect(try place.registry("lineage", "wine:2").output.contains("resumed-from wine:1"))

        let promoted = try place.registry("promote", "--best", "val_loss", "--model", "wine", "--json").json
        #expect(promoted["alias"]?.string == "wine@best" && promoted["version"]?.string == "wine:3")
        let shown = try place.registry("show", "wine@best", "--json").json
        #expect(shown["reference"]?.string == "wine:3" && shown["parameters"]?.int == 731)
        let rows = ["train_rows", "validation_rows", "test_rows"].map { shown["dataset"]?[$0]?.int }
        #expect(rows == [899, 300, 400])

        #expect(try place.infer("score", wines, "-o", place.path("out.csv")).status == 0)
        let lines = try place.text("out.csv").split(separator: "\n")
        #expect(lines.count == 1600 && lines[0].hasSuffix(",alcohol,quality,prediction,probability"))
        #expect(lines[1].hasPrefix("7.4,0.7,0.0,1.9,0.076,11.0,34.0,0.9978,3.51,0.56,9.4,bad,"))

        let evaluated = try place.infer("evaluate", wines, "--report", place.path("report"), "--json")
        #expect(evaluated.errors.contains("was trained on 899 rows of this table"))
        let report = try evaluated.json
        #expect(report["model"]?.string == "wine:3" && report["samples"]?.int == 1599)
        let again = try place.infer("report", place.path("report/predictions.csv"), "--json").json
        #expect(again["accuracy"] == report["accuracy"])
        #expect(again["confusion_matrix"] == report["confusion_matrix"])
        #expect(again["classification_report"] == report["classification_report"])

        #expect(try place.registry("export", "wine@best", place.path("out.h5")).status == 0)
        #expect(try place.registry("import", place.path("out.h5"), "--store", "other").status == 0)
        let values = "7.4,0.7,0,1.9,0.076,11,34,0.9978,3.51,0.56,9.4"
        let here = try place.infer("score", "--row", values)
        #expect(here.status == 0 && here.output.hasPrefix("bad\t"))
        #expect(try place.infer("score", "--row", values, "--store", "other").output == here.output)
        #expect(try place.registry("verify", "--json").json["findings"] == [])
    }
}

@Test(
    "the rows that were kept from training are found again, and measure what the trainer measured",
    arguments: [
        "test: 0.25, validation: 0.25, random_state: 42", "test: 0.2, stratify: true",
        "test: 300, shuffle: false",
    ])
func keptRows(split: String) throws {
    try Workplace.make { place in
        let recipe = try place.file(
            "wine.yaml",
            """
            data: { csv: \(wines), target: quality, split: { \(split) }, preprocess: [StandardScaler] }
            model:
              - Dense: { units: 4, activation: relu }
              - Dense: { units: 1, activation: sigmoid }
            compile: { optimizer: adam, loss: binary_crossentropy, metrics: [accuracy] }
            fit: { epochs: 2, batch_size: 64, validation_split: 0.1 }
            """.replacingOccurrences(
                of: ", validation_split: 0.1",
                with: split.contains("validation") ? "" : ", validation_split: 0.1"))
        #expect(try place.trainer("fit", recipe, "--quiet").status == 0)
        let shown = try place.registry("show", "wine", "--json").json
        for part in ["test", "validation", "train"] {
            let said = try place.infer(
                "evaluate", wines, "--split", part, "--report", place.path(part), "--json")
            #expect(said.errors.isEmpty)
            let rows = shown["dataset"]?["\(part)_rows"]?.int
            #expect(try said.json["samples"]?.int == rows)
            let numbers = try place.text("\(part)/predictions.csv").split(separator: "\n").dropFirst().map {
                Int($0.prefix { $0 != "," }) ?? 0
            }
            #expect(numbers.count == rows && numbers == numbers.sorted() && Set(numbers).count == rows)
        }
        let measured = try place.infer("evaluate", wines, "--split", "test", "--json").json
        for name in ["loss", "accuracy"] {
            let (here, there) = (measured[name]?.double, shown["metrics"]?["test_\(name)"]?.double)
            #expect(abs((here ?? 0) - (there ?? 1)) < 1e-6, "\(name)")
        }
        // Another table, or data that are no table: nobody knows which rows these are.
        let other = try place.file(
            "other.csv",
            try String(contentsOfFile: wines, encoding: .utf8).replacingOccurrences(
                of: "7.4,0.7,", with: "7.5,0.7,"))
        let refused = try place.infer("evaluate", other, "--model", "wine", "--split", "test")
        #expect(refused.status == 64 && refused.errors.contains("was not trained on this table"))
    }
}

@Test("digits: trained on MNIST, evaluated, and a picture is named")
func digitStory() throws {
    try Workplace.make { place in
        let mnist = Workplace.shipped("data/mnist")
        let recipe = try place.file(
            "digits.yaml",
            """
            data:
              idx: { train: { images: \(mnist)/t10k-images-idx3-ubyte.gz, labels: \(mnist)/t10k-labels-idx1-ubyte.gz } }
              validation: { first: 1000 }
              preprocess: [Rescaling]
            model:
              - Flatten: { input_shape: [28, 28] }
              - Dense: { units: 32, activation: relu }
              - Dense: { units: 10, activation: softmax }
            compile: { optimizer: adam, loss: sparse_categorical_crossentropy, metrics: [accuracy] }
            fit: { epochs: 2, batch_size: 32, seed: 1 }
            """)
        let fit = try place.trainer("fit", recipe)
        #expect(fit.status == 0 && fit.output.contains("Saved digits:1 as models/TRAINED_MODEL/Model_"))
        #expect(fit.output.contains("balanced: largest to smallest class 1.27"))
        // What to type next is called as this command was.
        let registry = try Commands.url(of: "registry").path
        #expect(fit.output.contains("\n  \(registry) show digits:1\n"))
        #expect(fit.errors.hasPrefix("Epoch 1/2: 282/282 - "))

        let seven = Workplace.shipped("data/digits/7_mnist.png")
        #expect(try place.infer(seven, "--model", "digits").output.hasPrefix("\(seven)\t7\t0."))
        // The only model in the store that takes pictures needs no name.
        #expect(try place.infer(seven).output.hasPrefix("\(seven)\t7\t0."))
        let report = try place.infer("evaluate", mnist, "--model", "digits", "--json").json
        #expect(report["samples"]?.int == 10000 && (report["accuracy"]?.double ?? 0) > 0.9)
    }
}

@Test(
    "the reference networks have Keras' numbers of parameters",
    arguments: [
        ("mnist", 266_610, 0), ("mnist-adam", 266_610, 0), ("mnist-bn", 268_210, 800),
        ("mnist-cnn", 83_466, 96), ("wine", 731, 0),
    ])
func parameterCounts(recipe: String, parameters: Int, fixed: Int) throws {
    try Workplace.make { place in
        let summary = try place.trainer("summary", Workplace.shipped("recipes/\(recipe).yaml"), "--json").json
        #expect(summary["parameters"]?.int == parameters)
        #expect(summary["non_trainable_parameters"]?.int == fixed)
    }
}

@Test("Ctrl-C keeps a checkpoint, from which the same weights come as without it")
func interrupted() throws {
    try Workplace.make { place in
        // Callbacks away: the run is to last until it is told to end.
        let recipe = try place.file(
            "wine.yaml",
            String(contentsOfFile: wineRecipe, encoding: .utf8).components(separatedBy: "callbacks:")[0]
                .replacing("data/wine.csv", with: wines)
                + "\ncallbacks: [{ CSVLogger: { filename: epochs.csv } }]\n")
        let arguments = ["fit", recipe, "--epochs", "20000", "--json"]
        let stopped = try place.run("trainer", arguments) { process, _ in
            while process.isRunning, (try? place.text("epochs.csv").split(separator: "\r\n").count) ?? 0 < 3 {
                Thread.sleep(forTimeInterval: 0.01)
            }
            process.interrupt()
        }
        try #require(stopped.status == 130)
        let kept = try stopped.json
        let epochs = "\((kept["epoch"]?.int ?? 0) + 1)"
        let file = try #require(kept["file"]?.string)
        #expect(kept["interrupted"] == true && file.hasPrefix("checkpoints/wine_"))
        #expect(!place.exists("models/registry.sqlite"))

        let resumed = try place.trainer("fit", recipe, "--from", file, "--epochs", epochs, "--json").json
        let straight = try place.trainer("fit", recipe, "--epochs", epochs, "--json").json
        #expect(resumed["metrics"] != nil && resumed["metrics"] == straight["metrics"])
        #expect(resumed["history"] == straight["history"])
    }
}
