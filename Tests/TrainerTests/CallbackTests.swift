import Foundation
import Base
import Network
import TestSupport
import Testing

@testable import Trainer

/// A recorded run of a tf_keras callback, from make_callbacks.py.
private let golden: JSON = {
    let file = Fixtures.repository.appendingPathComponent("Tests/TrainerTests/Golden/callbacks.json")
    let parsed = (try? Data(contentsOf: file)).flatMap { try? JSON(parsing: [UInt8]($0)) }
    return parsed ?? .null
}()

private struct Case: CustomStringConvertible, Sendable {
    let json: JSON
    var kind: String { json["callback"]?.string ?? "" }
    var description: String { "\(kind) \(json["options"]?.text() ?? "") on \(json["values"]?.text() ?? "")" }

    static func all(_ kind: String) -> [Case] {
        (golden["cases"]?.array ?? []).map(Case.init).filter { $0.kind == kind }
    }

    /// Makes the callback as from a recipe.
    func callback() throws -> any Callback {
        try recipeCallback(kind, json["options"]?.object ?? [:])
    }

    /// Runs the callback on the values; returns the last epoch, counted from 0, and the logged rates.
    func play(_ run: FakeRun) throws -> (last: Int, rates: [Double?]) {
        var callback = try callback()
        var (rates, last) = ([Double?](), -1)
        try callback.trainingBegins(run)
        for (epoch, value) in (json["values"]?.array ?? []).compactMap(\.double).enumerated() {
            run.weights = epoch
            last = epoch
            var logs = EpochLogs(["val_loss": value, "val_accuracy": 1 - value])
            try callback.epochEnds(epoch, &logs, run)
            rates.append(logs["lr"])
            if run.stopped != nil { break }
        }
        try callback.trainingEnds(run)
        return (last, rates)
    }
}

private func recipeCallback(_ kind: String, _ options: JSONObject) throws -> any Callback {
    var reader = LayerConfig(className: kind, options)
    let names = LogNames(["loss", "accuracy"], validation: true)
    switch kind {
    case "EarlyStopping": return EarlyStopping(try .init(from: &reader, names))
    case "ReduceLROnPlateau": return ReduceLROnPlateau(try .init(from: &reader, names))
    case "ModelCheckpoint": return ModelCheckpoint(try .init(from: &reader, names))
    default: return CSVLogger(try .init(from: &reader, names))
    }
}

@Test("EarlyStopping stops and restores as Keras")
func earlyStopping() throws {
    let cases = Case.all("EarlyStopping")
    #expect(cases.count == 60)
    for item in cases {
        let run = FakeRun()
        let played = try item.play(run)
        #expect(played.last == item.json["expected"]?["last"]?.int, "\(item)")
        #expect(run.weights == item.json["expected"]?["weights"]?.int, "\(item)")
    }
}

@Test("ReduceLROnPlateau has Keras' rate in every epoch")
func reduceRate() throws {
    let cases = Case.all("ReduceLROnPlateau")
    #expect(cases.count == 60)
    for item in cases {
        let run = FakeRun()
        let played = try item.play(run)
        let expected = item.json["expected"]?["lr"]?.array?.map(\.double)
        #expect(played.rates == expected, "\(item)")
        #expect(Double(Float(run.learningRate)) == item.json["expected"]?["final_lr"]?.double, "\(item)")
    }
}

@Test("ModelCheckpoint saves the same files after the same epochs as Keras")
func checkpoints() throws {
    let cases = Case.all("ModelCheckpoint")
    #expect(cases.count == 30)
    for item in cases {
        let run = FakeRun()
        _ = try item.play(run)
        #expect(run.saved == item.json["expected"]?["saved"]?.array?.compactMap(\.string), "\(item)")
    }
}

@Test("CSVLogger writes Keras' bytes", arguments: 0..<3)
func logBytes(index: Int) throws {
    let item = try #require(golden["csv"]?.array?[index])
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("new/log.csv").path
        var options = item["options"]?.object ?? [:]
        (options["filename"], options["append"]) = (.string(path), true)
        for _ in 0..<2 {
            var logger = try recipeCallback("CSVLogger", options)
            try logger.trainingBegins(FakeRun())
            for (epoch, values) in (item["epochs"]?.array ?? []).enumerated() {
                var logs = EpochLogs()
                for (name, value) in values.object?.members ?? [] { logs[name] = value.double }
                try logger.epochEnds(epoch, &logs, FakeRun())
            }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == item["text"]?.string)
    }
}

@Test("CSVLogger replaces the file without append")
func logAnew() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.appendingPathComponent("log.csv").path
        try "old".write(toFile: path, atomically: true, encoding: .utf8)
        var logger = CSVLogger(.init(filename: path))
        try logger.trainingBegins(FakeRun())
        var logs = EpochLogs(["loss": 0.5, "val_loss": 1])
        try logger.epochEnds(0, &logs, FakeRun())
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "epoch,loss,val_loss\r\n0,0.5,1.0\r\n")
        // A folder with the file's name is an error with the path.
        let error = #expect(throws: CellarError.self) {
            var wrong = CSVLogger(.init(filename: folder.path))
            try wrong.trainingBegins(FakeRun())
        }
        #expect(error?.category == .cannotCreate && error?.place.file == folder.path)
    }
}

@Test("the error for an invalid or unsupported pattern contains it")
func wrongPatterns() throws {
    for pattern in ["{epoch:x}", "{val_los:.2f}", "{epoch", "a}b", "{val_loss:02d}", "{epoch:>5}"] {
        #expect(throws: CellarError.self, "\(pattern)") { try FileNamePattern(pattern, names: ["val_loss"]) }
    }
}

@Test("the summary equals Keras' table")
func summaryTable() throws {
    let recipe = try Recipe(path: Fixtures.repository.appendingPathComponent("recipes/mnist-bn.yaml").path)
    let model = try recipe.model.network(inputShape: [28, 28], preprocessing: [Rescaling(scale: 1.0 / 255)])
    // tf_keras 2.21 adds bytes to the totals and omits the commas of 2.10.
    func table(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                line.prefix(
                    (line.lastIndex { $0 != " " }).map { line.distance(from: line.startIndex, to: $0) + 1 }
                        ?? 0)
            }
            .prefix { !$0.hasPrefix("Total") }
    }
    let found = summary(of: model)
    #expect(table(found) == table(try #require(golden["summary"]?.string)))
    let totals = "Total params: 268,210\nTrainable params: 267,410\nNon-trainable params: 800\n"
    #expect(found.contains(totals))
}

@Test("the summary fits a narrow window, between words", arguments: [60, 64, 65, 200])
func narrowSummary(width: Int) throws {
    let recipe = try Recipe(path: Fixtures.repository.appendingPathComponent("recipes/mnist-bn.yaml").path)
    let model = try recipe.model.network(inputShape: [28, 28], preprocessing: [Rescaling(scale: 1.0 / 255)])
    let found = summary(of: model, within: width)
    if width >= 65 { #expect(found == summary(of: model)) }
    let lines = found.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= width })
    // Only the places of blanks and rules differ from Keras' table, and words are whole.
    func letters(_ text: String) -> [Character] { text.filter { !" \n_=".contains($0) }.sorted() }
    #expect(letters(found) == letters(summary(of: model)))
    #expect(found.contains("(BatchNormalization)") == (width < 65))
}
