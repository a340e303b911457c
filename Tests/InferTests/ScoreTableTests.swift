import Base
import Datasets
import Foundation
@testable import KerasFile
import Network
import Tensors
import TestSupport
import Testing

@testable import Infer

private func score(
    _ text: String, _ models: [LoadedModel], prefix: String = "", in folder: URL
) throws -> String {
    let file = try folder.file("in.csv", text)
    let rows = try scoreTable(
        CSVReader(path: file), with: models, to: folder.path("out.csv"), options: ScoreOptions(prefix: prefix)
    )
    #expect(rows > 0)
    return try folder.text("out.csv")
}

@Test("input columns are copied byte for byte, and are found by name in any order")
func columnsKept() throws {
    try Fixtures.temporaryFolder { folder in
        let input = "\u{FEFF}name, b ,\"a\"\r\n\"Smith, \"\"J\"\"\",  2.50,2.5\r\n\"two\nlines\",0,1e1\r\n"
        let found = try score(input, [SmallModels.binary()], in: folder)
        #expect(
            found
                == "name, b ,\"a\",prediction,probability\r\n\"Smith, \"\"J\"\"\",  2.50,2.5,bad,0.5\r\n"
                + "\"two\nlines\",0,1e1,good,0.9999546\r\n")
    }
}

@Test("more than two classes have a column each, with the table's delimiter, quoted if necessary")
func classColumns() throws {
    try Fixtures.temporaryFolder { folder in
        let found = try score("a;b\n0;0\n0;5\n", [SmallModels.multiclass()], in: folder)
        let lines = found.split(separator: "\n")
        #expect(lines[0] == "a;b;prediction;probability;probability_x;probability_y;probability_z, or other")
        #expect(lines[1] == "0;0;x;0.33333334;0.33333334;0.33333334;0.33333334")
        #expect(lines[2].hasPrefix("0;5;y;0.9867"))
        let commas = try score("a,b\n-5,-5\n", [SmallModels.multiclass()], in: folder)
        #expect(commas.contains("-5,-5,\"z, or other\",0.98"))
        #expect(commas.contains("\"probability_z, or other\""))
    }
}

@Test("measured values have no probability")
func measured() throws {
    try Fixtures.temporaryFolder { folder in
        let found = try score("b,a\n1,2\n", [SmallModels.regression()], in: folder)
        #expect(found == "b,a,prediction\n1,2,8\n")
    }
}

@Test("several models add columns with their names")
func severalModels() throws {
    try Fixtures.temporaryFolder { folder in
        let found = try score(
            "b,a\n1,2\n", [SmallModels.regression(), SmallModels.binary(name: "small:2")], prefix: "my ",
            in: folder)
        #expect(
            found == "b,a,my line prediction,my small:2 prediction,my small:2 probability\n"
                + "1,2,8,good,0.7310586\n")
    }
}

@Test("long tables are processed in blocks, with all rows in order")
func manyRows() throws {
    try Fixtures.temporaryFolder { folder in
        var text = "a,b,id\n"
        for row in 0..<60_000 { text += "\(row),-1,row \(row)\n" }
        let file = try folder.file("in.csv", text)
        let rows = try scoreTable(
            CSVReader(path: file, block: 4096), with: [SmallModels.regression()], to: folder.path("out.csv"))
        #expect(rows == 60_000)
        let lines = try folder.text("out.csv").split(separator: "\n")
        #expect(lines.count == 60_001)
        let wrong = (0..<60_000).first { row in
            let fields = lines[row + 1].split(separator: ",")
            return fields.dropLast() != ["\(row)", "-1", "row \(row)"]
                || Float(fields[3]) != Float(2 * row - 2)
        }
        #expect(wrong == nil)
    }
}

@Test(
    "the error for a bad table has its place, and no output is left",
    arguments: [
        ("a,b\n1,2\n1\n", Optional(3), String?.none, "row 2"), ("a,b\n1,2\n\n1,two\n", 4, "b", "\"two\""),
        ("a,b\n1,2\n1,\n", 3, "b", "empty field"), ("a,b\n1,NaN\n", 2, "b", "NaN"),
        ("a,c\n1,2\n", nil, "b", "column"),
        ("", nil, nil, "empty file"), ("a,b\n", nil, nil, "none"), ("a,b\n1,1e99\n", 2, "b", "1e99"),
        ("a,b,prediction\n1,2,x\n", nil, "prediction", "--prefix"), ("a,b\n1,inf\n", 2, "b", "finite"),
    ])
