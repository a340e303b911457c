import Foundation
import JSONText
import KerasFile
import Network
import TestSupport
import Tensors
import Testing

private let folder = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/early")

@Test("what Keras 1.2 and 2.2 on Theano saved answers as there: kernels of both orderings, joins, wrappers")
func earlyModels() throws {
    let models = GoldenModel.all(in: try Sidecar.all(at: folder))
    #expect(models.count >= 30)
    for golden in models { try check(golden) }
}

@Test("their optimizers go on as there, gates and names in Keras 1's order and all")
func earlyOptimizers() throws {
    var tried = 0
    for golden in GoldenModel.all(in: try Sidecar.all(at: folder)) {
        guard let resume = golden.variant["resume"] else { continue }
        let file = try readModel(golden.sidecar.path(golden.file))
        guard let optimizer = file.compiled?.optimizer else { continue }
        tried += 1
        let (x, y) = (try golden.sidecar.tensor(resume["x"]), try golden.sidecar.tensor(resume["y"]))
        let executor = try TrainingExecutor(
            file.model, loss: try #require(file.compiled?.loss), optimizer: optimizer, batchSize: 12)
        try executor.restore(try #require(file.optimizerState, "\(golden): \(file.warnings)"))
        let samples = Samples(shape: Array(x.shape.dropFirst()), floats: x.values)
        let targets = Targets.values(y.values, width: y.shape[1])
        for (batch, loss) in zip(resume["batches"]?.array ?? [], resume["losses"]?.array ?? []) {
            let rows = Array((batch.array?[0].int ?? 0)..<(batch.array?[1].int ?? 0))
            let result = executor.trainBatch([samples], targets, rows: rows[...])
            let found = result.lossSum / Double(result.count)
            #expect(abs(found - (loss.double ?? .nan)) < 2e-5, "\(golden): \(found), \(loss.text())")
        }
    }
    #expect(tried >= 8)
}
