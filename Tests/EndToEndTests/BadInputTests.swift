import Foundation
import Base
import TestSupport
import Testing

// What a stranger gets wrong: a clear error, the exit status of sysexits(3), and nothing half-written.

private let head =
    "fixed acidity,volatile acidity,citric acid,residual sugar,chlorides,free sulfur dioxide,"
    + "total sulfur dioxide,density,pH,sulphates,alcohol,quality\n"
private let row = "7.4,0.7,0.0,1.9,0.076,11.0,34.0,0.9978,3.51,0.56,9.4,bad\n"

@Test(
    "tables that cannot be trained on or scored",
    arguments: [
        (head + row + "7.4,0.7\n", ["row 2", "expected 12 fields", "found 2"]),
        (head + row + row.replacing("0.56", with: "much"), ["row 2", "sulphates", "much"]),
        (head + row.replacing("0.56", with: "nan"), ["row 1", "sulphates", "nan"]),
        (head + row.replacing("0.56", with: ""), ["row 1", "sulphates", "empty field"]),
        (head.replacing("alcohol", with: "spirit") + row, ["alcohol"]), (head, ["rows"]),
        ("", ["empty file"]),
    ])
func badTables(text: String, said: [String]) throws {
    try Workplace.make { place in
        let table = try place.file("in.csv", text)
        let scored = try place.infer(
            "score", table, "-o", place.path("out.csv"), "--model", "wine", "--store", shippedStore)
        #expect(scored.status == 65 && said.allSatisfy(scored.errors.contains), "\(scored.errors)")
        #expect(!place.exists("out.csv"))

        let recipe = try place.file("wine.yaml", try recipe("wine").replacing("data/wine.csv", with: table))
        let fit = try place.trainer("fit", recipe, "--quiet", "--epochs", "1")
        // A recipe that names no features takes the columns that are there.
        if !text.contains("spirit") {
            #expect(fit.status == 65 && said.allSatisfy(fit.errors.contains), "\(fit.errors)")
            #expect(!place.exists("models"))
        }
    }
}

@Test(
    "a bad table on standard input is an error, as in a file", arguments: ["", "1,2\n3,4\n", "\u{1F}\u{8B}"])
func badStandardInput(text: String) throws {
    try Workplace.make { place in
        for command in [["report"], ["score", "--model", "wine", "--store", shippedStore]] {
            let done = try place.run("infer", [command[0], "-"] + command.dropFirst(), input: text)
            #expect(done.status == 65 && done.errors.contains("standard input"), "\(done.errors)")
        }
    }
}

@Test(
    "recipes with a mistake name its line and the nearest word, before anything is trained",
    arguments: [
        ("Dense:", "Dens:", "line 9", "Dense"), ("units:", "unitz:", "line 9", "units"),
        ("activation: relu", "activation: rellu", "line 9", "relu"),
        ("compile:", "complie:", "line 13", "compile"),
        ("optimizer: adam", "optimizer: adm", "line 13", "Adam"),
        ("EarlyStopping", "EarlyStoping", "line 17", "EarlyStopping"),
        ("monitor: val_loss", "monitor: val_los", "line 17", "val_loss"),
        ("epochs: 40", "epochs: forty", "line 15", "number"),
        ("data:", "data: {", "line 5", "YAML"),
    ])
func badRecipes(right: String, wrong: String, line: String, word: String) throws {
    try Workplace.make { place in
        let text = try recipe("wine")
        let spot = try #require(text.range(of: right))
        let path = try place.file("wrong.yaml", text.replacingCharacters(in: spot, with: wrong))
        let fit = try place.trainer("fit", path)
        #expect(fit.status == 65 && fit.output == "")
        #expect(fit.errors.contains("\(path): \(line): ") && fit.errors.contains(word), "\(fit.errors)")
        #expect(!place.exists("models"))
    }
}

@Test("a name that no model can have is refused before the training, not after it")
func badName() throws {
    try Workplace.make { place in
        for name in ["../elsewhere", "two words", "x.h5"] {
            let fit = try place.trainer("fit", Workplace.shipped("recipes/wine.yaml"), "--name", name)
            #expect(fit.status == 64 && fit.errors.contains(name) && !fit.errors.contains("Epoch"))
        }
        #expect(!place.exists("models") && !place.exists("checkpoints") && !place.exists("../elsewhere"))
    }
}

