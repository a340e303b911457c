import Datasets
import Foundation
import Infer
import KerasFile
import Network
import Tensors

/// Work whose instructions `perf-guard.sh` counts. Each does something `count` times, so that the difference of two
/// counts is free of what it took to get there.
func guarded(_ work: String, count: Int) throws {
    switch work {
    case "training-step":
        let test = try testDigits(folder: "data/mnist")
        let executor = try TrainingExecutor(
            digitsModel(), loss: Loss(.sparseCategoricalCrossentropy), optimizer: SGD(), batchSize: 32)
        let labels = Targets.classes(test.labels.map(Int32.init))
        let rows = Array(0..<test.samples.count)
        for step in 0..<count {
            _ = executor.trainBatch([test.samples], labels, rows: rows[step * 32..<(step + 1) * 32])
        }
    case "inference":
        let test = try testDigits(folder: "data/mnist").samples
        let predictor = try Predictor(digitsModel().foldedForInference(), batchSize: 1)
        var answer: [Float] = Array(repeating: 0, count: 10)
        // The same few images each time, however many: the counts must not depend on which digits come.
        for index in 0..<count { try predictor.predictOne(test, row: index % 10, into: &answer) }
    case "csv-rows":
        let folder = NSTemporaryDirectory() + "cellar-guard-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try writeWine(rows: count, to: folder + "/wine.csv")
        let model = try LoadedModel(TrustGate.admit(wineModel()))
        let rows = try scoreTable(
            CSVReader(path: folder + "/wine.csv"), with: [model], to: folder + "/scored.csv")
        precondition(rows == count)
    default: failed([work], "is no work that we count")
    }
}

/// The wine model's file: the smallest of the three that come with the repository.
private func wineModel() throws -> String {
    let folder = "models/TRAINED_MODEL/"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".h5") }
    let facts = try names.map { ($0, try readModel(TrustGate.admit(folder + $0)).facts?.name) }
    guard let found = facts.first(where: { $0.1 == "wine" }) else { failed([folder], "has no wine model") }
    return folder + found.0
}
