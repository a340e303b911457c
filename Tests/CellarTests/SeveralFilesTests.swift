import Base
import Cellar
import Foundation
import Infer
import TestSupport
import Testing

@Test(
    "several files are evaluated as the one table that a model was trained on",
    arguments: ["stratify: true", "group: duplicates"])
func evaluatesSeveralFiles(_ option: String) throws {
    try Fixtures.temporaryFolder { folder in
        let store = Store(folder.path + "/models")
        func write(_ name: String, _ text: String) throws -> String {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
            return folder.path + "/" + name
        }
        let rows = (0..<90).map {
            "\($0 * 7 % 31).5,\(["a", "b", "c"][$0 % 4 % 3]),\($0 % 5 < 2 ? "no" : "yes")\n"
        }
        let parts = try [0..<40, 40..<41, 41..<90].enumerated().map { number, range in
            try write("part\(number).csv", "x,c,y\n" + rows[range].joined())
        }
        let whole = try write("whole.csv", "x,c,y\n" + rows.joined())
        func fit(_ name: String, _ csv: String) throws {
            let recipe = try write(
                name + ".yaml",
                """
                name: \(name)
                data: { csv: "\(csv)", target: y, columns: auto, split: { test: 0.3, random_state: 3, \(option) } }
                model: [{ Dense: { units: 4, activation: relu } }, { Dense: { units: 1, activation: sigmoid } }]
                compile: { optimizer: adam, loss: binary_crossentropy, metrics: [accuracy, AUC] }
                fit: { epochs: 3, seed: 1 }
                """)
            _ = try store.fit(FitRequest(recipe: recipe))
        }
        try fit("parts", folder.path + "/part*.csv")
        try fit("whole", whole)
        func evaluate(_ files: [String], _ model: String, _ split: TablePart?) throws -> JSON {
            try store.evaluate(
                EvaluateRequest(
                    data: files[0], moreInputs: Array(files.dropFirst()), split: split, models: [.init(model)]
                )
            ).json
        }
        for split in [TablePart.test, .train, nil] {
            let known = try evaluate([whole], "whole", split)
            for files in [parts, [folder.path + "/part*.csv"]] {
                let found = try evaluate(files, "parts", split)
                for key in ["samples", "loss", "accuracy", "auc", "confusion_matrix"] {
                    #expect(found[key] == known[key], "\(key), \(split?.rawValue ?? "all")")
                }
            }
        }
        // Another order is another table.
        let error = #expect(throws: CellarError.self) { try evaluate(parts.reversed(), "parts", .test) }
        #expect(error?.category == .usage && error?.remedy?.contains("in the order of its recipe") == true)
        // An error names the file, and the row in it.
        let bad = try write("bad.csv", "x,c,y\n1.5,a,no\nmany,a,no\n")
        let place = #expect(throws: CellarError.self) { try evaluate([whole, parts[1], bad], "parts", nil) }?
            .place
        #expect(place?.file == bad && place?.row == 2 && place?.column == "x", "\(place.debugDescription)")
        let label = try write("label.csv", "x,c,y\n1.5,a,no\n2.5,a,perhaps\n")
        let other = #expect(throws: CellarError.self) { try evaluate([whole, label], "parts", nil) }?.place
        #expect(other?.file == label && other?.row == 2, "\(other.debugDescription)")
        let columns = try write("columns.csv", "c,x,y\na,1.5,no\n")
        #expect(throws: CellarError.self) { try evaluate([whole, columns], "parts", nil) }
    }
}