func badTable(_ text: String, _ line: Int?, _ column: String?, _ words: String) throws {
    try Fixtures.temporaryFolder { folder in
        let file = try folder.file("in.csv", text)
        let output = try folder.file("out.csv", "what was there before")
        let error = try #require(
            failure { _ = try scoreTable(CSVReader(path: file), with: [SmallModels.binary()], to: output) })
        #expect(error.category == .badData)
        #expect(error.place.line == line && error.place.column == column && error.place.file == file)
        #expect(error.description.contains(words), "\(error)")
        #expect(try folder.text("out.csv") == "what was there before")
        #expect(try folder.names == ["in.csv", "out.csv"])
    }
}

@Test("a table to score is read by the same rules as one to train on")
func sameRules() throws {
    try Fixtures.temporaryFolder { folder in
        let model = try SmallModels.regression()
        #expect(try score("a,b\nTrue,1\nfalse,2\n", [model], in: folder).hasSuffix("True,1,6\nfalse,2,7\n"))
        let cr = try score("a|b\r1|1\r2|2\r", [model], in: folder)
        #expect(cr == "a|b|prediction\n1|1|6\n2|2|11\n")
        for (text, row, column) in [
            ("a;b\n1.234;1\n980;2\n", 1, "a"), ("b,a\n1,True\n1,0\n", 2, "a"),
            ("a,b,c\n1,2,x\n1,2,\u{0}\n", 2, "c"),
        ] {
            let error = failure { _ = try score(text, [model], in: folder) }
            #expect(error?.place.row == row && error?.place.column == column, "\(text) \(error as Any)")
        }
        let numbers = failure { _ = try score("1,2\n3,4\n", [model], in: folder) }
        #expect(numbers?.remedy?.contains("--no-header") == true)
    }
}

@Test("the error for an infinite prediction has the row")
func nonFinitePrediction() throws {
    try Fixtures.temporaryFolder { folder in
        let error = try #require(
            failure { _ = try score("a,b\n1,2\n3e38,3e38\n", [SmallModels.regression()], in: folder) })
        #expect(error.category == .badData && "\(error)".contains("row 2"))
        #expect(try folder.names == ["in.csv"])
    }
}

@Test("missing inputs and unwritable outputs")
func files() throws {
    try Fixtures.temporaryFolder { folder in
        #expect(failure { _ = try CSVReader(path: folder.path("nothing.csv")) }?.category == .noInput)
        #expect(failure { _ = try CSVReader(path: folder.path) }?.category == .noInput)
        let file = try folder.file("in.csv", "a,b\n1,2\n")
        let model = try SmallModels.binary()
        let error = failure {
            _ = try scoreTable(CSVReader(path: file), with: [model], to: folder.path("no/out.csv"))
        }
        #expect(error?.category == .cannotCreate)
        let full = try #require(
            failure { _ = try scoreTable(CSVReader(path: file), with: [model], to: "/dev/full") })
        #expect(full.category == .inputOutput && full.message.contains("space"))
    }
}

@Test(
    "the error for a model without names of columns asks for them; classes without names have their numbers")
func unnamed() throws {
    try Fixtures.temporaryFolder { folder in
        let file = try folder.file("in.csv", "a,b\n1,2\n")
        func score(_ model: LoadedModel) -> CellarError? {
            failure { _ = try scoreTable(CSVReader(path: file), with: [model], to: folder.path("out.csv")) }
        }
        let columns = try #require(score(SmallModels.seed("wine_adam.tfk.h5", classes: ["bad", "good"])))
        #expect(columns.category == .usage && columns.explanation.contains("--features"))
        let unnamed = try SmallModels.seed("wine_adam.tfk.h5", features: SmallModels.wineColumns)
        #expect(try unnamed.outputMeaning().classes == ["0", "1"])
        let few = try #require(failure { _ = try SmallModels.seed("wine_adam.tfk.h5", features: ["a"]) })
        #expect(few.category == .usage && few.message.contains("11"))
        let many = try #require(score(SmallModels.seed("wine_adam.tfk.h5", classes: ["a", "b", "c"])))
        #expect(many.category == .usage)
        let same = try #require(
            score(
                SmallModels.seed("wine_adam.tfk.h5", classes: ["a", "a"], features: SmallModels.wineColumns)))
        #expect(same.category == .usage && same.message.contains("two classes"))
    }
}

