import Base
import Datasets
import Foundation
import KerasFile
import Metrics
import Network
import Tensors
import TestSupport
import Testing

@testable import Infer

// Labels as pandas reads and scikit-learn reports them, recorded by Golden/make_labels.py. `make blind` draws new cases.

private struct LabelCase: Decodable {
    let table: String
    /// Of a table with one column of labels.
    let names: [String]?
    let codes: [Int32]?
    let measurements: Bool?
    /// Of a table with two; nil if scikit-learn refuses them.
    let report: String?

    static func all() throws -> [LabelCase] {
        let drawn = ProcessInfo.processInfo.environment["CELLAR_LABELS"]
        let file =
            drawn.map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/labels.json")
        return try JSONDecoder().decode([LabelCase].self, from: Data(contentsOf: file))
    }
}

@Test("columns of labels have the classes that pandas and scikit-learn find")
func labelColumnsAsPandas() throws {
    let cases = try LabelCase.all().filter { $0.names != nil }
    #expect(cases.count >= 200)
    for (number, entry) in cases.enumerated() {
        let table = try Table(bytes: Array(entry.table.utf8), name: "labels.csv")
        let column = LabelColumn(try table.text("y"))
        let found = try column.classes(missing: .keep)
        let comment = Comment(rawValue: "case \(number): \(entry.table.debugDescription)")
        // == would take composed and decomposed letters for equal.
        #expect(found.names.map { Array($0.utf8) } == entry.names?.map { Array($0.utf8) }, comment)
        #expect(found.rows == entry.codes, comment)
        #expect(column.missingCount == entry.codes?.count { $0 < 0 }, comment)
        #expect((found.measurement != nil) == entry.measurements, comment)
        #expect((try? column.classes()) == (column.missingCount == 0 ? found : nil), comment)
    }
}

@Test("infer report prints scikit-learn's report, or refuses what scikit-learn refuses")
func labelReportsAsScikitLearn() throws {
    let cases = try LabelCase.all().filter { $0.names == nil }
    #expect(cases.count >= 100)
    try Fixtures.temporaryFolder { folder in
        for (number, entry) in cases.enumerated() {
            let file = try folder.file("labels.csv", entry.table)
            let comment = Comment(rawValue: "case \(number): \(entry.table.debugDescription)")
            var found: String?
            let error = failure { found = try LabelsReport(file).report.text() }
            #expect(found == entry.report, "\(comment): \(error?.description ?? "")")
            #expect(error == nil || error?.category == .badData, comment)
        }
    }
}

@Test("a label means the class of the same name or value")
func classNames() {
    func numbers(_ names: [String], _ labels: [String]) -> [Int32?] {
        var classes = ClassNames(names)
        return labels.map { classes.number(of: $0) }
    }
    // Where no name is a number, the number of the class.
    #expect(
        numbers(["bad", "good"], ["good", "1", "0.0", "2", "fine", "", "True"]) == [
            1, 1, 0, nil, nil, nil, nil,
        ])
    #expect(numbers(["3", "5"], ["5", "3.0", "+5", "1", "0"]) == [1, 0, 1, nil, nil])
    #expect(numbers(["1.0", "2.0", "10.0"], ["1", "+2", "1e1", "01"]) == [0, 1, 2, 0])
    #expect(numbers(["False", "True"], ["true", "FALSE", "1", "0"]) == [1, 0, 1, 0])
    #expect(numbers(["0", "1"], ["True", "False"]) == [1, 0])
    // Texts that look like numbers are texts.
    #expect(numbers(["007", "7"], ["7", "007", "07"]) == [1, 0, nil])
    #expect(numbers(["1", "x"], ["1", "1.0", "0"]) == [0, nil, nil])
    // A class may be called NA; otherwise it is a missing value.
    #expect(numbers(["NA", "None", "x"], ["NA", "None", "nan"]) == [0, 1, nil])
    #expect(numbers(["\u{E9}", "e\u{301}"], ["e\u{301}", "\u{E9}"]) == [1, 0])
}

@Test(
    "infer report on evaluate's predictions.csv gives the same report",
    arguments: [
        ["NA", "None", "x, y"], ["007", "7", "7.0"], ["1.0", "2.0", "10.0"], ["1", "2", "10"],
        ["True", "true", " a"], ["\u{E9}", "e\u{301}", "say \"hi\""], ["b", "B", "two\nlines"], ["nan", "a"],
        ["01", "1"], ["-1", "1"], ["x,y", "a "],
    ])
func sameReport(_ classes: [String]) throws {
    let isBinary = classes.count == 2
    var file = ModelFile(
        model: try SmallModels.dense(
            inputs: 2, units: isBinary ? 1 : 3, isBinary ? .sigmoid : .softmax,
            kernel: isBinary ? [1, -1] : [1, 0, 0, 0, 1, 0], bias: isBinary ? [0] : [0, 0, 0]))
    file.facts = SmallModels.facts(features: ["a", "b"], classes: classes)
    let model = try LoadedModel(file, path: "small.h5", name: "small")
    // The last class is never true.
    let samples = Samples(shape: [2], floats: [2, 0, 0, 2, 1, 1, -3, -2, 5, 1])
    let labelled = LabelledSamples(
        samples: samples, labels: [0, 0, isBinary ? 0 : 1, 0, 0], classes: classes)
    try Fixtures.temporaryFolder { folder in
        let found = try evaluateSamples(labelled, with: model, data: "x", report: folder.path("r"))
        let again = try LabelsReport(folder.path("r/predictions.csv"))
        guard case .classes(let matrix, let report, let accuracy) = found.outcome else {
            Issue.record("classes are expected")
            return
        }
        #expect(again.matrix == matrix && again.report == report && again.accuracy == accuracy)
        let names = try #require(again.matrix).classes.map { Array($0.utf8) }
        #expect(names == classes.map { Array($0.utf8) })
    }
}
