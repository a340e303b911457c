import Base
import Cellar
import Datasets
import Foundation
import TestSupport
import Testing

/// Golden/make_frequencies.py: models with the answers of the library that wrote them, for texts of which it has not seen all words.
@Test("frequencies of words that adapt() found are read from .keras files, and written for Keras 3")
func adaptedFrequencies() throws {
    let golden = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/frequencies")
    let answers = try JSON(parsing: [UInt8](Data(contentsOf: golden.appendingPathComponent("answers.json"))))
    let files = answers.object?.members ?? []
    #expect(files.count == 8)
    try Fixtures.temporaryFolder { folder in
        let store = Store(folder.appendingPathComponent("models").path)
        for (name, wanted) in files {
            let model = golden.appendingPathComponent(name).path
            let written = folder.appendingPathComponent(name).path
            _ = try store.export(ExportRequest(reference: model, file: written, format: .keras))
            for path in [model, written] {
                let output = folder.appendingPathComponent("scored.csv").path
                var request = ScoreRequest(
                    inputs: [golden.appendingPathComponent("texts.csv").path], outputs: [output],
                    replacesInput: true, models: [path])
                request.models.options.features = ["t"]
                _ = try store.score(request)
                let table = try Table(path: output)
                for (column, found) in try table.numbers(["prediction_1", "prediction_2"]).enumerated() {
                    let expected = (wanted.array ?? []).compactMap { $0.array?[column].double }
                    // Sums of twelve products in float32.
                    #expect(expected.count == 5 && found.count == 5)
                    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-6 }, "\(path)")
                }
            }
        }
    }
}
