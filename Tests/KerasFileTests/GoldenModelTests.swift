import JSONText
import KerasFile
import Network
import TestSupport
import Tensors
import Testing

/// A model file that real Keras wrote, with an input and Keras' own answer.
struct GoldenModel: CustomStringConvertible, Sendable {
    let sidecar: Sidecar
    let variant: JSON
    let file: String

    var description: String { file }

    /// All .h5 models of a folder whose layers we have.
    static func all(in folder: String) throws -> [GoldenModel] {
        let known = Set(LayerTable.classNames)
        return try Sidecar.all(in: folder).filter { $0.json["kind"] == "inference" }.flatMap { sidecar in
            (sidecar.json["variants"]?.array ?? []).flatMap { variant -> [GoldenModel] in
                let classes = (variant["layers"]?.array ?? []).compactMap { $0.array?.first?.string }
                guard classes.allSatisfy(known.contains) else { return [] }
                return (variant["files"]?.array ?? []).compactMap(\.string).filter { $0.hasSuffix(".h5") }.map
                {
                    GoldenModel(sidecar: sidecar, variant: variant, file: $0)
                }
            }
        }
    }
}

@Test("Keras' models answer here as they did there", arguments: ["seed", "activations", "layers"])
func goldenModels(folder: String) throws {
    let models = try GoldenModel.all(in: folder)
    #expect(models.count >= 9, "the fixtures of \(folder) are missing")
    for golden in models {
        let file = try readModel(golden.sidecar.path(golden.file))
        let inputs = try (golden.sidecar.json["inputs"]?.array ?? []).map { try golden.sidecar.tensor($0) }
        let samples = inputs.map { Samples(shape: Array($0.shape.dropFirst()), floats: $0.values) }
        let outputs = try Predictor(file.model, batchSize: 5).predict(samples)
        let expected = try (golden.variant["outputs"]?.array ?? []).map { try golden.sidecar.tensor($0) }
        for (found, wanted) in zip(outputs, expected) {
            #expect(found.shape == wanted.shape, "\(golden)")
            let difference = compare(
                found.values, wanted.values, atol: golden.variant["atol"]?.double ?? 0,
                rtol: golden.variant["rtol"]?.double ?? 0)
            #expect(difference.within, "\(golden) is off by \(difference.worst)")
        }
    }
}
