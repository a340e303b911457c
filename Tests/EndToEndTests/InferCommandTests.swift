import Datasets
import Base
import Foundation
@testable import KerasFile
import Network
import Tensors
import TestSupport
import Testing

// The built `infer`, on a store with two models: a picture model `mnist` (two versions of a fixture of real Keras, with
// facts) and a table model `small`, p(good) = sigmoid(a − b).

@Test("pictures: the standard model, several files, one of them bad")
func pictures() throws {
    try inStore { store in
        let (seven, two) = try (store.digit(0), store.digit(1))
        let lines = try store.infer(seven, two)
        #expect(lines.status == 0 && lines.errors == "")
        let rows = lines.output.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(rows.map { $0.prefix(2).map(String.init) } == [[seven, "7"], [two, "2"]])
        #expect(rows.allSatisfy { $0.count == 3 && (Float($0[2]) ?? 0) > 0.5 })

        let mixed = try store.infer(seven, store.path("nothing.png"), two, "--json")
        #expect(mixed.status == 66)
        let answers = try #require(try JSON(parsing: mixed.output).array)
        #expect(answers.compactMap { $0["file"]?.string } == [seven, two])
        #expect(answers[0]["model"]?.string == "mnist:2")
        #expect(answers[0]["probabilities"]?.object?.keys == (0..<10).map(String.init))
        let error = try JSON(parsing: mixed.errors)["error"]
        #expect(error?["file"]?.string == store.path("nothing.png") && error?["message"]?.string != nil)

        let models = try store.infer(seven, "--model", "mnist:1", "--model", "mnist:2")
        #expect(models.output.hasPrefix("file\tmnist:1\tmnist:2\n\(seven)\t7 (9"))
    }
}

@Test("a plain call answers as the same call in full does, errors too")
func plainCall() throws {
    try inStore { store in
        let (seven, missing) = try (store.digit(0), store.path("nothing.png"))
        for words in [
            [seven], [seven, "--json"], [seven, missing, "--model", "mnist:1"], [missing],
            [missing, "--json"],
            [seven, "--model", "mnist:9"], [seven, "--model"], [seven, "--threads", "0"],
            [seven, "--colour"],
        ] {
            let (short, full) = try (store.infer(words), store.infer(["predict"] + words))
            #expect(short.status == full.status && short.output == full.output && short.errors == full.errors)
        }
    }
}

@Test("tables: the one model that fits is found, output is whole or absent, pipes work")
func tables() throws {
    try inStore { store in
        let table = try store.file("in.csv", "id,b,a\n1,0,2\n2,2,0\n")
        let output = store.path("out.csv")
        #expect(try store.infer("score", table, "-o", output).status == 0)
        let expected = "id,b,a,prediction,probability\n1,0,2,good,0.880797\n2,2,0,bad,0.8807971\n"
        #expect(try String(contentsOfFile: output, encoding: .utf8) == expected)
        #expect(try store.infer("score", "-", input: "id,b,a\n1,0,2\n2,2,0\n").output == expected)

        let bad = try store.infer(
            "score", "-", "-o", store.path("bad.csv"), "--json", input: "a,b\n1,2\n1,x\n")
        #expect(bad.status == 65)
        let error = try JSON(parsing: bad.errors)["error"]
        #expect(error?["line"]?.int == 3 && error?["column"]?.string == "b")
        #expect(!FileManager.default.fileExists(atPath: store.path("bad.csv")))

        for words in [
            ["score", "--json"], ["evaluate", "--json"], ["score", "x.csv", "--sorted", "--json"],
        ] {
            let usage = try store.infer(words)
            #expect(usage.status == 64 && usage.output.isEmpty)
            #expect(try JSON(parsing: usage.errors)["error"]?["message"]?.string?.isEmpty == false)
        }

        let none = try store.infer("score", "-", input: "a,c\n1,2\n")
        #expect(none.status == 64 && none.errors.contains("small:1 (2 columns)"))
        #expect(try store.infer("score", table, "-o", "/dev/full").status == 74)
    }
}

@Test("rows by hand")
func rows() throws {
    try inStore { store in
        #expect(
            try store.infer("score", "--row", "2,0").output
                == "good\t0.880797\nbad\t0.11920297\ngood\t0.880797\n")
        // A negative number is no option.
        #expect(try store.infer("score", "--row", "-2,0").status == 0)
        #expect(try store.infer("score", "--row", "-.5,0", "--model", "small").status == 0)
        let json = try JSON(parsing: store.infer("score", "--row", "a=0", "b=2", "--json").output)
        #expect(json.array?.first?["prediction"]?.string == "bad")
        #expect(json.array?.first?["probabilities"]?["bad"]?.double == 0.8807971)
        let missing = try store.infer("score", "--row", "a=1", "--model", "small")
        #expect(missing.status == 64 && missing.errors.contains("also needs b"))
        #expect(try store.infer("score").status == 64)
    }
}