/// Computes 2a + 3b + 1 with this number of threads.
private func line(threads: Int) throws -> LoadedModel {
    var options = ModelOptions()
    options.threads = threads
    return try LoadedModel(
        SmallModels.regression().file, path: "small.h5", name: "line", options: options)
}

@Test(
    "the output does not depend on the number of threads or the block size", arguments: [1, 2, 3, 8],
    [64, 5000, 1 << 18])
func threads(_ threads: Int, _ block: Int) throws {
    try Fixtures.temporaryFolder { folder in
        var (text, wanted) = ("a,b,note\n", "a,b,note,prediction\n")
        for row in 0..<20_000 {
            let note = row % 100 == 7 ? "\"line \(row)\n\"\"1,2,x\"\"\n\"" : "\(row)"
            let end = row % 3 == 0 ? "\r\n" : "\n"
            text += "\(row % 777),\(row % 91),\(note)\(end)"
            wanted += "\(row % 777),\(row % 91),\(note),\(2 * (row % 777) + 3 * (row % 91) + 1)\(end)"
            if row % 1000 == 999 { text += "\n \n" }
        }
        let file = try folder.file("in.csv", text)
        let rows = try scoreTable(
            CSVReader(path: file, block: block), with: [line(threads: threads)], to: folder.path("out.csv"))
        #expect(rows == 20_000)
        #expect(try folder.text("out.csv") == wanted)
    }
}

@Test(
    "an error far down has its place for any number of threads, and leaves no output", arguments: [1, 2, 3])
func faultFarDown(threads: Int) throws {
    try Fixtures.temporaryFolder { folder in
        var text = "a,b,note\n"
        for row in 1...30_000 { text += "\(row),1,\(row % 10 == 0 ? "\"two\nlines\"" : "one")\n" }
        let model = try line(threads: threads)
        func fail(with more: String) throws -> CellarError {
            let file = try folder.file("in.csv", text + more + "2,three,\n")
            return try #require(
                failure {
                    _ = try scoreTable(
                        CSVReader(path: file, block: 4096), with: [model], to: folder.path("out.csv"))
                })
        }
        let field = try fail(with: "1,x,\n")
        #expect(field.place.line == 33_002 && field.place.column == "b" && "\(field)".contains("row 30001"))
        let few = try fail(with: "1,2,\n\n1\n")
        #expect(few.place.line == 33_004 && few.place.column == nil && "\(few)".contains("row 30002"))
        let quote = try fail(with: "1,2,\"a\"b\n")
        #expect(quote.place.line == 33_002 && quote.place.column == "note")
        let open = try fail(with: "1,2,\"a\n")
        #expect(open.place.line == 33_002 && open.message.contains("closing quote"))
        let answer = try fail(with: "1,2,\n3e38,3e38,\n1,2,\n")
        #expect(answer.place.row == 30_002 && answer.message.contains("line"))
        #expect(try folder.names == ["in.csv"])
    }
}

@Test("an error ends the run while the pipe is still open")
func faultInOpenPipe() throws {
    try Fixtures.temporaryFolder { folder in
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("a,b\n1,2\n1,x\n".utf8))
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        let model = try line(threads: 2)
        let error = try #require(
            failure {
                _ = try scoreTable(
                    CSVReader(descriptor: descriptor, name: "pipe"), with: [model], to: folder.path("out.csv")
                )
            })
        #expect(error.place.line == 3 && error.place.column == "b" && error.place.file == "pipe")
        #expect(try folder.names.isEmpty)
        try pipe.fileHandleForWriting.close()
    }
}

@Test("blanks belong to the texts of a model that no table trained, as for Keras")
func blanksOfTexts() throws {
    let lookup = try LayerTable.make(
        className: "StringLookup", config: ["vocabulary": ["a", "a ", " a", "b "], "output_mode": "count"])
    var model = try Model(chain: [InputLayer(name: "t", shape: [1], isText: true), lookup, Dense(units: 1)])
    try model.setWeights(
        [Tensor(shape: [5, 1], values: [0, 1, 2, 3, 4]), Tensor(shape: [1], values: [0])], layer: 2)
    let loaded = try LoadedModel(ModelFile(model: model), path: "texts.keras", name: "texts")
    try Fixtures.temporaryFolder { folder in
        let found = try score("n,t\n1,a\n1,\"a \"\n1,\" a\"\n1,b\n1,\"b \"\n", [loaded], in: folder)
        #expect(
            found.split(separator: "\n").dropFirst().map { $0.split(separator: ",").last } == [
                "1", "2", "3", "0", "4",
            ])
    }
}
