import Foundation
import Base
@testable import KerasFile
import Network
import TestSupport
import Tensors
import Testing

/// Trains on as a sidecar tells, and holds each batch's loss against Keras', and the weights at the end where they are there.
func expectLosses(_ file: ModelFile, _ resume: JSON, _ sidecar: Sidecar, _ name: String) throws {
    let (x, y) = (try sidecar.tensor(resume["x"]), try sidecar.tensor(resume["y"]))
    let optimizer = try #require(file.compiled?.optimizer, "\(name): \(file.compiled?.unknown ?? [])")
    let executor = try TrainingExecutor(
        file.model, loss: try #require(file.compiled?.loss), optimizer: optimizer, batchSize: 16)
    try executor.restore(try #require(file.optimizerState, "\(name): \(file.warnings)"))
    let samples = Samples(shape: Array(x.shape.dropFirst()), floats: x.values)
    let targets = Targets.values(y.values, width: y.shape[1])
    let tolerance = resume["atol"]?.double ?? 1e-5
    for (batch, loss) in zip(resume["batches"]?.array ?? [], resume["losses"]?.array ?? []) {
        let rows = Array((batch.array?[0].int ?? 0)..<(batch.array?[1].int ?? 0))
        let result = executor.trainBatch([samples], targets, rows: rows[...])
        let found = result.lossSum / Double(result.count)
        let off = abs(found - (loss.double ?? .nan))
        #expect(off < tolerance, "\(name): \(found), in Keras \(loss.text())")
    }
    guard let final = resume["final"]?.array else { return }
    let weights = Array(executor.trainedNetwork.weights.joined())
    #expect(weights.count == final.count)
    for (index, (weight, json)) in zip(weights, final).enumerated() {
        let keras = try sidecar.tensor(json)
        #expect(weight.shape == keras.shape, "\(name), weight \(index)")
        let off = zip(weight.values, keras.values).map { abs($0 - $1) }.max() ?? 0
        #expect(off < 1e-5, "\(name), weight \(index) differs by \(off)")
    }
}

@Test("each Keras' optimizers go on from their files as there, also once we have written them again")
func optimizersGoOn() throws {
    let folder = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/optimizers")
    let sidecars = try Sidecar.all(at: folder)
    #expect(sidecars.count >= 60)
    for sidecar in sidecars {
        for name in (sidecar.json["files"]?.array ?? []).compactMap(\.string) {
            let file = try readModel(.unchecked(sidecar.path(name)))
            #expect(
                file.warnings.allSatisfy { $0.contains("the policy") && name.contains("mixed") }, "\(name)")
            try expectLosses(file, sidecar.json, sidecar, name)
            try Fixtures.temporaryFolder { temporary in
                for copy in ["copy.h5", "copy.keras"] {
                    let path = temporary.appendingPathComponent(copy).path
                    try writeModel(file, to: path)
                    let again = try readModel(.unchecked(path))
                    #expect(again.optimizerState == file.optimizerState, "\(name), \(copy)")
                    #expect(again.compiled?.optimizer?.className == file.compiled?.optimizer?.className)
                    let rates = [again, file].map { $0.compiled?.optimizer?.learningRate(after: 2) }
                    #expect(rates[0] == rates[1], "\(name), \(copy)")
                }
            }
        }
    }
}

@Test("so do those of Keras 1 and 2.2, with gates and names in their order, and their own moving averages")
func earlyOptimizers() throws {
    let folder = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/early")
    var tried = 0
    for golden in GoldenModel.all(in: try Sidecar.all(at: folder)) {
        guard let resume = golden.variant["resume"] else { continue }
        tried += 1
        try expectLosses(
            try readModel(.unchecked(golden.sidecar.path(golden.file))), resume, golden.sidecar,
            golden.description)
    }
    #expect(tried == 20)
}
