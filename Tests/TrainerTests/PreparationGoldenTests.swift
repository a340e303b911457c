import Foundation
import Network
import TestSupport
import Tensors
import Testing

@testable import Trainer

/// A random table with what scikit-learn makes of its first rows, fitted to the others.
private struct RandomPreparation: Decodable {
    let seed: Int
    /// The recipe's columns in JSON.
    let columns: String
    let table: String
    let slack: [Double]
    let expected: [[Double]]

    /// Our numbers before the recipe's layers, for the first rows.
    func prepared() throws -> Tensor {
        try Fixtures.temporaryFolder { folder in
            let path = folder.path + "/t.csv"
            try Data(table.utf8).write(to: URL(fileURLWithPath: path))
            let recipe = """
                data:
                  csv: \(path)
                  target: y
                  columns: \(columns)
                  validation: { first: \(expected.count) }
                model: [{ Dense: { units: 1, activation: sigmoid } }]
                compile: { optimizer: sgd, loss: binary_crossentropy }
                fit: { epochs: 1, seed: 1 }
                """
            let data = try PreparedData(Recipe(text: recipe, file: "golden.yaml"))
            var model = try #require(data.preparation).network([])
            try data.preparation?.setConstants(&model)
            return try Predictor(model, batchSize: 8, threads: 1).predict(#require(data.validation).inputs)[0]
        }
    }
}

@Test("300 random tables are prepared as scikit-learn's ColumnTransformer does, to 1e-6")
func preparedAsByScikitLearn() throws {
    let file = Fixtures.repository.appendingPathComponent("Tests/TrainerTests/Golden/preparations.json")
    let cases = try JSONDecoder().decode([RandomPreparation].self, from: Data(contentsOf: file))
    #expect(cases.count >= 300)
    for each in cases {
        do {
            let found = try each.prepared()
            #expect(found.shape == [each.expected.count, each.slack.count], "table \(each.seed)")
            for (index, wanted) in each.expected.joined().enumerated() where index < found.values.count {
                let mine = Double(found.values[index])
                // Beyond 1e-6 only what the rounding of raw numbers to float32 moves, of the value and of the training rows'
                // spread. The file has eight digits.
                let allowed = (1.1e-6 + each.slack[index % each.slack.count]) * max(1, abs(wanted))
                #expect(
                    abs(mine - wanted) <= allowed,
                    "table \(each.seed), row \(index / each.slack.count), column \(index % each.slack.count): \(mine) instead of \(wanted)"
                )
            }
        } catch { Issue.record("table \(each.seed): \(error)") }
    }
}

@Test(
    "texts have a Reshape behind them: Keras 3 takes their shape for [1, words], which joins no other column")
func textsAreReshaped() throws {
    try Fixtures.temporaryFolder { folder in
        let path = folder.path + "/t.csv"
        let rows = (0..<30).map { "\($0),good film number \($0 % 5),\($0 % 2)\n" }.joined()
        try Data(("x,review,y\n" + rows).utf8).write(to: URL(fileURLWithPath: path))
        let recipe = """
            data: { csv: \(path), target: y, columns: { x: number, review: text } }
            model: [{ Dense: { units: 1, activation: sigmoid } }]
            compile: { optimizer: sgd, loss: binary_crossentropy }
            fit: { epochs: 1, seed: 1 }
            """
        let data = try PreparedData(Recipe(text: recipe, file: "t.yaml"))
        let model = try #require(data.preparation).network([])
        let words = try #require(model.layers.firstIndex { $0 is TextVectorization })
        let call = try #require(model.calls.firstIndex { $0.layer == words })
        let behind = model.calls.filter { $0.inputs.contains(call) }.map { model.layers[$0.layer].name }
        #expect(behind == ["review_counts"])
    }
}
