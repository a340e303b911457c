import Base
import Datasets
import Foundation
@testable import KerasFile
import Tensors
import TestSupport
import Testing

@testable import Infer

// Answers of Keras 3 and tf_keras, recorded by Golden/make_texts.py.

private let textsFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden/texts")

private func answers(_ model: String, _ form: String) throws -> [Double] {
    let said = try JSON(
        parsing: String(contentsOf: textsFolder.appendingPathComponent("answers.json"), encoding: .utf8))
    let rows = try #require(said[model]?[form]?.array)
    return rows.flatMap { $0.array ?? [] }.compactMap(\.double)
}

private func predictions(_ model: String, _ data: String, features: [String]? = nil) throws -> [Double] {
    var options = ModelOptions()
    options.features = features
    let loaded = try LoadedModel(.unchecked(textsFolder.appendingPathComponent(model).path), options: options)
    let data = textsFolder.appendingPathComponent(data).path
    var score = ScoreOptions()
    score.kept = .none
    return try Fixtures.temporaryFolder { folder in
        let output = folder.path("out")
        if data.hasSuffix(".csv") {
            _ = try scoreTable(CSVReader(path: data), with: [loaded], to: output, options: score)
            return try folder.text("out").split(separator: "\n").dropFirst().flatMap { line in
                line.split(separator: ",").compactMap { Double($0) }
            }
        }
        _ = try scoreLines(JSONLinesReader(path: data), with: [loaded], to: output, options: score)
        return try folder.text("out").split(separator: "\n").flatMap { line in
            (try JSON(parsing: String(line)).object?.members ?? []).compactMap { $0.1.double }
        }
    }
}

private func isSame(_ found: [Double], _ expected: [Double]) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 2e-6 }
}

@Test(
    "models of Keras are given texts as pandas and JSON have them: words such as NA, and blanks alone",
    arguments: ["one.k3.keras", "one.tfk.keras"], ["csv", "jsonl"])
func oddTexts(model: String, form: String) throws {
    #expect(isSame(try predictions(model, "one.\(form)"), try answers(model, form)))
}

private let several = ["three", "counts", "hashed"].flatMap { ["\($0).k3.keras", "\($0).tfk.keras"] }

@Test("several texts a sample are columns, members or an array", arguments: several)
func severalTexts(model: String) throws {
    for form in ["csv", "jsonl"] {
        let found = try predictions(model, "three.\(form)", features: ["a", "b", "c"])
        #expect(isSame(found, try answers(model, form)), "\(form)")
    }
}

@Test("texts of NumPy arrays", arguments: several + ["free.k3.keras", "free.tfk.keras"])
func textsOfArrays(model: String) throws {
    let loaded = try LoadedModel(.unchecked(textsFolder.appendingPathComponent(model).path))
    let expected = try answers(model, "npy")
    for name in ["three", "three_fortran", "three_big", "three_bytes"] {
        let samples = try readArrays([textsFolder.appendingPathComponent("\(name).npy").path], for: loaded)
        let found = try loaded.predict(samples)[0].values.map { Double($0) }
        #expect(isSame(found, expected), "\(name)")
    }
}

@Test("rows typed for a model of several texts, and an array of numbers for it")
func typedTexts() throws {
    var options = ModelOptions()
    options.features = ["a", "b", "c"]
    let model = try LoadedModel(
        .unchecked(textsFolder.appendingPathComponent("three.k3.keras").path), options: options)
    let expected = try answers("three.k3.keras", "jsonl")
    let rows = try HandRow.samples(["red,NA,"], for: model)
    #expect(isSame(try model.predict(rows)[0].values.map { Double($0) }, Array(expected.prefix(2))))
    try Fixtures.temporaryFolder { folder in
        let path = folder.path("numbers.npy")
        try writeNPY(Tensor(shape: [1, 3], values: [1, 2, 3]), to: path)
        let error = try #require(
            failure { () throws(CellarError) in _ = try readArrays([path], for: model) })
        #expect(error.description.contains("expected texts (U or S), found dtype \"<f4\""))
    }
}