@Test("files that are not what they are called")
func wrongFiles() throws {
    try Workplace.make { place in
        let text = try place.file("text.h5", "hello")
        let model = URL(fileURLWithPath: shippedStore).appendingPathComponent("TRAINED_MODEL")
        let shipped = try FileManager.default.contentsOfDirectory(atPath: model.path).filter {
            $0.hasSuffix(".h5")
        }
        let whole = try Data(contentsOf: model.appendingPathComponent(#require(shipped.min())))
        let half = try place.file("half.h5", whole.prefix(whole.count / 2))
        let digit = Workplace.shipped("data/digits/3_paper.png")
        for file in [text, half] {
            #expect(try place.registry("import", file).status == 65)
            #expect(try place.infer(digit, "--model", file).status == 65)
        }
        #expect(try place.registry("import", place.path("none.h5")).status == 66)
        #expect(!place.exists("models"))

        let empty = place.folder.appendingPathComponent("empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        for (picture, status, said) in [
            (try place.file("no.png", "hello"), 65 as Int32, "expected a PNG or JPEG picture, found text"),
            (
                try place.file("half.png", Data(contentsOf: URL(fileURLWithPath: digit)).prefix(200)), 65,
                "truncated"
            ),
            (place.path("none.png"), 66, "no such file"), (empty.path, 66, "folder"),
        ] {
            let answer = try place.infer(picture, "--store", shippedStore)
            #expect(answer.status == status && answer.output == "" && answer.errors.contains(said))
        }

        // Data that do not fit the model.
        #expect(try place.infer(digit, "--model", "wine", "--store", shippedStore).status == 65)
        let wines = Workplace.shipped("data/wine.csv")
        #expect(try place.infer("evaluate", wines, "--model", "mnist", "--store", shippedStore).status == 65)
    }
}

@Test("an output that cannot be made has one exit code, whoever makes it")
func impossibleOutputs() throws {
    try Workplace.make { place in
        let wines = Workplace.shipped("data/wine.csv")
        for name in ["out.h5", "out.keras", "out.onnx"] {
            let said = try place.registry("export", "wine", "none/" + name, "--store", shippedStore)
            #expect(
                said.status == 73 && said.errors.contains("none"), "\(name): \(said.status) \(said.errors)")
        }
        let scored = try place.infer(
            "score", wines, "-o", "none/out.csv", "--model", "wine", "--store", shippedStore)
        #expect(scored.status == 73 && scored.errors.contains("none/out.csv"))
        // A table's error has its place for programs, from whichever command.
        let recipe = try place.file(
            "r.yaml",
            """
            data: { csv: \(try place.file("t.csv", "a,b,c\n1,2,x\n1,u,y\n")), target: c }
            model: [Dense: { units: 1, activation: sigmoid }]
            compile: { optimizer: sgd, loss: binary_crossentropy }
            """)
        let error = try JSON(parsing: place.trainer("fit", recipe, "--json").errors)["error"]
        #expect(error?["file"]?.string?.hasSuffix("t.csv") == true && error?["column"]?.string == "b")
        #expect(error?["line"]?.int == 3)
    }
}

@Test("a store that cannot be written is noticed before the training")
func unwritableStore() throws {
    try Workplace.make { place in
        let store = try place.file("file", "") + "/models"
        let fit = try place.trainer("fit", Workplace.shipped("recipes/wine.yaml"), "--store", store)
        #expect(fit.status == 73 && !fit.errors.contains("Epoch"), "\(fit.status) \(fit.errors)")
        #expect(try place.registry("list", "--store", place.path("none")).status == 66)
        #expect(try place.trainer("fit", place.path("none.yaml")).status == 66)
        #expect(
            try place.trainer("fit", Workplace.shipped("recipes/wine.yaml"), "--epochs", "0").status == 64)
    }
}

/// The reference models; a command that only reads them makes at most their index.
private let shippedStore = Workplace.shipped("models")

private func recipe(_ name: String) throws -> String {
    try String(contentsOfFile: Workplace.shipped("recipes/\(name).yaml"), encoding: .utf8)
}
