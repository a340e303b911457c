import Base
import Cellar
import Datasets
import Foundation
import Infer
import TestSupport
import Testing

/// The nets of Keras' tutorials on structured data with the answers of the library that wrote them: Golden/make_tutorials.py.
///
/// Probabilities agree to 1e-6: float32 has 6e-8 below 1, and sums of 60 products are taken in another order.
private struct Tutorials {
    let folder = Fixtures.repository.appendingPathComponent("Tests/KerasFileTests/Golden/tutorials")
    let answers: JSON

    init() throws {
        let file = folder.appendingPathComponent("answers.json")
        answers = try JSON(parsing: [UInt8](Data(contentsOf: file)))
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func probabilities(_ model: String) -> [Double] {
        (answers[model]?["probabilities"]?.array ?? []).compactMap(\.double)
    }

    /// The features that the FeatureSpace encodes from the raw columns.
    var encoded: [[Double]] {
        (answers["feature_space_training.k3"]?["inputs"]?.array ?? []).map {
            ($0.array ?? []).compactMap(\.double)
        }
    }

    /// The columns that a model adds to a table, without its texts.
    func scored(_ input: String, _ model: String, in folder: URL, features: [String]? = nil) throws -> Table {
        let output = folder.appendingPathComponent("scored.csv").path
        var request = ScoreRequest(
            inputs: [input], outputs: [output], replacesInput: true, models: [path(model)])
        request.models.options.features = features
        _ = try Store(folder.appendingPathComponent("models").path).score(request)
        return try Table(path: output)
    }
}

/// The probability of class 1: tables have that of the predicted class.
private func probabilities(_ table: Table) throws -> [Double] {
    zip(try table.text("prediction"), try table.numbers("probability")).map { $0 == "1" ? $1 : 1 - $1 }
}

@Test("the nets of Keras' tutorials on structured data give Keras' probabilities for raw columns")
func tutorials() throws {
    let tutorials = try Tutorials()
    try Fixtures.temporaryFolder { folder in
        for name in ["from_scratch.k3", "from_scratch.tfk", "feature_space_inference.k3"] {
            let table = try tutorials.scored(tutorials.path("patients.csv"), name + ".keras", in: folder)
            let wanted = tutorials.probabilities(name)
            let found = try probabilities(table)
            #expect(wanted.count == 40 && found.count == 40)
            #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-6 }, "\(name)")
        }
    }
}

@Test("the model behind a FeatureSpace takes what a FeatureSpace saved alone gives")
func featureSpaceAlone() throws {
    let tutorials = try Tutorials()
    try Fixtures.temporaryFolder { folder in
        let table = try tutorials.scored(
            tutorials.path("patients.csv"), "feature_space_alone.k3.keras", in: folder)
        let wanted = tutorials.encoded
        let added = table.columns.filter { $0.hasPrefix("prediction") }
        #expect(wanted.count == 40 && added.count == wanted[0].count)
        let found = try table.numbers(added)
        for (row, values) in wanted.enumerated() {
            #expect(values.indices.allSatisfy { abs(found[$0][row] - values[$0]) <= 1e-6 }, "row \(row)")
        }
        let names = values(of: wanted[0].count)
        let text =
            names.joined(separator: ",") + "\n"
            + wanted.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined()
        let input = folder.appendingPathComponent("encoded.csv").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: input))
        let scored = try tutorials.scored(
            input, "feature_space_training.k3.keras", in: folder, features: names)
        let answers = tutorials.probabilities("feature_space_training.k3")
        #expect(zip(try probabilities(scored), answers).allSatisfy { abs($0 - $1) <= 1e-6 })
    }
}

private func values(of count: Int) -> [String] { (0..<count).map { "v\($0)" } }
