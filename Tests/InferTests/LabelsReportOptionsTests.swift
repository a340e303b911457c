import Base
import Foundation
import Metrics
import TestSupport
import Testing

@testable import Infer

private func report(_ text: String, _ change: (inout ReportOptions) -> Void = { _ in }) throws -> LabelsReport
{
    try Fixtures.temporaryFolder { folder in
        let file = folder.appendingPathComponent("labels.csv")
        try Data(text.utf8).write(to: file)
        var options = ReportOptions()
        change(&options)
        return try LabelsReport(file.path, options: options)
    }
}

private let table = "truth,prediction,w\ncat,cat,2\ndog,cat,0.5\ndog,dog,1\nowl,dog,1\n"

@Test("a class that --labels names twice is refused", arguments: [["cat", "cat"], ["emu", "dog", "emu"]])
func labelTwice(_ labels: [String]) {
    let error = #expect(throws: CellarError.self) { _ = try report(table) { $0.labels = labels } }
    #expect(error?.category == .usage && error?.message.contains("twice") == true)
}

@Test("--labels tells two spellings of é apart, as scikit-learn does; report.json has null for nan")
func exactLabels() throws {
    let text = "truth,prediction\né,é\né,e\u{301}\ne\u{301},e\u{301}\na,a\n"
    // classification_report(t, p, labels=["\u00e9"], output_dict=True)
    let found = try report(text) { $0.labels = ["é"] }
    #expect(found.report.text().contains("1.00      0.50      0.67         2"))
    try Fixtures.temporaryFolder { folder in
        let undefined = try report(text) { ($0.labels, $0.zeroDivision) = (["b", "a"], .nan) }
        try undefined.write(to: folder.path)
        let json = try String(contentsOf: folder.appendingPathComponent("report.json"), encoding: .utf8)
        #expect(json.contains("null") && !json.contains("NaN"))
    }
}

@Test("weights, labels, digits, zero division and normalization are scikit-learn's")
func scikitOptions() throws {
    // classification_report(t, p, sample_weight=w, labels=["dog", "owl", "emu"], digits=3, zero_division=nan)
    let found = try report(table) {
        ($0.weight, $0.labels, $0.digits, $0.zeroDivision) = ("w", ["dog", "owl", "emu"], 3, .nan)
        $0.normalisation = .truth
    }
    #expect(
        found.report.text(digits: 3)
            == """
                          precision    recall  f1-score   support

                     dog      0.500     0.667     0.571       1.5
                     owl        nan     0.000     0.000       1.0
                     emu        nan       nan       nan       0.0

               micro avg      0.500     0.400     0.444       2.5
               macro avg      0.500     0.333     0.286       2.5
            weighted avg      0.500     0.400     0.343       2.5

            """.replacing("\n            ", with: "\n"))
    #expect(found.text.contains("\(found.report.text(digits: 3))"))
    #expect(found.warnings == ["no row has the label \"emu\""])
    #expect(found.accuracy == 3 / 4.5)
    // confusion_matrix(…, normalize="true"): rows and columns of other classes are left out.
    #expect(
        found.json["confusion_matrix"]?["matrix"]
            == .array([
                .array([.number(1), .number(0), .number(0)]), .array([.number(1), .number(0), .number(0)]),
                .array([.number(0), .number(0), .number(0)]),
            ]))
}

@Test("several labels per row are read as marks, as scores, and as lists")
func labelLists() throws {
    let marks = try report("truth_a,truth_b,prediction_a,prediction_b\n1,0,1,1\n0,1,0,1\n1,1,0,0\n")
    let scores = try report(
        "row,truth_a,truth_b,probability_a,probability_b\n1,1,0,0.9,0.51\n2,0,1,0.5,0.7\n3,1,1,0.1,0\n")
    let lists = try report("truth,prediction\na,a;b\nb,b\na;b,\n") { $0.separator = ";" }
    for found in [marks, scores, lists] {
        #expect(found.sets?.labels == ["a", "b"] && found.matrix == nil)
        #expect(found.report.text() == marks.report.text() && found.accuracy == 1.0 / 3)
        #expect(found.report.text().contains(" samples avg "))
    }
    #expect(
        marks.json["multilabel_confusion_matrix"]?["matrices"]?.array?[1]
            == .array([
                .array([.integer(0), .integer(1)]), .array([.integer(1), .integer(1)]),
            ]))
    #expect(marks.text.contains("label  true negatives"))
}

@Test("what cannot be reported is refused")
func wrongReportOptions() {
    #expect(throws: CellarError.self) { try report("truth,prediction,w\na,a,x\n") { $0.weight = "w" } }
    #expect(throws: CellarError.self) { try report("truth,prediction,w\na,a,-1\n") { $0.weight = "w" } }
    #expect(throws: CellarError.self) { try report("truth,prediction\na,a\n") { $0.weight = "w" } }
    #expect(throws: CellarError.self) { try report("truth_a,prediction_a\nx,1\n") }
    #expect(throws: CellarError.self) {
        try report("truth,prediction\na,b\n") { ($0.separator, $0.labels) = (";", ["c"]) }
    }
}