@Test("evaluate, report, inspect")
func evaluate() throws {
    try inStore { store in
        let table = try store.file("in.csv", "label,b,a\ngood,0,2\nbad,2,0\ngood,1,0\n")
        let report = try store.infer("evaluate", table, "--report", store.path("r"))
        #expect(report.status == 0 && report.output.contains("accuracy  0.6667"))
        let labels = try JSON(
            parsing: store.infer("report", store.path("r/predictions.csv"), "--json").output)
        #expect(abs((labels["accuracy"]?.double ?? 0) - 2.0 / 3) < 1e-12)
        let digits = try JSON(
            parsing: store.infer("evaluate", Fixtures.data.appendingPathComponent("mnist").path, "--json")
                .output)
        #expect(
            abs((digits["accuracy"]?.double ?? 0) - 0.8897) < 1e-6 && digits["model"]?.string == "mnist:2")
        let both = try store.infer("evaluate", table, "--model", "small", "--model", "small:1")
        #expect(both.output.hasPrefix("\tsmall:1\tsmall:1\nloss\t"))

        #expect(try store.infer("inspect", "small").output.contains("Dense\t[1]\t3\tsigmoid"))
        let weights = try JSON(
            parsing: store.infer("inspect", "small", "--weights", "dense", "--json").output)
        #expect(weights.array?.first?["values"] == [1.0, -1.0])
        let unknown = try store.infer("inspect", "smal")
        #expect(unknown.status == 66 && unknown.errors.contains("small"))
        #expect(try store.infer("inspect", store.path("in.csv")).status == 65)
    }
}

private struct Store {
    let folder: URL

    struct Outcome {
        var status: Int32
        var output, errors: String
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        return path(name)
    }

    /// A picture of the MNIST test set.
    func digit(_ index: Int) throws -> String {
        let images = Fixtures.data.appendingPathComponent("mnist/t10k-images-idx3-ubyte.gz").path
        guard case .bytes(let pixels) = try readIDXImages(images).selecting([index]).storage else {
            return ""
        }
        try writePNG(GrayImage(width: 28, height: 28, pixels: pixels), to: path("\(index).png"))
        return path("\(index).png")
    }

    func infer(_ arguments: String..., input: String = "") throws -> Outcome {
        try infer(arguments, input: input)
    }

    func infer(_ arguments: [String], input: String = "") throws -> Outcome {
        let process = Process()
        process.executableURL = try Commands.url(of: "infer")
        process.arguments = arguments
        process.environment = ["CELLAR_STORE": path("models"), "PATH": "/usr/bin:/bin"]
        let (output, errors) = (path("output.txt"), path("errors.txt"))
        for (file, data) in [(output, ""), (errors, ""), (path("input.txt"), input)] {
            try Data(data.utf8).write(to: URL(fileURLWithPath: file))
        }
        process.standardInput = FileHandle(forReadingAtPath: path("input.txt"))
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8))
    }
}

private func inStore(_ body: (Store) throws -> Void) throws {
    try Fixtures.temporaryFolder { folder in
        let trained = folder.appendingPathComponent("models/TRAINED_MODEL")
        try FileManager.default.createDirectory(at: trained, withIntermediateDirectories: true)
        func save(_ file: ModelFile, _ facts: ModelFacts, _ second: Int) throws {
            var file = file
            file.facts = facts
            try writeModel(
                file, to: trained.appendingPathComponent("Model_2026_11_22_12_30_0\(second)_.h5").path)
        }
        for (second, name) in ["mnist_small_sgdm.tfk.h5", "mnist_small_bn_adam.tfk.h5"].enumerated() {
            var facts = ModelFacts(
                name: "mnist", created: "2026-11-22T12:30:0\(second)Z", generation: "keras-2.10-h5")
            facts.classes = (0..<10).map(String.init)
            try save(
                readModel(.unchecked(Fixtures.folder.appendingPathComponent("seed/\(name)").path)), facts,
                second)
        }
        var small = try Model(chain: [
            InputLayer(name: "in", shape: [2]), Dense(units: 1, activation: .sigmoid),
        ])
        try small.setWeights(
            [Tensor(shape: [2, 1], values: [1, -1]), Tensor(shape: [1], values: [0])], layer: 1)
        var facts = ModelFacts(name: "small", created: "2026-11-22T12:30:05Z", generation: "keras-2.10-h5")
        (facts.features, facts.classes) = (["a", "b"], ["bad", "good"])
        facts.hyperparameters.targets = ["label"]
        try save(ModelFile(model: small), facts, 5)
        try body(Store(folder: folder))
    }
}
